import { EXIT_CODES, FAILURES, isToraleError, type ErrorCode } from '../errors.ts';
import { appliedFindings } from './applied-files.ts';
import { describeState, type CurrentReport } from './current.ts';
import { recordedAncestry } from './position.ts';
import { readJournal } from './read.ts';
import type { Run } from './run.ts';
import { readUnfinished } from './unfinished.ts';

/** One line of the report. */
export interface CheckLine {
  readonly subject: 'graph' | 'files' | 'database' | 'target' | 'drift';
  readonly text: string;
  readonly verdict: string;
}

export interface Finding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly revisions?: readonly string[];
}

export interface CheckReport {
  /** 0; else 7 before 9 before 8. */
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly lines: readonly CheckLine[];
}

/** What is found by comparing schemas, which this folder knows nothing of. */
export interface SchemaFindings {
  readonly findings: readonly Finding[];
  readonly lines: readonly CheckLine[];
}

export interface CheckRequest {
  readonly offline: boolean;
  /** Compares what is applied and what is wanted, given the applied heads. */
  readonly compareSchemas?: ((applied: readonly string[]) => Promise<SchemaFindings>) | undefined;
}

/** Is everything as it should be? Writes nothing. */
export async function runCheck(run: Run, { offline, compareSchemas }: CheckRequest): Promise<CheckReport> {
  const findings: Finding[] = [];
  const lines: CheckLine[] = [];
  const isSound = checkGraph(run, findings, lines);
  if (offline) {
    lines.push({ subject: 'database', text: 'not asked: --offline', verdict: 'not asked' });
    lines.push({ subject: 'target', text: 'not compared: --offline', verdict: 'not compared' });
  } else if (isSound) {
    const applied = await checkDatabase(run, findings, lines);
    const schemas = await compareSchemas?.(applied);
    findings.push(...(schemas?.findings ?? []));
    lines.push(...(schemas?.lines ?? []));
  } else lines.push({ subject: 'target', text: 'not compared: the graph is broken', verdict: 'not compared' });
  return { exitCode: exitCodeOf(findings), findings, lines };
}

function checkGraph(run: Run, findings: Finding[], lines: CheckLine[]): boolean {
  let heads: readonly string[];
  try {
    heads = run.graph.heads;
  } catch (error) {
    if (!isToraleError(error) || error.exitCode !== EXIT_CODES.history) throw error;
    const { revisions } = error.data;
    findings.push({
      code: error.code,
      message: error.message,
      ...(Array.isArray(revisions) ? { revisions: revisions as string[] } : {}),
    });
    lines.push({ subject: 'graph', text: error.message, verdict: 'broken' });
    return false;
  }
  const count = `${run.source.headers.length} revision${run.source.headers.length === 1 ? '' : 's'}`;
  if (heads.length > 1) {
    findings.push({
      code: 'MULTIPLE_HEADS',
      message: `The history has ${heads.length} heads: ${heads.join(', ')}.`,
      revisions: heads,
    });
    lines.push({
      subject: 'graph',
      text: `${count}, ${heads.length} heads ${heads.join(', ')}`,
      verdict: 'several heads',
    });
  } else {
    lines.push({
      subject: 'graph',
      text: heads.length === 0 ? count : `${count}, one head ${heads[0]}`,
      verdict: 'ok',
    });
  }
  return true;
}

/** @returns the applied heads */
async function checkDatabase(run: Run, findings: Finding[], lines: CheckLine[]): Promise<readonly string[]> {
  return readJournal(run, async (journal, connected) => {
    const applied = await journal.read();
    const history = await journal.readHistory();
    const unfinished = await readUnfinished(run, connected, journal, applied.journal);
    const report = describeState(run.graph, applied, history, unfinished);
    // What a newer image applied is not deleted here.
    const ahead = report.state === 'ahead' ? recordedAncestry(report.unknown, history) : new Set<string>();
    const judged = history.filter(({ revision }) => run.graph.has(revision) || !ahead.has(revision));
    const files = appliedFindings(judged, run.source, (revision) => run.graph.has(revision));
    findings.push(...files.map(({ code, message, revision }) => ({ code, message, revisions: [revision] })));
    lines.push(filesLine(judged.length, files));
    databaseFinding(report, findings, lines);
    return applied.heads;
  });
}

function filesLine(applied: number, files: readonly { code: string; revision: string }[]): CheckLine {
  if (files.length === 0) return { subject: 'files', text: `${applied} applied, none edited since`, verdict: 'ok' };
  const edited = files.filter(({ code }) => code === 'REVISION_EDITED').map(({ revision }) => revision);
  const deleted = files.filter(({ code }) => code === 'REVISION_DELETED').map(({ revision }) => revision);
  const parts = [
    ...(edited.length > 0 ? [`edited since: ${edited.join(', ')}`] : []),
    ...(deleted.length > 0 ? [`deleted: ${deleted.join(', ')}`] : []),
  ];
  return {
    subject: 'files',
    text: `${applied} applied, ${parts.join('; ')}`,
    verdict: edited.length > 0 ? 'edited' : 'deleted',
  };
}

function databaseFinding(report: CurrentReport, findings: Finding[], lines: CheckLine[]): void {
  const at = report.heads.length === 0 ? 'at no revision' : `at ${report.heads.join(', ')}`;
  const { pending } = report;
  const add = (code: ErrorCode, message: string, verdict: string, revisions: readonly string[]): void => {
    findings.push({ code, message, revisions });
    lines.push({ subject: 'database', text: message, verdict });
  };
  switch (report.state) {
    case 'diverged':
      add('DATABASE_AHEAD', `${at}, which no file here has`, 'unknown', report.unknown);
      return;
    case 'ahead':
      lines.push({ subject: 'database', text: `${at}, ahead of the files`, verdict: 'ahead' });
      return;
    case 'unresolved': {
      const { revision, resumable } = report.unresolved!;
      const what = `revision ${revision} is partly applied`;
      if (resumable) add('PENDING', `${at}, ${what}: 'torale upgrade' goes on with it`, 'pending', pending);
      else add('UNRESOLVED', `${what}, and a person must decide: see 'torale resolve'`, 'unfinished', [revision]);
      return;
    }
    case 'empty':
    case 'behind':
    case 'head':
  }
  const more =
    report.unresolved === undefined ? '' : `; ${report.unresolved.revision}, which no file here has, is partly applied`;
  if (pending.length === 0) lines.push({ subject: 'database', text: `${at}${more}`, verdict: 'ok' });
  else add('PENDING', `${at}, ${pending.length} pending`, 'pending', pending);
}

/** 7 before 9 before 8; what cannot be resolved by itself (6) is above all. */
function exitCodeOf(findings: readonly Finding[]): number {
  const codes = findings.map(({ code }) => EXIT_CODES[FAILURES[code].exit]);
  const order = [EXIT_CODES.unresolved, EXIT_CODES.history, EXIT_CODES.differs, EXIT_CODES.pending];
  return order.find((code) => codes.some((found) => found === code)) ?? EXIT_CODES.ok;
}
