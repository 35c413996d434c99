import { expect, test } from 'vitest';
import { isToraleError } from '../../src/errors.ts';
import type { SqlStatement } from '../../src/dialects/sql/statement.ts';

type Split = (sql: string) => SqlStatement[];

const title = (sql: string): string => JSON.stringify(sql).slice(1, 100);

/** Statements that stay in one piece, whatever `;` is in them, and end where the next begins. */
export function staysWhole(split: Split, statements: readonly string[]): void {
  test.each(statements.map((sql) => [title(sql), sql] as const))('one statement: %s', (_, sql) => {
    expect(split(sql).map(({ text }) => text)).toEqual([sql]);
    expect(split(`SELECT 1;${sql};SELECT 2;`).map(({ text }) => text)).toEqual(['SELECT 1', sql, 'SELECT 2']);
    expect(split(`\n${sql}\n;\n\n${sql};`).map(({ text }) => text)).toEqual([sql, sql]);
  });
}

/** Texts and the statements in them. */
export function splitsInto(split: Split, cases: readonly (readonly [sql: string, ...pieces: string[]])[]): void {
  test.each(cases.map(([sql, ...pieces]) => [title(sql), sql, pieces] as const))('cuts: %s', (_, sql, pieces) => {
    expect(split(sql).map(({ text }) => text)).toEqual(pieces);
  });
}

/** Texts that cannot be split, what the error says, and where that begins. */
export function refuses(
  split: Split,
  cases: readonly (readonly [sql: string, message: string, line: number, column: number])[],
): void {
  test.each(cases.map((one) => [title(one[0]), ...one] as const))('refuses: %s', (_, sql, message, line, column) => {
    let caught: unknown;
    try {
      split(sql);
    } catch (error) {
      caught = error;
    }
    if (!isToraleError(caught)) throw new Error(`no error of ours: ${String(caught)}`);
    expect(caught).toMatchObject({ code: 'SQL_UNREADABLE', data: { line, column } });
    expect(caught.message).toContain(message);
    expect(caught.message).toContain(`line ${line}, column ${column}`);
  });
}
