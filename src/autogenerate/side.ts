import { existsSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { CommandLine } from '../config/config.ts';
import { parseSaid } from '../config/database.ts';
import type { DialectName } from '../dialects/names.ts';
import { isDatabaseUrl } from '../dialects/registry.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { displayPath } from '../paths.ts';
import { didYouMean } from '../suggest.ts';
import { findSqlFiles, isGlob } from './target-files.ts';

/** One of the two schemas that are compared, and how it comes into being. */
export type Side = { readonly said: string } & (
  | { readonly type: 'database'; readonly url: DatabaseUrl }
  | { readonly type: 'sql'; readonly files: readonly string[] }
  | { readonly type: 'module'; readonly file: string }
  | { readonly type: 'revisions'; readonly target: string | readonly string[] }
  | { readonly type: 'command'; readonly command: CommandLine }
  | { readonly type: 'empty' }
);

/** A program that prints the schema: as a list for no shell to read, or as a line for a shell. */
type CommandSide = { readonly command: readonly string[] } | { readonly print: string };

/** A side as a caller says it; an object of dialects is answered with the entry of the dialect at hand. */
export type SideInput = string | readonly string[] | CommandSide;

export interface SideGround {
  /** What relative names count from. */
  readonly base: string;
  /** What it is called in errors: `FROM`, `target`. */
  readonly origin: string;
  /** The environment of a command, and what a URL may leave out. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /** Read only for what may be a revision. */
  readonly graph: () => RevisionGraph;
}

const MODULE = /\.[cm]?[jt]s$/;

/**
 * Finds out what a text stands for: a URL, SQL files, a schema module or a revision; `''` is the empty schema.
 *
 * @throws ToraleError TARGET_UNKNOWN for what it cannot be, URL_INVALID, UNKNOWN_REVISION
 */
export function parseSide(input: SideInput, ground: SideGround): Side {
  if (typeof input === 'object' && !Array.isArray(input)) return parseObject(input as CommandSide, ground);
  if (Array.isArray(input)) {
    const names = input as readonly string[];
    if (names.length === 1) return parseText(names[0]!, ground);
    if (names.length > 1 && names.every((name) => looksLikeSql(name, ground))) return sqlSide(names, ground);
    if (names.length > 1) return revisionSide(names, ground);
    return { type: 'empty', said: 'the empty schema' };
  }
  return parseText(input as string, ground);
}

function parseObject(input: CommandSide, ground: SideGround): Side {
  const environment = { folder: ground.base, variables: ground.variables ?? {} };
  if ('command' in input) {
    return { type: 'command', said: input.command.join(' '), command: { argv: input.command, ...environment } };
  }
  if ('print' in input) {
    const shell = process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c'] : ['/bin/sh', '-c'];
    return { type: 'command', said: input.print, command: { argv: [...shell, input.print], ...environment } };
  }
  if (Object.keys(input).length === 0) return { type: 'empty', said: 'the empty schema' };
  throw new ToraleError('USAGE', `A side is a text, a list of texts, { command: […] } or { print: '…' }.`);
}

function parseText(text: string, ground: SideGround): Side {
  const said = text.trim();
  if (said === '') return { type: 'empty', said: 'the empty schema' };
  if (isDatabaseUrl(said) || /^[a-z][a-z0-9+.-]*:\/\//i.test(said)) return databaseSide(said, ground);
  const path = resolve(ground.base, said);
  const exists = existsSync(path);
  if (exists && MODULE.test(said)) return { type: 'module', said: displayPath(path), file: path };
  const isPath = isAbsolute(said) || /[\\/]|^\.\.?$|\.sql$/i.test(said) || isGlob(said);
  if (isPath && (exists || isGlob(said))) return sqlSide([said], ground);
  if (isPath || MODULE.test(said)) throw unknownSide(said, path, null);
  try {
    return revisionSide(said, ground);
  } catch (error) {
    if (exists && statSync(path).isDirectory()) return sqlSide([said], ground);
    if (!isToraleError(error) || error.code !== 'UNKNOWN_REVISION') throw error;
    throw unknownSide(said, path, error);
  }
}

function databaseSide(text: string, { base, variables, origin }: SideGround): Side {
  const url = parseSaid({ value: text, origin, base }, process.cwd(), variables ?? {});
  return { type: 'database', said: url.display, url };
}

function looksLikeSql(name: string, { base }: SideGround): boolean {
  return /\.sql$/i.test(name) || isGlob(name) || existsSync(resolve(base, name));
}

function sqlSide(names: readonly string[], { base }: SideGround): Side {
  return { type: 'sql', said: names.join(' '), files: findSqlFiles(names, base) };
}

function revisionSide(target: string | readonly string[], { graph }: SideGround): Side {
  const said = [target].flat().join(' ');
  graph().plan({ applied: [], target });
  return { type: 'revisions', said, target };
}

function unknownSide(said: string, path: string, error: ToraleError | null): ToraleError {
  const shown = displayPath(path);
  const isDatabaseFile = /\.(?:db|sqlite3?)$/i.test(said);
  const hint = isDatabaseFile
    ? `For a SQLite file write sqlite:${said}`
    : (error?.hint ?? didYouMean(said, ['head', 'heads', 'base']) ?? undefined);
  return new ToraleError(
    'TARGET_UNKNOWN',
    `'${said}' is no schema: there is no file or folder ${shown}${error === null ? '' : ', and no such revision'}.\n` +
      'A schema is a database URL, a .sql file, folder or glob, a schema.ts, or a revision such as head.',
    { hint, data: { said, path } },
  );
}

/** The dialect that a side tells by itself. */
export function dialectOfSide(side: Side): DialectName | null {
  return side.type === 'database' ? side.url.dialect : null;
}
