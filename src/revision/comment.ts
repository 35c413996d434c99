/** What the leading comment of a revision file tells. */
export interface DocComment {
  message?: string;
  createDate?: string;
}

const REVISION_ID = 'Revision ID:';
const CREATE_DATE = 'Create Date:';

/** How `torale revision` begins a comment and the line of the date; other ways of writing them take longer to read. */
const BEGIN = '/**\n * ';
const DATE_LINE = '\n * Create Date:';

/**
 * Reads the leading comment: its first line is the message, `Create Date:` the date.
 *
 * @param text where the comment stands from `begin`, which is its `/**`, to `end`, or to the end of the text
 * @param revision the file's id: a line `Revision ID: <id>` at the top says that there is no message
 * @param found takes up what was found
 */
export function parseDocComment(text: string, begin: number, end: number, revision: string, found: DocComment): void {
  const close = text.startsWith('*/', end - 2) ? end - 2 : end;
  const message = firstLine(text, begin, close);
  if (
    message !== '' &&
    !(message.startsWith(REVISION_ID) && message === `${REVISION_ID} ${commentText(revision)}`.trim())
  ) {
    found.message = detached(message.includes('*\\') ? message.replaceAll(/\*\\(\\*\/)/g, '*$1') : message);
  }
  const at = text.lastIndexOf(CREATE_DATE, close);
  if (at <= begin) return;
  const isLine =
    text.startsWith(DATE_LINE, at - (DATE_LINE.length - CREATE_DATE.length)) ||
    /^[\s*]*$/.test(text.slice(Math.max(text.lastIndexOf('\n', at) + 1, begin), at));
  if (!isLine) return;
  const date = text.slice(at + CREATE_DATE.length, lineEnd(text, at, close)).trim();
  if (date !== '') found.createDate = detached(date);
}

/** The first line that says something. */
function firstLine(text: string, begin: number, close: number): string {
  if (text.startsWith(BEGIN, begin)) {
    const from = begin + BEGIN.length;
    const line = text.slice(from, lineEnd(text, from, close)).trim();
    if (line !== '') return line;
  }
  for (let from = begin + 3; from < close;) {
    const end = lineEnd(text, from, close);
    const line = withoutStar(text.slice(from, end), from === begin + 3);
    if (line !== '') return line;
    from = end + 1;
  }
  return '';
}

/** V8 keeps the whole file in memory for a slice of it, unless that is short; a copy lets it go. */
export function detached(slice: string): string {
  return slice.length < 13 ? slice : ` ${slice}`.slice(1);
}

function lineEnd(text: string, from: number, close: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 || end > close ? close : end;
}

function withoutStar(line: string, isFirst: boolean): string {
  const text = line.trim();
  return !isFirst && text.startsWith('*') ? text.slice(1).trim() : text;
}

/**
 * A message as it can stand in a comment: one trimmed line for each line that says something, without what would
 * steer a terminal or hide text from a reviewer (control characters, bidirectional overrides: https://trojansource.codes).
 *
 * @returns the lines; none for an empty message
 */
export function messageLines(message: string): string[] {
  return message
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, tabToSpace).trim())
    .filter((line) => line !== '');
}

function tabToSpace(character: string): string {
  return character === '\t' ? ' ' : '';
}

/** The lines of a comment's inside, so that none can end the comment; parseDocComment turns it back. */
export function escapeComment(line: string): string {
  return line.replaceAll(/\*(\\*\/)/g, '*\\$1');
}

/** A value on one line of a comment. */
export function commentText(value: string): string {
  return messageLines(value).map(escapeComment).join(' ');
}
