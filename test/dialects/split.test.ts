import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isToraleError } from '../../src/errors.ts';
import { lexer as mysqlLexer } from '../../src/dialects/mysql/lex.ts';
import { split as splitMysql } from '../../src/dialects/mysql/split.ts';
import { lexer as postgresLexer } from '../../src/dialects/postgres/lex.ts';
import { split as splitPostgres } from '../../src/dialects/postgres/split.ts';
import type { SqlStatement } from '../../src/dialects/sql/statement.ts';
import type { Lexer } from '../../src/dialects/sql/token.ts';
import { lexer as sqliteLexer } from '../../src/dialects/sqlite/lex.ts';
import { split as splitSqlite } from '../../src/dialects/sqlite/split.ts';

const DIALECTS: [name: string, split: (sql: string) => SqlStatement[], lexer: (sql: string) => Lexer][] = [
  ['postgres', splitPostgres, postgresLexer],
  ['mysql', splitMysql, mysqlLexer],
  ['sqlite', splitSqlite, sqliteLexer],
];

const SIGNS =
  " ~\n~\t~;~;~;~'~''~\"~`~[~]~$$~$a$~$1~?~\\~--~-- ~#~/*~*/~/*!~/*!50003 ~(~)~,~.~@~:~=~E'~U&'~x~é~😀~1~-~/~*";
const WORDS =
  'CREATE ~FUNCTION ~PROCEDURE p() ~TRIGGER ~EVENT ~ BEGIN ~ ATOMIC ~ END ~ END IF~ CASE ~ WHEN ~ THEN ~ ELSE ~ IF ~' +
  ' LOOP ~ REPEAT ~ UNTIL ~ WHILE ~ DO ~ FOR ~ EACH ROW ~ DECLARE ~ HANDLER ~ NOT ~ RETURNS ~ RETURN ~SELECT 1~COPY ~' +
  '\nDELIMITER $$\n~\nDELIMITER ;\n';
const SOUP = fc.constantFrom(...`${SIGNS}~${WORDS}`.split('~'));

const soup = fc.array(SOUP, { maxLength: 40 }).map((pieces) => pieces.join(''));

function attempt(split: (sql: string) => SqlStatement[], sql: string): SqlStatement[] | undefined {
  try {
    return split(sql);
  } catch (error) {
    if (isToraleError(error) && error.code === 'SQL_UNREADABLE') return undefined;
    throw error;
  }
}

/** In MySQL `1--;` is arithmetic without an end, but `1--` with nothing behind it is a comment. */
function endsInDashes(statements: readonly SqlStatement[]): boolean {
  return statements.some(({ text }) => text.endsWith('--'));
}

/** What is left of a text without its blanks and comments. */
function code(sql: string, lexer: (sql: string) => Lexer): string[] {
  const tokens: string[] = [];
  const next = lexer(sql);
  for (let token = next(); token; token = next()) {
    if (token.kind !== 'comment') tokens.push(sql.slice(token.start, token.end));
  }
  return tokens;
}

describe.each(DIALECTS)('splitting for %s', (_name, split, lexer) => {
  test('loses nothing: between the statements are only blanks, comments and delimiters', () => {
    fc.assert(
      fc.property(soup, (sql) => {
        const statements = attempt(split, sql);
        fc.pre(statements !== undefined && !endsInDashes(statements));
        let end = 0;
        for (const { text, offset, line } of statements) {
          expect(sql.slice(offset, offset + text.length)).toBe(text);
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(text).toBe(text.replace(/^[ \t\n]+|[ \t\n]+$/g, ''));
          expect(code(text, lexer)).not.toEqual([]);
          expect(line).toBeGreaterThanOrEqual(sql.slice(0, offset).split('\n').length);
          end = offset + text.length;
        }
        // DELIMITER changes what a piece alone would be read as.
        if (sql.includes('DELIMITER')) return;
        const kept = statements.flatMap(({ text }) => code(text, lexer));
        const all = code(sql, lexer);
        const inner = kept.filter((token) => token === ';').length;
        expect(kept.filter((token) => token !== ';')).toEqual(all.filter((token) => token !== ';'));
        expect(all.filter((token) => token === ';').length).toBeGreaterThanOrEqual(inner);
      }),
      { numRuns: 3000 },
    );
  });

  test('cuts its own pieces no further, alone or joined again', () => {
    fc.assert(
      fc.property(soup, (sql) => {
        const statements = attempt(split, sql);
        fc.pre(statements !== undefined && !endsInDashes(statements) && !sql.includes('DELIMITER'));
        const texts = statements.map(({ text }) => text);
        for (const text of texts) expect(split(text).map((piece) => piece.text)).toEqual([text]);
        expect(split(texts.join('\n;\n')).map(({ text }) => text)).toEqual(texts);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['rows', 10, "INSERT INTO t (a, b) VALUES (1, 'it''s; x', 2.5, NULL); -- done\n"],
    ['one string', 2, "'' "],
    ['nested comments', 2, '/*/*'],
    ['many ends', 2, "E'x'\n-- y\n"],
    ['dollars', 2, '$a $1 $$ $b$ $$ '],
    ['words', 2, 'begin case if end loop '],
    ['symbols', 2, '-/*+(*/)'],
  ])('reads %s in linear time: %i MB', (_, megabytes, unit) => {
    const sql = unit.repeat(Math.ceil((megabytes * 1e6) / unit.length));
    const started = performance.now();
    attempt(split, sql);
    // Far above what it takes, and far below what anything quadratic would take.
    expect(performance.now() - started).toBeLessThan(megabytes * 600);
  });
});
