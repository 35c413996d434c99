/** What the leading comment of a revision file tells. */
export interface DocComment {
  message?: string;
  createDate?: string;
}

const REVISION_ID = 'Revision ID:';
const CREATE_DATE = 'Create Date:';

/**
 * Reads the leading comment: its first line is the message, `Create Date:` the date.
 *
 * @param comment from `/**` to the end of the comment, or ''
 * @param revision the file's id: a line `Revision ID: <id>` at the top says that there is no message
 */
export function parseDocComment(comment: string, revision: string): DocComment {
  const found: DocComment = {};
  const close = comment.endsWith('*/') ? comment.length - 2 : comment.length;
  let message = '';
  for (let from = 3; from < close && message === '';) {
    const end = lineEnd(comment, from, close);
    message = withoutStar(comment.slice(from, end), from === 3);
    from = end + 1;
  }
  if (
    message !== '' &&
    !(message.startsWith(REVISION_ID) && message === `${REVISION_ID} ${commentText(revision)}`.trim())
  ) {
    found.message = detached(message.includes('*\\') ? message.replaceAll(/\*\\(\\*\/)/g, '*$1') : message);
  }
  const at = comment.lastIndexOf(CREATE_DATE);
  if (at !== -1 && /^[\s*]*$/.test(comment.slice(comment.lastIndexOf('\n', at) + 1, at))) {
    const date = comment.slice(at + CREATE_DATE.length, lineEnd(comment, at, close)).trim();
    if (date !== '') found.createDate = detached(date);
  }
  return found;
}

/** V8 keeps the whole file in memory for a slice of it; a copy lets it go. */
function detached(slice: string): string {
  return ` ${slice}`.slice(1);
}

function lineEnd(comment: string, from: number, close: number): number {
  const end = comment.indexOf('\n', from);
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
