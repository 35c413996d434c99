/**
 * Whether a text between quotes of any kind spans lines: such a statement must not be indented, since blanks within the
 * quotes are part of the text. What looks unbalanced counts as if it did.
 */
export function hasTextOverLines(sql: string): boolean {
  let at = 0;
  while (at < sql.length) {
    const rest = sql.slice(at);
    const opening = /['"`]|--|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(rest);
    if (opening === null) return false;
    const mark = opening[0];
    const start = at + opening.index + mark.length;
    const closing = mark === '--' ? '\n' : mark === '/*' ? '*/' : mark;
    const end = sql.indexOf(closing, start);
    if (end === -1) return mark !== '--';
    if (mark !== '--' && mark !== '/*' && sql.slice(start, end).includes('\n')) return true;
    at = end + closing.length;
  }
  return false;
}

/** Every line but empty ones, moved to the right. */
export function indent(text: string, width: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(width));
}
