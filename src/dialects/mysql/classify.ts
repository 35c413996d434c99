import { UNKNOWN, codeOf, queryEffect } from '../sql/classify.ts';
import type { Classification, SqlStatement } from '../sql/statement.ts';
import { lexer } from './lex.ts';
import { implicitlyCommits } from './implicit-commit.ts';

const DATA = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'DO']);
const OPAQUE = new Set(['CALL', 'EXECUTE']);
const QUERIES = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);
const READING = new Set(['SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC', 'HELP', 'CHECKSUM']);
const SESSION = new Set('USE PREPARE DEALLOCATE HANDLER KILL SIGNAL RESIGNAL GET BINLOG PURGE'.split(' '));
const COMPOUND = new Set(['BEGIN', 'IF', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR']);

/** What a statement does, as far as its text tells. */
export function classify(statement: SqlStatement): Classification {
  // A text of a million rows need not be read again.
  if (DATA.has(statement.keyword)) return { ...UNKNOWN, effect: 'data' };
  return classifyCode(codeOf(statement.text, lexer(statement.text)).filter(isCode));
}

function classifyCode(code: readonly string[]): Classification {
  const start = code.findIndex((word) => word !== '(');
  const [keyword = '', second = ''] = code.slice(Math.max(start, 0));
  const known = transactionControl(code) ?? (keyword === 'SET' ? set(code) : null);
  if (known) return known;
  if (DATA.has(keyword)) return { ...UNKNOWN, effect: 'data' };
  if (OPAQUE.has(keyword)) return { ...UNKNOWN, effect: 'data', opaque: true };
  if (QUERIES.has(keyword)) return { ...UNKNOWN, effect: queryEffect(code, 'data') };
  if (READING.has(keyword)) return explain(code);
  if (SESSION.has(keyword)) return { ...UNKNOWN, effect: 'session' };
  if (COMPOUND.has(keyword)) return compound(code);
  if (keyword === 'LOAD' && second !== 'INDEX') return { ...UNKNOWN, effect: 'data' };
  if (keyword === 'ANALYZE' && isMariadbAnalyze(code)) return explain(['EXPLAIN', ...code]);
  if (isTemporary(code)) return { ...UNKNOWN, effect: 'session' };
  if (keyword === 'DROP' && second === 'PREPARE') return { ...UNKNOWN, effect: 'session' };
  return { ...UNKNOWN, implicitCommit: implicitlyCommits(code) };
}

/** The marks around an executable comment are no code. */
function isCode(text: string): boolean {
  return !text.startsWith('/*') && text !== '*/';
}

function transactionControl(code: readonly string[]): Classification | null {
  const [first = '', second = '', third = ''] = code;
  const session = { ...UNKNOWN, effect: 'session' } as const;
  switch (first) {
    case 'BEGIN':
      return second === 'NOT' ? null : { ...session, transactionControl: 'begin', implicitCommit: true };
    case 'START':
      return second === 'TRANSACTION' ? { ...session, transactionControl: 'begin', implicitCommit: true } : null;
    case 'COMMIT':
      return { ...session, transactionControl: 'commit' };
    case 'ROLLBACK': {
      const toSavepoint = second === 'TO' || (second === 'WORK' && third === 'TO');
      return { ...session, transactionControl: toSavepoint ? 'savepoint' : 'rollback' };
    }
    case 'SAVEPOINT':
      return { ...session, transactionControl: 'savepoint' };
    case 'RELEASE':
      return second === 'SAVEPOINT' ? { ...session, transactionControl: 'savepoint' } : null;
    case 'LOCK':
    case 'UNLOCK':
      // LOCK INSTANCE FOR BACKUP leaves the transaction alone.
      if (second === 'INSTANCE') return session;
      return { ...session, transactionControl: 'commit', implicitCommit: true };
    case 'XA':
      return xa(second);
    default:
      return null;
  }
}

/** https://dev.mysql.com/doc/refman/8.4/en/xa-statements.html */
function xa(verb: string): Classification {
  const session = { ...UNKNOWN, effect: 'session' } as const;
  switch (verb) {
    case 'START':
    case 'BEGIN':
      return { ...session, transactionControl: 'begin' };
    case 'COMMIT':
      return { ...session, transactionControl: 'commit' };
    case 'ROLLBACK':
      return { ...session, transactionControl: 'rollback' };
    case 'RECOVER':
      return { ...UNKNOWN, effect: 'read' };
    default:
      return { ...session, transactionControl: 'prepare' };
  }
}

function set(code: readonly string[]): Classification {
  if (code[1] === 'STATEMENT') {
    // MariaDB: SET STATEMENT max_statement_time = 5 FOR SELECT …
    const inner = code.slice(code.indexOf('FOR') + 1);
    return classifyCode(inner);
  }
  if (code[1] === 'PASSWORD' || (code[1] === 'DEFAULT' && code[2] === 'ROLE')) {
    return { ...UNKNOWN, implicitCommit: implicitlyCommits(code) };
  }
  const session = { ...UNKNOWN, effect: 'session' } as const;
  const at = code.findIndex((word, index) => isAutocommit(word, code[index - 1], code[index - 2]));
  if (at === -1) return session;
  const value = code.slice(at + 1).find((word) => word !== '=' && word !== ':') ?? '';
  const off = value === '0' || value === 'OFF' || value === 'FALSE' || /^(['"])off\1$/i.test(value);
  return { ...session, transactionControl: off ? 'begin' : 'commit', implicitCommit: !off };
}

function isAutocommit(word: string, previous: string | undefined, scope: string | undefined): boolean {
  if (previous === 'GLOBAL' || previous === 'PERSIST' || (previous === '.' && scope?.startsWith('@@global')))
    return false;
  return /^(?:@@(?:session\.|local\.)?)?`?autocommit`?$/i.test(word);
}

/** EXPLAIN ANALYZE runs a query; MariaDB's ANALYZE runs a writing statement as well. */
function explain(code: readonly string[]): Classification {
  if (!code.includes('ANALYZE')) return { ...UNKNOWN, effect: 'read' };
  return { ...UNKNOWN, effect: queryEffect(code, 'data') };
}

/** ANALYZE [FORMAT = JSON] statement, not ANALYZE TABLE: https://mariadb.com/kb/en/analyze-statement/ */
function isMariadbAnalyze(code: readonly string[]): boolean {
  return ['SELECT', 'WITH', 'UPDATE', 'DELETE', 'INSERT', 'REPLACE', 'VALUES'].some((word) =>
    [code[1], code[4]].includes(word),
  );
}

function isTemporary(code: readonly string[]): boolean {
  const kind = code[1] === 'OR' ? code[3] : code[1];
  return (code[0] === 'CREATE' || code[0] === 'DROP') && kind === 'TEMPORARY';
}

/** BEGIN NOT ATOMIC … END and its like: a block with any such word in it is taken for one that commits. */
function compound(code: readonly string[]): Classification {
  const commits = code.some((word) => COMMITTING_WORDS.has(word));
  return { ...UNKNOWN, effect: commits ? 'schema' : 'data', implicitCommit: commits, opaque: true };
}

const COMMITTING_WORDS = new Set('CREATE ALTER DROP TRUNCATE RENAME GRANT REVOKE COMMIT START LOCK FLUSH'.split(' '));
