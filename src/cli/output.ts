import { styleText } from 'node:util';
import { displayWidth, pad } from './width.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text where that is wanted. */
export type Paint = (style: Style, text: string) => string;

/** The only place that knows of terminals. `stdout` carries results, `stderr` everything else. */
export interface Output {
  /** A person reads along on stderr. */
  readonly isTerminal: boolean;
  /** Columns of the terminal that results go to; unlimited where they go into a file or a pipe. */
  readonly columns: number;
  /** The same of the terminal on stderr. */
  readonly noteColumns: number;
  result(text: string): void;
  /** JSON, its strings redacted already, with its line end. */
  json(pieces: Iterable<string>): void;
  readonly note: (text: string) => void;
  /** Colour for a result; the text itself where stdout is no terminal or NO_COLOR is set. */
  readonly style: Paint;
  readonly styleNote: Paint;
  /** Replaces the running line of a terminal. */
  rewrite(text: string): void;
}

export function createOutput(redact: (text: string) => string, redactKnown = redact): Output {
  const { stdout, stderr } = process;
  // `torale history | head` closes the pipe early, which is no failure.
  for (const stream of [stdout, stderr]) {
    if (stream.listenerCount('error') === 0) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
      });
    }
  }
  return {
    isTerminal: stderr.isTTY === true,
    columns: stdout.isTTY ? stdout.columns || 80 : Infinity,
    noteColumns: stderr.isTTY ? stderr.columns || 80 : Infinity,
    result: (text) => void stdout.write(`${redact(printable(text))}\n`),
    json: (pieces) => {
      for (const piece of pieces) stdout.write(redactKnown(isAscii(piece) ? piece : printable(piece)));
    },
    note: (text) => void stderr.write(`${redact(printable(text))}\n`),
    rewrite: (text) => void stderr.write(`\r\u001b[2K${redact(printable(text))}`),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    styleNote: (style, text) => styleText(style, text, { stream: stderr }),
  };
}

const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex -- these characters are the point
  /(\u001b\[\d+(?:;\d+)*m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Names and messages from a database may hold escape sequences and characters that turn the direction of reading;
 * only colours pass.
 */
function printable(text: string): string {
  return text.replace(UNPRINTABLE, '$1');
}

/** Whether JSON has nothing that is unprintable, as it escapes what is below a blank: told in a ninth of the time. */
function isAscii(json: string): boolean {
  return Buffer.byteLength(json) === json.length && !json.includes('\u007f');
}

/** `31 ms`, `4.2 s`, `3 min 5 s` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Columns side by side, as wide as their widest cell; the last is not padded. */
export function table(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))));
  }
  return rows
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column]! + gap))))
    .map((cells) => cells.join('').trimEnd())
    .join('\n');
}

/** `1 revision`, `2 revisions` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
