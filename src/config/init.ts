import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { parseDatabaseUrl } from '../dialects/registry.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { secretsOf } from '../redact.ts';
import { exampleSchema } from './example-schema.ts';
import { configFilesIn, nameOf } from './file.ts';

export interface InitRequest {
  readonly cwd: string;
  /** The URL to write; a SQLite file by default. */
  readonly url?: string | undefined;
  /** The folders of the revisions; `versions` by default. */
  readonly versions?: readonly string[] | undefined;
}

export interface InitReport {
  /** What was made, relative to the folder. */
  readonly created: readonly string[];
  /** What was there already and stays as it is. */
  readonly existing: readonly string[];
  /** The database that the written file names; null where none was written. */
  readonly database: DatabaseUrl | null;
  /** The target that the written file names. */
  readonly target: string;
  readonly versions: readonly string[];
}

const FILE = 'torale.config.mjs';
const TARGET = 'schema.sql';
const BUILT_IN_DATABASE = 'sqlite:./torale.db';

/** Makes a configuration file, an example of a target and the folder of the revisions. Nothing that exists is touched. */
export function initProject({ cwd, url = BUILT_IN_DATABASE, versions = ['versions'] }: InitRequest): InitReport {
  const database = parseDatabaseUrl(url, { base: cwd, cwd, env: {}, osUser: undefined });
  refuseSecrets(database);
  const folders = versions.map((folder) => relative(cwd, resolve(cwd, folder)).split(sep).join('/') || '.');
  const created: string[] = [];
  const existing: string[] = [];
  const found = configFilesIn(cwd);
  try {
    if (found.length > 0) existing.push(...found.map(nameOf));
    else {
      writeFileSync(join(cwd, FILE), configText(url, folders), { flag: 'wx' });
      created.push(FILE);
      // A configuration that is there already has its own target, or none.
      if (existsSync(join(cwd, TARGET))) existing.push(TARGET);
      else {
        writeFileSync(join(cwd, TARGET), exampleSchema(database.dialect), { flag: 'wx' });
        created.push(TARGET);
      }
    }
    for (const folder of folders) makeFolder(resolve(cwd, folder), `${folder}/`, created, existing);
  } catch (error) {
    if (error instanceof ToraleError) throw error;
    const { path, code } = error as NodeJS.ErrnoException;
    throw new ToraleError('WRITE_FAILED', `Cannot write ${displayPath(path ?? cwd)}: ${code ?? String(error)}.`, {
      cause: error,
    });
  }
  return { created, existing, database: found.length > 0 ? null : database, target: TARGET, versions: folders };
}

function makeFolder(path: string, name: string, created: string[], existing: string[]): void {
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: true });
    created.push(name);
  } else if (statSync(path).isDirectory()) existing.push(name);
  else throw new ToraleError('WRITE_FAILED', `${displayPath(path)} is a file, not a folder for revisions.`);
}

/** A configuration file is committed and copied into images. */
function refuseSecrets(database: DatabaseUrl): void {
  if (secretsOf(database).length === 0 && !('password' in database && database.password !== undefined)) return;
  throw new ToraleError('USAGE', 'The URL holds a password, which does not belong into a file.', {
    hint: `torale init --url '${database.display.replace(/:\*+@/, '@')}', and the whole URL in DATABASE_URL.`,
  });
}

function configText(url: string, versions: readonly string[]): string {
  const folders = versions.length === 1 ? literal(versions[0]!) : `[${versions.map(literal).join(', ')}]`;
  return `// Flags, TORALE_* variables and DATABASE_URL come before what stands here.

/** @type {import('torale').ConfigFile} */
export default {
  // postgres://…, mysql://… or sqlite:…; a relative file counts from this folder.
  // No password here: where one is needed, give the whole URL in DATABASE_URL.
  url: ${literal(url)},

  // The folder of the revisions, or several: new ones are written to the first.
  versions: ${folders},

  // The schema you want: SQL files, a schema.ts, another database, or a program that prints DDL.
  target: ${literal(TARGET)},
};
`;
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
