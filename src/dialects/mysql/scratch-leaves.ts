import { wordsOf, type Word } from '../sql/objects.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { lexer } from './lex.ts';

/** Statements about the server, whatever follows. https://dev.mysql.com/doc/refman/8.4/en/sql-server-administration-statements.html */
const SERVER = new Set(
  'GRANT REVOKE INSTALL UNINSTALL FLUSH RESET SHUTDOWN KILL CHANGE START STOP CLONE RESTART BINLOG PURGE XA'.split(' '),
);
const DEFINES = new Set(['CREATE', 'ALTER', 'DROP', 'RENAME']);
const SHARED = new Set(['USER', 'ROLE', 'SERVER', 'TABLESPACE', 'INSTANCE', 'UNDO', 'LOGFILE', 'RESOURCE']);
/** Behind these stands the name of a table or routine, not an alias with a column. */
const BEFORE_TABLE = new Set(
  'TABLE TABLES INTO UPDATE FROM JOIN REFERENCES VIEW TRIGGER PROCEDURE FUNCTION EVENT SEQUENCE LIKE EXISTS CALL TO ON'.split(
    ' ',
  ),
);

/** What a statement would do outside of its own database, as far as its text tells. */
export function leaves({ text, keyword }: SqlStatement, name: string): string | null {
  const words = wordsOf(text, lexer(text), (word) => word).filter(({ text: word }) => !word.startsWith('/*'));
  const at = words.findIndex(({ keyword: word }) => word === keyword);
  const code = at <= 0 ? words : words.slice(at);
  const second = code[1]?.keyword ?? '';
  const third = code[2]?.keyword ?? '';
  if (keyword === 'START' && second === 'TRANSACTION') return null;
  if (keyword === 'USE') return code[1]?.name === name ? null : 'USE goes to another database';
  if (SERVER.has(keyword)) return `${keyword} changes the whole server`;
  if (DEFINES.has(keyword)) {
    const object = second === 'OR' ? (code[3]?.keyword ?? '') : second;
    if (SHARED.has(object)) return `${keyword} ${object} changes the whole server`;
    if (object === 'DATABASE' || object === 'SCHEMA') return definesDatabase(keyword, object, code, name);
  }
  if (
    keyword === 'SET' &&
    (second === 'GLOBAL' || second === 'PERSIST' || second === 'PASSWORD' || /^@@global/i.test(code[1]?.text ?? ''))
  ) {
    return `SET ${second || 'GLOBAL'} changes the whole server`;
  }
  if (keyword === 'LOAD' && third !== 'LOCAL' && second !== 'INDEX') return 'LOAD reads a file of the server';
  if (
    code.some(
      ({ keyword: word }, index) => word === 'INTO' && /^(?:OUTFILE|DUMPFILE)$/.test(code[index + 1]?.keyword ?? ''),
    )
  ) {
    return "INTO OUTFILE writes a file on the server's machine";
  }
  const other = otherDatabase(code, keyword, name);
  return other === null ? null : `it names another database, ${other}`;
}

/** `ALTER DATABASE CHARACTER SET …` is about the current one. */
function definesDatabase(keyword: string, object: string, code: readonly Word[], name: string): string | null {
  const named = code.slice(2).find(({ keyword: word }) => !/^(?:IF|NOT|EXISTS)$/.test(word));
  if (
    keyword === 'ALTER' &&
    (named?.name === name || /^(?:DEFAULT|CHARACTER|CHARSET|COLLATE)$/.test(named?.keyword ?? ''))
  ) {
    return null;
  }
  return `${keyword} ${object} changes another database`;
}

const READABLE = new Set(['information_schema', 'performance_schema', 'sys']);
/** Behind these no list of tables goes on. */
const ENDS_LIST = new Set(
  'WHERE GROUP ORDER HAVING SET SELECT LIMIT ON USING VALUES WINDOW WHEN THEN ELSE DO'.split(' '),
);
/** `EXTRACT(YEAR FROM t.d)`: no table follows. */
const WITH_FROM = new Set(['EXTRACT', 'TRIM', 'SUBSTRING', 'SUBSTR']);

function otherDatabase(code: readonly Word[], keyword: string, name: string): string | null {
  const isPlaced = placesOf(code, keyword);
  let isList = false;
  const calls: string[] = [];
  for (const [at, { keyword: word, text }] of code.entries()) {
    const previous = code[at - 1];
    if (text === '(') calls.push(previous?.keyword ?? '');
    else if (text === ')') calls.pop();
    const isFunction = word === 'FROM' && WITH_FROM.has(calls.at(-1) ?? '');
    if (isPlaced(at) && !isFunction) isList = true;
    else if (ENDS_LIST.has(word) || (text !== ',' && text !== '.' && code[at]?.name === null)) isList = false;
    const isPlace = isList && (isPlaced(at - 1) || previous?.text === ',');
    if (!isPlace || code[at + 1]?.text !== '.' || code[at + 2]?.name == null) continue;
    const database = code[at]!.name;
    if (database !== null && database !== name && !READABLE.has(database.toLowerCase())) return database;
  }
  return null;
}

/** Tells behind which words of a statement the name of a table or routine stands. */
function placesOf(code: readonly Word[], keyword: string): (at: number) => boolean {
  const isDefinition = DEFINES.has(keyword);
  const find = (...words: string[]): number => code.findIndex(({ keyword: word }) => words.includes(word));
  const query = find('SELECT');
  // CREATE TRIGGER … ON t, CREATE INDEX … ON t; later ones join tables.
  const on = isDefinition && find('TRIGGER', 'INDEX') !== -1 ? find('ON') : -1;
  return (at) => {
    const word = code[at]?.keyword ?? '';
    if (!BEFORE_TABLE.has(word)) return false;
    if (word === 'ON') return at === on;
    if (word === 'LIKE') return isDefinition && (query === -1 || at < query);
    // ON DUPLICATE KEY UPDATE t.a = 1
    return word !== 'UPDATE' || code[at - 1]?.keyword !== 'KEY';
  };
}
