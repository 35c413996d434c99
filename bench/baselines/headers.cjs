// Reads the files, finds their headers by one expression for exactly what `torale revision` writes, and the heads: what
// no command that knows the graph can do without, but for looking whether each is a file, and all that may be wrong.
'use strict';

const { readdirSync, readFileSync } = require('node:fs');

const HEADER =
  /\/\*\*\n \* ([^\n]+)\n(?: \*[^\n]*\n)*? \* Create Date: ([^\n]+)\n \*\/\n(?:import [^\n]+\n)?\nexport const revision = '(\w+)';\nexport const downRevision = (?:null|'(\w+)');\n/y;

const revisions = new Map();
for (const name of readdirSync('versions')) {
  HEADER.lastIndex = 0;
  const [, message, createDate, revision, parent] = HEADER.exec(readFileSync(`versions/${name}`, 'utf8'));
  // A slice would keep the whole text in memory.
  revisions.set(revision, { parent, message: ` ${message}`.slice(1), createDate: ` ${createDate}`.slice(1), name });
}
const parents = new Set();
for (const { parent } of revisions.values()) parents.add(parent);
const heads = [...revisions.keys()].filter((revision) => !parents.has(revision));
if (heads.length !== 1) process.exitCode = 1;
