import { quote } from '../quote.ts';

/** https://www.sqlite.org/lang_keywords.html */
const KEYWORDS = new Set(
  (
    'ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE ' +
    'CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME ' +
    'CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE ' +
    'EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP ' +
    'GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY ' +
    'LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER ' +
    'OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME ' +
    'REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO ' +
    'TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT'
  ).split(' '),
);

export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word.toUpperCase());
}

/**
 * Keywords that SQLite also takes for names where no keyword can stand (`%fallback` of its grammar, and those that begin a
 * JOIN).
 *
 * @see https://www.sqlite.org/src/file/src/parse.y
 */
const NAMES = new Set(
  (
    'ABORT ACTION AFTER ALWAYS ANALYZE ASC ATTACH BEFORE BEGIN BY CASCADE CAST COLUMN CONFLICT CROSS CURRENT ' +
    'CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFERRED DESC DETACH DO EACH END EXCLUDE EXCLUSIVE EXPLAIN FAIL ' +
    'FIRST FOLLOWING FOR FULL GENERATED GLOB GROUPS IF IGNORE IMMEDIATE INDEXED INITIALLY INNER INSTEAD KEY LAST LEFT LIKE ' +
    'MATCH MATERIALIZED NATURAL NO NULLS OF OFFSET OTHERS OUTER PARTITION PLAN PRAGMA PRECEDING QUERY RAISE RANGE RECURSIVE ' +
    'REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RIGHT ROLLBACK ROW ROWS SAVEPOINT TEMP TEMPORARY TIES TRIGGER UNBOUNDED ' +
    'VACUUM VIEW VIRTUAL WITH WITHOUT FILTER OVER WINDOW'
  ).split(' '),
);

/** Whether a keyword may be a name without quotes. */
export function isName(word: string): boolean {
  return NAMES.has(word.toUpperCase());
}

/** A name as an identifier; in quotes only where SQLite needs them. */
export function ident(name: string): string {
  // SQLite takes an empty name as any other.
  if (name === '') return '""';
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !isKeyword(name) ? name : quote(name);
}

/** The name that an identifier stands for. */
export function nameIn(text: string): string {
  const mark = text.charAt(0);
  if (mark === '[') return text.slice(1, -1);
  return mark === '"' || mark === '`' || mark === "'" ? text.slice(1, -1).replaceAll(mark + mark, mark) : text;
}
