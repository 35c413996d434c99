import { type Command, Errors } from '@oclif/core';
import { styleText } from 'node:util';
import { isToraleError, ToraleError } from '../errors.ts';
import { redact, redactValue } from '../redact.ts';
import { errorLine, type LogFormat } from './log-json.ts';
import { usageError } from './usage-error.ts';
import { clip } from './width.ts';

/**
 * What was thrown as the one kind of error there is: oclif's are all about flags and arguments, the rest are defects.
 *
 * @param command whose flags were read, where it came that far
 */
export function toToraleError(error: unknown, command?: Command.Class): ToraleError {
  if (isToraleError(error)) return error;
  if (error instanceof Errors.CLIError) return usageError(error, command);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ToraleError('UNEXPECTED', `This is a defect in Torale. ${what}`, {
    hint: 'Please report it, with what the same command prints with --debug.',
    cause: error,
  });
}

export interface ReportOptions {
  readonly json: boolean;
  /** With the stack. */
  readonly debug: boolean;
  /** Of what goes to stderr; `text` by default. */
  readonly logFormat?: LogFormat;
}

/** Prints a failure: for people or for a log on stderr, under `--json` as the one document on stdout. */
export function reportError(error: ToraleError, { json, debug, logFormat = 'text' }: ReportOptions): void {
  if (logFormat === 'json') process.stderr.write(`${errorLine(error, debug)}\n`);
  if (json) {
    const { code, exitCode, message, hint, data, stack } = error;
    const own = { code, exitCode, message, hint, ...(debug ? { stack } : {}) };
    const document = { ...own, ...data, ...own };
    process.stdout.write(`${JSON.stringify({ error: redactValue(document, []) }, null, 2)}\n`);
    return;
  }
  if (logFormat === 'json') return;
  process.stderr.write(`${redact(errorText(error, paintOn(process.stderr)), [])}\n`);
  if (debug) process.stderr.write(`\n${redact(error.stack ?? '', [])}\n`);
}

/** The message in the terminal's colours; the text itself where there is none. */
function paintOn(stream: NodeJS.WriteStream): (text: string) => string {
  return (text) => styleText('red', text, { stream });
}

const WIDTH = 120;
const LINES = 6;
/** A failed statement is shown with its place and what became of it. */
const STATEMENT_LINES = 14;
const SHOWS_STATEMENT: ReadonlySet<string> = new Set(['REVISION_FAILED', 'TARGET_FAILED', 'UNRESOLVED']);

/** At most 6 lines: what went wrong, then the way out, on the same line where both are short. */
function errorText({ code, message, hint }: ToraleError, paint: (text: string) => string): string {
  const [first = '', ...rest] = message.trimEnd().split('\n');
  const hints = hint === undefined ? [] : hint.trimEnd().split('\n');
  const isShort = rest.length === 0 && hints.length === 1 && first.length + hints[0]!.length < WIDTH;
  if (isShort && !hints[0]!.startsWith(' ') && !hints[0]!.includes('  ')) return `${paint(first)} ${hints[0]}`;
  const limit = SHOWS_STATEMENT.has(code) ? STATEMENT_LINES : LINES;
  const room = Math.max(3, limit - 1 - hints.length);
  const shown = rest.length <= room ? rest : [...rest.slice(0, room - 2), '    …', rest.at(-1)!];
  return [paint(first), ...shown.map((line) => clip(line, 400)), ...hints].join('\n');
}
