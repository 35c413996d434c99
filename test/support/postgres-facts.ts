import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { dump, query } from './databases.ts';
import { postgresBinaries } from './private-server.ts';

const run = promisify(execFile);

/** Debian's own pg_dump in the PATH is a wrapper that takes as long to start as the program takes to dump. */
function pgDump(): string | undefined {
  const server = inject('toraleServers').postgres;
  const own = server.url === undefined ? undefined : server.bin;
  return [own, postgresBinaries(), ...(process.env['PATH'] ?? '').split(delimiter)]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'pg_dump'))
    .find((file) => existsSync(file));
}

/**
 * A schema as pg_dump tells it, object by object, with owners and grants: what it says is Torale's no more than the server
 * is. Left out is what says nothing: the order of objects, of columns in a table, of grants.
 */
export async function factsOf(url: string): Promise<string[]> {
  const text = await dumpWithOwners(url);
  return text === null ? [await dump(url)] : takeApart(text);
}

/**
 * The facts as they are once what the server prints was read by a server again: some expressions are printed otherwise
 * then, `a IN ('x', 'y')` of a varchar for one.
 */
export async function factsReadAgain(url: string, empty: string): Promise<string[]> {
  const text = await dumpWithOwners(url);
  if (text === null) return [await dump(url)];
  await query(empty, `SET client_min_messages = error; ${text.replaceAll(/^\\(?:un)?restrict .*$/gm, '')}`);
  return factsOf(empty);
}

/** `null` where no pg_dump is fit for the server. */
async function dumpWithOwners(url: string): Promise<string | null> {
  const program = pgDump();
  if (program === undefined) return null;
  // A database may have settings of its own, and pg_dump leaves some of them as they are.
  const env = { ...process.env, PGOPTIONS: '-c timezone=UTC -c quote_all_identifiers=off' };
  try {
    const { stdout } = await run(program, ['--schema-only', url], { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    return stdout;
  } catch (error) {
    // A pg_dump older than the server refuses it.
    if (error instanceof Error && error.message.includes('server version')) return null;
    throw error;
  }
}

const HEADER = /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: /;
const SETTING = /^SET default_(?:table_access_method|tablespace) = /;
/** Words of the file's own: comments, and a random key of newer programs. */
const NOISE = /^(--.*|\\(un)?restrict .*|SET (?!default_).*|SELECT pg_catalog\.set_config\(.*)?$/;

function takeApart(text: string): string[] {
  const facts: string[] = [];
  const settings = new Map<string, string>();
  let title = '';
  let type = '';
  let lines: string[] = [];
  const finish = (): void => {
    // Set before the first table that it differs for, and standing for those that follow.
    const isTable = /^(TABLE|MATERIALIZED VIEW)$/.test(type) && !lines.some((line) => line.startsWith('PARTITION BY'));
    if (isTable) lines.push(...settings.values());
    if (/TABLE|ACL/.test(type)) lines = lines.map((line) => line.replace(/,$/, '')).sort();
    if (lines.length > 0) facts.push([title, ...lines].join('\n'));
    lines = [];
  };
  let upcoming = new Map<string, string>();
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header !== null) {
      finish();
      for (const [name, setting] of upcoming) settings.set(name, setting);
      upcoming = new Map();
      type = header[2]!;
      title = `${type} ${header[3]!}.${header[1]!}`;
    } else if (SETTING.test(line)) upcoming.set(line.slice(0, line.indexOf('=')), line);
    else if (!NOISE.test(line)) lines.push(line);
  }
  finish();
  return facts.sort();
}
