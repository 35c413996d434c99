import { ToraleError } from '../../errors.ts';

/** Line and column, both from 1, of an offset in a text. */
function positionOf(sql: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = sql.indexOf('\n'); at !== -1 && at < offset; at = sql.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** An error that says where in the text something begins that no statement can be made of. */
export function unreadable(sql: string, offset: number, problem: string, hint?: string): ToraleError {
  const { line, column } = positionOf(sql, offset);
  return new ToraleError('SQL_UNREADABLE', `SQL, line ${line}, column ${column}: ${problem}`, {
    data: { line, column },
    hint,
  });
}

export function unterminated(sql: string, offset: number, what: string): ToraleError {
  return unreadable(sql, offset, `${what} begins here and never ends.`);
}

/** PostgreSQL and SQLite take a NUL for the end of the text and would not see the statements behind it. */
export function refuseNul(sql: string): void {
  const at = sql.indexOf('\0');
  if (at !== -1) throw unreadable(sql, at, 'a NUL character, at which the server would stop reading.');
}
