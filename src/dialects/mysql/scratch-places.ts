import type { Word } from '../sql/objects.ts';

/** Behind these stands the name of a table, view or program. */
const STARTS = new Set(
  `TABLE FROM JOIN STRAIGHT_JOIN USING REFERENCES TRIGGER PROCEDURE CALL TO RENAME INSERT REPLACE UPDATE DELETE
   UNION`.split(/\s+/),
);
/** So they do at the head of a statement; elsewhere they may be names themselves. */
const HEADS = new Set('TABLES VIEW FUNCTION PACKAGE BODY EVENT SEQUENCE TRUNCATE HANDLER'.split(' '));
const BEFORE_HEAD = new Set('CREATE ALTER DROP REPLACE LOCK TEMPORARY AGGREGATE PACKAGE BEGIN THEN ELSE DO'.split(' '));
/** They are functions as well. */
const FUNCTIONS = new Set(['INSERT', 'REPLACE', 'TRUNCATE']);
/** What may stand between one of these and the name. */
const BETWEEN = new Set(
  `( { = OJ IF NOT EXISTS INTO LOW_PRIORITY HIGH_PRIORITY DELAYED QUICK IGNORE HISTORY LATERAL ONLY TABLE TABLES ALL
   DISTINCT`.split(/\s+/),
);
/** Behind these no list of tables goes on. */
const ENDS = new Set(
  'WHERE GROUP ORDER HAVING SET SELECT LIMIT VALUES WINDOW WHEN THEN ELSE DO RETURNING DUPLICATE'.split(' '),
);
/** `EXTRACT(YEAR FROM t.d)`: no table follows. */
const WITH_FROM = new Set(['EXTRACT', 'TRIM', 'SUBSTRING', 'SUBSTR']);
const SEQUENCE_FUNCTIONS = new Set(['NEXTVAL', 'LASTVAL', 'SETVAL']);
/** They are the server's own, and may be read. */
const READABLE = new Set(['information_schema', 'performance_schema', 'sys']);
const READING = new Set(['FROM', 'JOIN', 'STRAIGHT_JOIN', 'LIKE']);

/**
 * The first name in a statement that stands where a table or program is named, qualified by another database. The same
 * two words elsewhere may be a table and its column.
 *
 * @param isInside whether what stands before a dot is the database itself, or a package in it
 */
export function otherDatabase(code: readonly Word[], isInside: (name: string) => boolean): string | null {
  const isStart = startsIn(code);
  let list: { open: boolean; expecting: boolean; start: string } = { open: false, expecting: false, start: '' };
  const outer: (typeof list)[] = [];
  const calls: string[] = [];
  for (const [at, { keyword, text, name }] of code.entries()) {
    const isDotted = name !== null && code[at + 1]?.text === '.' && code[at + 2]?.name != null;
    if (isDotted && code[at - 1]?.text !== '.') {
      const isPlace = list.expecting || isSequence(code, at) || code[at + 3]?.text === '(' || isWhole(code, at);
      const isOther = !isInside(name) && !(isRead(code, at, list.start) && READABLE.has(name.toLowerCase()));
      if (isPlace && isOther) return name;
    }
    if (text === '(') {
      calls.push(code[at - 1]?.keyword ?? '');
      outer.push(list);
      list = { ...list, open: list.expecting };
    } else if (text === ')') {
      calls.pop();
      list = { ...(outer.pop() ?? list), expecting: false };
    } else if (isStart(at) && !(keyword === 'FROM' && WITH_FROM.has(calls.at(-1) ?? ''))) {
      list = { open: true, expecting: true, start: keyword };
    } else if (text === ',' || text === ';') {
      list = { ...list, expecting: list.open && text === ',' };
    } else if (ENDS.has(keyword)) list = { ...list, open: false, expecting: false };
    else if (!BETWEEN.has(keyword || text) && !(keyword === 'AS' && list.start === 'RENAME'))
      list = { ...list, expecting: false };
  }
  return null;
}

/** `other.t.a` */
const isWhole = (code: readonly Word[], at: number): boolean =>
  code[at + 3]?.text === '.' && code[at + 4]?.name != null;

/** `NEXT VALUE FOR other.s`, `NEXTVAL(other.s)` */
function isSequence(code: readonly Word[], at: number): boolean {
  const [before, last] = [code[at - 2]?.keyword ?? '', code[at - 1]];
  return (last?.keyword === 'FOR' && before === 'VALUE') || (last?.text === '(' && SEQUENCE_FUNCTIONS.has(before));
}

/** Queries, and functions that are called in them. */
function isRead(code: readonly Word[], at: number, start: string): boolean {
  const isDeleted = code
    .slice(0, at)
    .some(({ keyword }, index) => keyword === 'DELETE' && code[index - 1]?.keyword !== 'ON');
  return (READING.has(start) && !isDeleted) || (start !== 'CALL' && code[at + 3]?.text === '(');
}

/** Tells behind which words of a statement a name stands. */
function startsIn(code: readonly Word[]): (at: number) => boolean {
  const find = (...words: string[]): number => code.findIndex(({ keyword }) => words.includes(keyword));
  const isCreate = code[0]?.keyword === 'CREATE';
  // CREATE TRIGGER … ON t, CREATE INDEX … ON t, DROP INDEX … ON t; later ones join tables.
  const on = find('TRIGGER', 'INDEX') === -1 ? -1 : find('ON');
  // CREATE TABLE t LIKE u, CREATE TABLE t (LIKE u); later ones compare.
  const like = isCreate && find('TABLE') !== -1 ? find('LIKE') : -1;
  const isCopy = like !== -1 && code.slice(0, like).every(({ text }, at) => text !== '(' || at === like - 1);
  // CREATE ALGORITHM = MERGE DEFINER = a@b SQL SECURITY INVOKER VIEW
  const head = code.findIndex(({ text, keyword }) => text === '(' || keyword === 'SELECT');
  const isHead = (at: number): boolean => {
    const before = code[at - 1];
    if (before === undefined || before.text === ';' || BEFORE_HEAD.has(before.keyword)) return true;
    return /^(?:CREATE|ALTER)$/.test(code[0]!.keyword) && at < 16 && (head === -1 || at < head);
  };
  return (at) => {
    const { keyword } = code[at]!;
    const before = code[at - 1]?.keyword ?? '';
    if (at === on || (at === like && isCopy)) return true;
    if (code[at - 1]?.text === '.') return false;
    if (!STARTS.has(keyword) && !(HEADS.has(keyword) && isHead(at))) return false;
    if (FUNCTIONS.has(keyword) && code[at + 1]?.text === '(') return false;
    // ON DUPLICATE KEY UPDATE t.a = 1
    return !(keyword === 'UPDATE' && before === 'KEY');
  };
}
