import { wordsOf, type Word } from '../sql/objects.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { lexer } from './lex.ts';
import { otherDatabase } from './scratch-places.ts';

/** Statements about the server, whatever follows. https://dev.mysql.com/doc/refman/8.4/en/sql-server-administration-statements.html */
const SERVER = new Set(
  'GRANT REVOKE INSTALL UNINSTALL FLUSH RESET SHUTDOWN KILL CHANGE START STOP CLONE RESTART BINLOG PURGE XA BACKUP IMPORT'.split(
    ' ',
  ),
);
const DEFINES = new Set(['CREATE', 'ALTER', 'DROP', 'RENAME']);
const SHARED = new Set('USER ROLE SERVER TABLESPACE INSTANCE UNDO LOGFILE RESOURCE'.split(' '));
/** Tables of these are windows onto others, elsewhere or in another database of this server. */
const WINDOWS = new Set(['FEDERATED', 'FEDERATEDX', 'CONNECT', 'SPIDER']);
const PROGRAMS = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE']);

/**
 * What a statement would do outside of its own database, as far as its text tells.
 *
 * @param seen what earlier statements left behind that later ones can set off, kept here
 */
export function leaves({ text, keyword }: SqlStatement, name: string, seen: Set<string> = new Set()): string | null {
  const words = wordsOf(text, lexer(text), (word) => word).map(asName);
  const inside = words.filter(({ text: word }) => !/^(?:\/\*|\*\/$)/.test(word));
  const at = inside.findIndex(({ keyword: word }) => word === keyword);
  const code = inside.slice(Math.max(at, 0));
  const program = keyword === 'CREATE' ? programOf(code) : null;
  for (const start of startsOf(code, program !== null)) {
    const reason = headReason(code.slice(start), name) ?? hiddenReason(code.slice(start), { name, seen, program });
    if (reason !== null) return reason;
  }
  const reason = anywhereReason(code);
  if (reason !== null) return reason;
  if (program === 'PACKAGE') seen.add(packageOf(code));
  const other = otherDatabase(code, (one) => one === name || seen.has(`package ${one.toLowerCase()}`));
  return other === null ? null : `it names another database, ${other}`;
}

/** Under ANSI_QUOTES, which a statement before it may have set, `"other"."t"` are names. */
function asName(word: Word): Word {
  return word.text.startsWith('"') ? { ...word, name: word.text.slice(1, -1).replaceAll('""', '"') } : word;
}

function programOf(code: readonly Word[]): string | null {
  const head = code.slice(0, 12).map(({ keyword }) => keyword);
  const at = head.findIndex((word) => PROGRAMS.has(word));
  const other = head.findIndex((word) => /^(?:TABLE|VIEW|INDEX|SEQUENCE|DATABASE|SCHEMA)$/.test(word));
  return at === -1 || (other !== -1 && other < at) ? null : head[at]!;
}

function packageOf(code: readonly Word[]): string {
  const at = code.findIndex(({ keyword }) => keyword === 'PACKAGE');
  const named = code.slice(at + 1).find(({ keyword }) => !/^(?:BODY|IF|NOT|EXISTS)$/.test(keyword));
  return `package ${named?.name?.toLowerCase() ?? ''}`;
}

/** Behind these a statement begins inside another. */
const BEFORE_STATEMENT = new Set('BEGIN THEN ELSE DO LOOP REPEAT ATOMIC'.split(' '));
/** So it does behind the head of a program. */
const ENDS_HEAD = /^(?:\)|'.*|ROW|DETERMINISTIC|SQL|DATA|INVOKER|DEFINER)$/is;
const BODY = /^(?:BEGIN|SELECT|SET|RETURN|INTO)$/;

/** Where statements may begin: the first, and those in the body of a program or block. */
function startsOf(code: readonly Word[], isProgram: boolean): number[] {
  const isBlock = isProgram || /^(?:BEGIN|IF|CASE|LOOP|REPEAT|WHILE|FOR)$/.test(code[0]?.keyword ?? '');
  const isPrefixed = code[0]?.keyword === 'SET' && code[1]?.keyword === 'STATEMENT';
  const body = code.findIndex(({ keyword }) => BODY.test(keyword));
  return code.flatMap(({ keyword }, at) => {
    if (at === 0) return [0];
    if (keyword === '') return [];
    const { text, keyword: before } = code[at - 1]!;
    if (isPrefixed) return before === 'FOR' ? [at] : [];
    if (!isBlock) return [];
    if (text === ';' || BEFORE_STATEMENT.has(before)) return [at];
    return isProgram && (body === -1 || at <= body) && ENDS_HEAD.test(text) ? [at] : [];
  });
}

/** `THEN start ELSE`, where a statement might begin, is a name. */
const GOES_ON = /^(?:END|ELSE|WHEN|THEN|AND|OR|XOR|IS|IN|NOT|LIKE|DIV|MOD|BETWEEN|REGEXP|RLIKE|FROM|AS)$/;

function headReason(code: readonly Word[], name: string): string | null {
  const [keyword = '', second = '', third = ''] = code.slice(0, 3).map((word) => word.keyword);
  if (keyword === 'START' && second === 'TRANSACTION') return null;
  if (keyword === 'USE') return code[1]?.name === name ? null : 'USE goes to another database';
  if (SERVER.has(keyword) && !GOES_ON.test(second)) return `${keyword} changes the whole server`;
  if (DEFINES.has(keyword)) {
    const object = second === 'OR' ? (code[3]?.keyword ?? '') : second;
    if (SHARED.has(object)) return `${keyword} ${object} changes the whole server`;
    if (object === 'SPATIAL' && code.slice(0, 6).some((word) => word.keyword === 'REFERENCE'))
      return `${keyword} SPATIAL REFERENCE SYSTEM changes the whole server`;
    if (object === 'DATABASE' || object === 'SCHEMA') return definesDatabase(keyword, object, code, name);
  }
  if (keyword === 'SET') return setsServer(code);
  if (keyword === 'LOAD' && third !== 'LOCAL' && code[3]?.keyword !== 'LOCAL' && second !== 'INDEX')
    return 'LOAD reads a file of the server';
  return null;
}

/** `ALTER DATABASE CHARACTER SET …` is about the current one. */
function definesDatabase(keyword: string, object: string, code: readonly Word[], name: string): string | null {
  const named = code.slice(2).find(({ keyword: word }) => !/^(?:IF|NOT|EXISTS)$/.test(word));
  const isCurrent =
    named?.name === name || /^(?:DEFAULT|CHARACTER|CHARSET|COLLATE|COMMENT)$/.test(named?.keyword ?? '');
  return keyword === 'ALTER' && isCurrent ? null : `${keyword} ${object} changes another database`;
}

/** `SET a = 1, GLOBAL b = 2`, `SET @@global.b = 2`; `SET a = @@global.a` only reads. */
function setsServer(code: readonly Word[]): string | null {
  if (code[1]?.keyword === 'PASSWORD' || (code[1]?.keyword === 'DEFAULT' && code[2]?.keyword === 'ROLE'))
    return `SET ${code[1].keyword} changes the whole server`;
  const end = code.findIndex(({ text }) => text === ';');
  const scope = code.slice(1, end === -1 ? undefined : end).find(({ keyword, text }, at) => {
    const isTarget = at === 0 || code[at]!.text === ',';
    const isWord = /^(?:GLOBAL|PERSIST|PERSIST_ONLY)$/.test(keyword) && code[at + 2]?.name != null;
    return isTarget && (isWord || /^@@(?:global|persist|persist_only)\./i.test(text));
  });
  return scope === undefined ? null : `SET ${/\w+/.exec(scope.text)![0].toUpperCase()} changes the whole server`;
}

interface Hiding {
  readonly name: string;
  readonly seen: Set<string>;
  readonly program: string | null;
}

const DYNAMIC = 'dynamic SQL';

/** What is prepared from a text that can be read is read; another in a procedure is harmless until that is called. */
function hiddenReason(code: readonly Word[], { name, seen, program }: Hiding): string | null {
  const [keyword = '', second = ''] = code.slice(0, 2).map((word) => word.keyword);
  if (keyword === 'CALL' || (keyword === 'EXECUTE' && second !== 'IMMEDIATE')) {
    if (program === 'PROCEDURE' || program === 'PACKAGE' || !seen.has(DYNAMIC)) return null;
    return keyword === 'CALL' ? `${keyword} may run a procedure of which a statement is put together as it runs` : null;
  }
  const at = keyword === 'PREPARE' ? 3 : keyword === 'EXECUTE' ? 2 : -1;
  if (at === -1) return null;
  const literal = code[at]?.text ?? '';
  const isAlone = code[at + 1] === undefined || /^(?:;|USING)$/i.test(code[at + 1]!.text);
  if (/^['"]/.test(literal) && isAlone) {
    const text = unescaped(literal);
    return leaves(
      { text, keyword: /\w+/.exec(text)?.[0].toUpperCase() ?? '', offset: 0, line: 1, words: [] },
      name,
      seen,
    );
  }
  if (program !== 'PROCEDURE' && program !== 'PACKAGE')
    return `${keyword} runs a statement that is put together as it runs, and may name any database`;
  seen.add(DYNAMIC);
  return null;
}

function unescaped(literal: string): string {
  const mark = literal[0]!;
  return literal
    .slice(1, -1)
    .replaceAll(mark + mark, mark)
    .replaceAll(/\\(.)/gs, '$1');
}

function anywhereReason(code: readonly Word[]): string | null {
  for (const [at, { keyword }] of code.entries()) {
    const next = code[at + 1]?.keyword ?? '';
    if (keyword === 'INTO' && /^(?:OUTFILE|DUMPFILE)$/.test(next))
      return "INTO OUTFILE writes a file on the server's machine";
    if (keyword === 'SONAME') return 'SONAME loads a library into the server';
    const engine = keyword === 'ENGINE' ? code[at + (code[at + 1]?.text === '=' ? 2 : 1)] : undefined;
    const window = (engine?.text ?? '').replaceAll(/\W/g, '').toUpperCase();
    if (WINDOWS.has(window)) return `a table of the engine ${window} is another one elsewhere`;
  }
  return null;
}
