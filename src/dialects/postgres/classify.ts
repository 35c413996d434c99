import { UNKNOWN, codeOf, holds, queryEffect } from '../sql/classify.ts';
import type { Classification, Effect, SqlStatement, TransactionControl } from '../sql/statement.ts';
import { lexer } from './lex.ts';

const DATA = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE', 'COPY', 'REFRESH']);
const OPAQUE = new Set(['CALL', 'DO', 'EXECUTE']);
const QUERIES = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);
const SESSION = new Set(
  'SET RESET DISCARD LISTEN UNLISTEN NOTIFY LOAD PREPARE DEALLOCATE DECLARE FETCH MOVE CLOSE LOCK CHECKPOINT'.split(
    ' ',
  ),
);

/** What a statement does, as far as its text tells. */
export function classify(statement: SqlStatement): Classification {
  const { keyword } = statement;
  const transactionControl = transactionControlOf(statement.words);
  if (transactionControl) {
    // COMMIT PREPARED and ROLLBACK PREPARED end another transaction than the one they are sent in.
    const needsAutocommit = transactionControl === 'prepare' && keyword !== 'PREPARE';
    return { ...UNKNOWN, transactionControl, effect: 'session', needsAutocommit };
  }
  if (OPAQUE.has(keyword)) return { ...UNKNOWN, effect: 'data', opaque: true };
  if (DATA.has(keyword) && keyword !== 'COPY') return { ...UNKNOWN, effect: 'data' };
  const code = codeOf(statement.text, lexer(statement.text));
  return { ...UNKNOWN, effect: effectOf(keyword, code), needsAutocommit: needsAutocommit(keyword, code) };
}

function transactionControlOf(words: readonly string[]): TransactionControl | null {
  const [first = '', second = '', third = ''] = words;
  switch (first) {
    case 'BEGIN':
      return 'begin';
    case 'START':
      return second === 'TRANSACTION' ? 'begin' : null;
    case 'COMMIT':
      return second === 'PREPARED' ? 'prepare' : 'commit';
    case 'END':
      return 'commit';
    case 'ABORT':
      return 'rollback';
    case 'ROLLBACK':
      if (second === 'PREPARED') return 'prepare';
      return second === 'TO' || (isNoise(second) && third === 'TO') ? 'savepoint' : 'rollback';
    case 'SAVEPOINT':
    case 'RELEASE':
      return 'savepoint';
    case 'PREPARE':
      return second === 'TRANSACTION' ? 'prepare' : null;
    default:
      return null;
  }
}

function isNoise(word: string): boolean {
  return word === 'WORK' || word === 'TRANSACTION';
}

function effectOf(keyword: string, code: readonly string[]): Effect {
  if (QUERIES.has(keyword)) return queryEffect(code, 'schema');
  if (keyword === 'EXPLAIN') return explainEffect(code);
  if (keyword === 'SHOW') return 'read';
  if (keyword === 'COPY') return copyEffect(code);
  return SESSION.has(keyword) ? 'session' : 'schema';
}

/** EXPLAIN ANALYZE runs what it explains. https://www.postgresql.org/docs/current/sql-explain.html */
function explainEffect(code: readonly string[]): Effect {
  const options =
    code[1] === '(' ? code.indexOf(')') + 1 : code.findIndex((word, at) => at > 0 && !isExplainOption(word));
  const statement = code.slice(options);
  const runs = code.slice(1, options).some((word) => word === 'ANALYZE' || word === 'ANALYSE');
  if (!runs) return 'read';
  const keyword = statement.find((word) => word !== '(') ?? '';
  return QUERIES.has(keyword)
    ? queryEffect(statement, 'schema')
    : DATA.has(keyword) || OPAQUE.has(keyword)
      ? 'data'
      : 'schema';
}

function isExplainOption(word: string): boolean {
  return word === 'ANALYZE' || word === 'ANALYSE' || word === 'VERBOSE';
}

/** COPY … TO reads, unless it copies what INSERT … RETURNING gives. */
function copyEffect(code: readonly string[]): Effect {
  let depth = 0;
  const direction = code.find((word) => {
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    return depth === 0 && (word === 'TO' || word === 'FROM');
  });
  return direction === 'TO' ? queryEffect(code, 'data') : 'data';
}

/**
 * What answers 25001, active_sql_transaction. Each command's page says so under "Notes":
 * https://www.postgresql.org/docs/current/sql-commands.html
 */
function needsAutocommit(keyword: string, code: readonly string[]): boolean {
  const second = code[1] ?? '';
  switch (keyword) {
    case 'CREATE':
    case 'DROP':
      if (second === 'DATABASE' || second === 'TABLESPACE') return true;
      if (second === 'SUBSCRIPTION') return !makesNoSlot(code);
      return holds(code, 'INDEX', 'CONCURRENTLY');
    case 'ALTER':
      if (second === 'SYSTEM') return true;
      if (second === 'DATABASE') return holds(code, 'SET', 'TABLESPACE');
      if (second === 'SUBSCRIPTION') return holds(code, 'REFRESH', 'PUBLICATION') || code.includes('PUBLICATION');
      return holds(code, 'DETACH', 'PARTITION') && code.at(-1) === 'CONCURRENTLY';
    case 'REINDEX': {
      const object = code[second === '(' ? code.indexOf(')') + 1 : 1] ?? '';
      return ['DATABASE', 'SCHEMA', 'SYSTEM'].includes(object) || code.includes('CONCURRENTLY');
    }
    case 'CLUSTER':
      return code.length === 1 || (code.length === 2 && second === 'VERBOSE');
    case 'DISCARD':
      return second === 'ALL';
    case 'VACUUM':
      return true;
    default:
      return false;
  }
}

/** CREATE SUBSCRIPTION is refused only where it makes a replication slot on the publisher. */
function makesNoSlot(code: readonly string[]): boolean {
  return holds(code, 'CONNECT', '=', 'FALSE') || holds(code, 'CREATE_SLOT', '=', 'FALSE');
}
