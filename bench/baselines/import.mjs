// Only imports the files, as Node does it by itself.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Printing the same warning for every file would be most of the work.
process.emitWarning = () => undefined;

for (const name of readdirSync('versions')) await import(pathToFileURL(resolve('versions', name)).href);
