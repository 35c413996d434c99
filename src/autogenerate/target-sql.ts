import { readFileSync } from 'node:fs';
import { excerpt } from '../apply/failure.ts';
import type { SqlStatement } from '../dialects/sql/statement.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import type { Scratch } from './scratch.ts';

/** Runs SQL files in their order, each on a session as it began: a dump sets a search path of its own. */
export async function runSqlFiles(scratch: Scratch, files: readonly string[], signal: AbortSignal): Promise<void> {
  for (const file of files) {
    signal.throwIfAborted();
    await runSqlText(scratch, readText(file), displayPath(file), signal);
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message;
    throw new ToraleError('TARGET_FAILED', `${displayPath(file)} cannot be read: ${why}.`, { cause: error });
  }
}

/**
 * Runs a text of SQL statement by statement.
 *
 * @param said what the text is called in errors: `schema.sql`
 * @throws ToraleError TARGET_FAILED with file, line and what the server says; SCRATCH_REFUSED
 */
export async function runSqlText(scratch: Scratch, text: string, said: string, signal: AbortSignal): Promise<void> {
  const { session } = scratch;
  const statements = splitText(scratch, text, said);
  for (const statement of statements) {
    signal.throwIfAborted();
    try {
      scratch.guard(statement.text);
      await session.query(statement.text);
    } catch (error) {
      signal.throwIfAborted();
      throw statementFailure(scratch, statement, said, error);
    }
  }
  if (statements.length === 0) return;
  if (await session.inTransaction()) {
    throw new ToraleError('TARGET_FAILED', `${said} begins a transaction and does not end it.`, {
      hint: 'Write COMMIT at its end, or leave BEGIN out.',
    });
  }
  await scratch.reset();
}

/** Lines for psql alone that change nothing of the schema; new pg_dumps write the first two. */
const CLIENT_LINE =
  /^\\(?:restrict|unrestrict|connect|c|set|unset|echo|qecho|warn|encoding|pset|timing|x|q|d[A-Za-z]*\+?|l\+?|z)(?:\s|$)/;

function splitText({ dialect }: Scratch, text: string, said: string): SqlStatement[] {
  let rest = text;
  for (;;) {
    try {
      return dialect.split(rest);
    } catch (error) {
      if (!isToraleError(error) || error.code !== 'SQL_UNREADABLE') throw error;
      const { line } = error.data as { line: number };
      const blanked = withoutClientLine(rest, line);
      if (blanked === null) throw unreadableIn(said, error);
      rest = blanked;
    }
  }
}

/** The text with that line blank, so that all others keep their numbers; null where it is none for the client. */
function withoutClientLine(text: string, line: number): string | null {
  const lines = text.split('\n');
  if (!CLIENT_LINE.test(lines[line - 1] ?? '')) return null;
  lines[line - 1] = '';
  return lines.join('\n');
}

function unreadableIn(said: string, error: ToraleError): ToraleError {
  const { line, column } = error.data as { line: number; column: number };
  const problem = error.message.replace(/^SQL, line \d+, column \d+: /, '');
  const isData = problem.startsWith('COPY');
  return new ToraleError('TARGET_FAILED', `${said}:${line}:${column}: ${problem}`, {
    hint: isData ? 'A schema needs no rows: pg_dump --schema-only' : error.hint,
    data: { file: said, line, column },
    cause: error,
  });
}

function statementFailure(scratch: Scratch, statement: SqlStatement, said: string, error: unknown): ToraleError {
  const { line, text } = statement;
  if (isToraleError(error)) {
    const place = { ...error.data, file: said, line };
    return new ToraleError(error.code, `${said}:${line}: ${error.message}`, {
      hint: error.hint,
      data: place,
      cause: error,
    });
  }
  const { code, message, detail, hint, position } = scratch.dialect.describeError(error);
  const at = position === undefined ? line : lineAt(statement, position);
  const shown = excerpt(text, position).map((shownLine) => `    ${shownLine}`);
  const end = /[.!?]$/.test(message) ? '' : '.';
  const server = scratch.title.split(' ')[0] ?? '';
  return new ToraleError(
    'TARGET_FAILED',
    [
      `${said}:${at}: the scratch database refuses this statement.`,
      ...shown,
      `  ${server} ${code}: ${message}${end}${detail === undefined ? '' : ` ${detail}`}`,
    ].join('\n'),
    { hint, data: { file: said, line: at, sql: text, server: { code, message } }, cause: error },
  );
}

/** `line` is that of the statement's first word; its text may begin with comments. */
function lineAt({ text, line }: SqlStatement, position: number): number {
  const first = text.search(/\S/);
  const before = (until: number): number => text.slice(0, until).split('\n').length - 1;
  const code = codeStart(text);
  return line + before(position - 1) - before(Math.max(first, code));
}

/** Behind the comments at the beginning. */
function codeStart(text: string): number {
  return /^(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*[^!][\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
}
