import type { ServerError } from '../dialects/dialect.ts';
import { thrownError } from '../dialects/network.ts';
import { type ErrorCode, ToraleError, isToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import type { BatchPosition } from './batch-position.ts';
import { callSite, type CallSite } from './call-site.ts';
import type { StatementReport } from './execution-options.ts';

export interface FailureContext {
  readonly revision: string;
  /** Absolute path of the revision's file. */
  readonly file: string | null;
  readonly reports: readonly StatementReport[];
  /** All statements of the revision where its file tells them without being run. */
  readonly planned: readonly string[] | null;
  readonly state: 'rolledBack' | 'resumable';
  /** Where the database stands now. */
  readonly heads: readonly string[];
  readonly server: string;
  /** What the server said, where it was the server that refused. */
  readonly serverError: ServerError | null;
  /** What the dialect knows to do about this error. */
  readonly advice: string | undefined;
  /** A statement could not get its lock. */
  readonly busy: boolean;
  /** MySQL and MariaDB. */
  readonly ddlCommits: boolean;
}

/**
 * The error of a failed revision: what failed, where, what the server said, and what state the database is in.
 *
 * @param cause what was thrown
 */
export function revisionFailure(cause: unknown, context: FailureContext): ToraleError {
  const failed = context.reports.at(-1)?.state === 'failed' ? context.reports.at(-1)! : null;
  // The stack of one of Torale's own errors tells where Torale found out, not where the user went wrong.
  const site =
    failed?.inner?.site ??
    failed?.site ??
    (isToraleError(cause) ? null : callSite((cause as Error | undefined)?.stack, context.file));
  const total = context.planned?.length ?? 0;
  const place = failed === null ? '' : ` at statement ${failed.number}${total >= failed.number ? ` of ${total}` : ''}`;
  const lines = [`Revision ${context.revision} failed${place}${where(site, context.file)}`];
  const committed = context.reports.filter((report) => report.committed);
  if (context.state === 'resumable' && failed !== null) lines.push(...ledger(failed, cause, context));
  else {
    if (failed !== null) lines.push(...excerptOf(failed, context).map((line) => `    ${line}`));
    lines.push(`  ${reason(cause, context)}`);
  }
  const known = isToraleError(cause) ? cause : null;
  const code = codeOf(known, context);
  lines.push(...outcome(context, committed, code));
  return new ToraleError(code, lines.join('\n'), {
    hint: known?.hint ?? context.advice ?? context.serverError?.hint,
    cause,
    data: {
      ...known?.data,
      revision: context.revision,
      ...(site === null ? {} : { file: displayPath(site.file), line: site.line }),
      ...(failed === null ? {} : { statement: failed.number, sql: failed.sql }),
      ...(failed?.batch === undefined ? {} : { batch: failed.batch }),
      ...(context.serverError === null ? {} : { server: serverData(context.serverError) }),
      state: context.state,
      heads: context.heads,
      ...(committed.length > 0 ? { committed: committed.map(({ number, sql }) => ({ statement: number, sql })) } : {}),
    },
  });
}

/** The error of a revision of which Torale could not begin or end the transaction, through no fault of its own. */
export function incompleteRevision(failure: ToraleError, context: FailureContext): ToraleError {
  const { revision, state, heads } = context;
  const committed = context.reports.filter((report) => report.committed);
  const lines = [
    `Revision ${revision} could not be completed.`,
    `  ${failure.message}`,
    ...outcome(context, committed, failure.code),
  ];
  return new ToraleError(failure.code, lines.join('\n'), {
    hint: failure.hint,
    cause: failure.cause,
    data: { ...failure.data, revision, state, heads },
  });
}

/** A connection that broke says nothing against the revision. */
function codeOf(known: ToraleError | null, { serverError, busy }: FailureContext): ErrorCode {
  if (busy) return 'BUSY';
  if (known?.code === 'UNRESOLVED') return 'UNRESOLVED';
  return serverError?.connectionLost === true ? 'CONNECTION_LOST' : 'REVISION_FAILED';
}

function where(site: CallSite | null, file: string | null): string {
  if (site !== null) return `, ${displayPath(site.file)}:${site.line}`;
  return file === null ? '' : `, ${displayPath(file)}`;
}

function serverData({ code, message, detail, hint, position }: ServerError): Record<string, unknown> {
  return { code, message, ...(detail ? { detail } : {}), ...(hint ? { hint } : {}), ...(position ? { position } : {}) };
}

function reason(cause: unknown, { serverError, server }: FailureContext): string {
  if (serverError === null || isToraleError(cause)) return thrownError(cause).message;
  const detail = serverError.detail ? ` ${serverError.detail}` : '';
  const end = /[.!?]$/.test(serverError.message) ? '' : '.';
  return `${server} ${serverError.code}: ${serverError.message}${end}${detail}`;
}

/** MySQL and what ran outside a transaction: statement by statement, since some of them stay. */
function ledger(failed: StatementReport, cause: unknown, context: FailureContext): string[] {
  const lines: string[] = [];
  const shown = context.reports.length > 6 ? context.reports.slice(-5) : context.reports;
  if (shown.length < context.reports.length)
    lines.push(`    …  ${context.reports.length - shown.length} statements before`);
  for (const report of shown) {
    const state = report === failed ? 'failed ' : report.committed ? 'done   ' : 'undone ';
    lines.push(`    ${report.number}  ${state}  ${oneLine(report.sql)}`);
    if (report !== failed) continue;
    if (failed.inner !== undefined) lines.push(`                ${oneLine(failed.inner.sql)}`);
    lines.push(`                ${reason(cause, context)}`);
  }
  const rest = (context.planned ?? []).slice(failed.number);
  for (const [index, sql] of rest.slice(0, 2).entries())
    lines.push(`    ${failed.number + index + 1}  not run  ${oneLine(sql)}`);
  if (rest.length > 2) lines.push(`    …  ${rest.length - 2} more not run`);
  return lines;
}

function outcome(context: FailureContext, committed: readonly StatementReport[], code: ErrorCode): string[] {
  if (context.state === 'rolledBack') {
    const at = context.heads.length === 0 ? 'empty of revisions' : `at ${context.heads.join(', ')}`;
    return [`Rolled back: the database is ${at}, nothing of ${context.revision} remains.`];
  }
  const stopped = context.reports.at(-1);
  if (stopped?.state === 'failed' && (stopped.batch?.rows ?? 0) > 0) return [outcomeOfBatch(stopped.batch!)];
  const numbers = runOf(committed.map((report) => report.number));
  const which = committed.length === 0 ? 'What ran before' : `Statement${committed.length === 1 ? '' : 's'} ${numbers}`;
  const stay = committed.length === 1 ? 'stays' : 'stay';
  const next = (context.reports.at(-1)?.number ?? 1) - (context.reports.at(-1)?.state === 'failed' ? 0 : -1);
  const why = context.ddlCommits
    ? `${context.server.split(' ')[0]} commits each DDL statement, so ${which.toLowerCase()} ${stay}.`
    : `${which} ${stay}: committed outside a transaction.`;
  // There a person decides first, as the hint says.
  if (code === 'UNRESOLVED') return [why];
  return [`${why} Mend the cause and run the same command again: it goes on at statement ${next}.`];
}

/** `1, 2, 3`; `1–40` where that would be long. */
function runOf(numbers: readonly number[]): string {
  const [first = 0] = numbers;
  const isRow = numbers.every((number, index) => number === first + index);
  return numbers.length > 4 && isRow ? `${first}–${numbers.at(-1)}` : numbers.join(', ');
}

function outcomeOfBatch({ rows, batches, after }: BatchPosition): string {
  const stay = `${rows} row${rows === 1 ? '' : 's'} in ${batches} batch${batches === 1 ? '' : 'es'}, up to the key (${after?.join(', ') ?? ''}),`;
  return `${stay} are committed. Mend the cause and run the same command again: it goes on behind them.`;
}

const WIDTH = 110;

/** Of a batch the statement that failed in it, which the server's position belongs to. */
function excerptOf({ sql, inner, batch }: StatementReport, { serverError }: FailureContext): string[] {
  if (inner !== undefined) return excerpt(inner.sql, serverError?.position);
  return excerpt(sql, batch === undefined ? serverError?.position : undefined);
}

/** The statement, or the lines around the server's position with a caret under it. */
export function excerpt(sql: string, position?: number): string[] {
  const lines = dedent(sql);
  if (position === undefined) return lines.length <= 6 ? lines.map(clip) : [...lines.slice(0, 5).map(clip), '…'];
  const before = sql.slice(0, position - 1);
  const row = before.split('\n').length - 1;
  const raw = sql.split('\n')[row] ?? '';
  const line = lines[row] ?? raw;
  const column = position - 1 - (before.lastIndexOf('\n') + 1) - (raw.length - line.length);
  const from = Math.max(0, column - WIDTH + 20);
  return [
    ...(row > 0 ? [clip(lines[row - 1] ?? '')] : []),
    (from > 0 ? '…' : '') + clip(line.slice(from)),
    `${' '.repeat(Math.max(0, column - from + (from > 0 ? 1 : 0)))}^`,
  ];
}

/** Takes the common margin away; the first line of a trimmed statement has none. */
function dedent(sql: string): string[] {
  const lines = sql.split('\n');
  const margins = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^\s*/.exec(line)![0].length);
  const margin = margins.length === 0 ? 0 : Math.min(...margins);
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin)));
}

function clip(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
