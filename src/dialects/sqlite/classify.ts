import { UNKNOWN, codeOf, queryEffect } from '../sql/classify.ts';
import type { Classification, Effect, SqlStatement, TransactionControl } from '../sql/statement.ts';
import { lexer } from './lex.ts';

/** Pragmas whose argument is what to look at, not a value to set. https://www.sqlite.org/pragma.html */
const READING_PRAGMAS = new Set(
  (
    'collation_list compile_options database_list foreign_key_check foreign_key_list function_list index_info ' +
    'index_list index_xinfo integrity_check module_list pragma_list quick_check table_info table_list table_xinfo'
  ).split(' '),
);

/** Pragmas that write the database file, those without an argument included. */
const WRITING_PRAGMAS = new Set(
  (
    'application_id auto_vacuum encoding incremental_vacuum journal_mode optimize page_size schema_version ' +
    'user_version wal_checkpoint writable_schema'
  ).split(' '),
);
const ACTING_PRAGMAS = new Set(['incremental_vacuum', 'optimize', 'wal_checkpoint']);

/** Pragmas that are refused inside a transaction, or silently do nothing there. */
const PRAGMAS_OUTSIDE = new Set(['foreign_keys', 'journal_mode', 'synchronous', 'wal_checkpoint']);

/** What a statement does, as far as its text tells. */
export function classify(statement: SqlStatement): Classification {
  const { keyword } = statement;
  const transactionControl = transactionControlOf(statement.words);
  if (transactionControl) return { ...UNKNOWN, transactionControl, effect: 'session' };
  switch (keyword) {
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'REPLACE':
      return { ...UNKNOWN, effect: 'data' };
    case 'EXPLAIN':
      // In SQLite it never runs what it explains.
      return { ...UNKNOWN, effect: 'read' };
    case 'SELECT':
    case 'VALUES':
    case 'WITH':
      return { ...UNKNOWN, effect: queryEffect(codeOf(statement.text, lexer(statement.text)), 'data') };
    case 'PRAGMA':
      return pragma(codeOf(statement.text, lexer(statement.text)));
    case 'ATTACH':
    case 'DETACH':
      return { ...UNKNOWN, effect: 'session' };
    case 'VACUUM':
      return { ...UNKNOWN, needsAutocommit: true };
    default:
      return UNKNOWN;
  }
}

function transactionControlOf(words: readonly string[]): TransactionControl | null {
  const [first = '', second = '', third = ''] = words;
  switch (first) {
    case 'BEGIN':
      return 'begin';
    case 'COMMIT':
    case 'END':
      return 'commit';
    case 'ROLLBACK':
      return second === 'TO' || (second === 'TRANSACTION' && third === 'TO') ? 'savepoint' : 'rollback';
    case 'SAVEPOINT':
    case 'RELEASE':
      return 'savepoint';
    default:
      return null;
  }
}

function pragma(code: readonly string[]): Classification {
  const at = code[2] === '.' ? 3 : 1;
  const name = (code[at] ?? '').toLowerCase();
  const sets = code.length > at + 1;
  const effect = ((): Effect => {
    if (READING_PRAGMAS.has(name)) return 'read';
    if (!sets && !ACTING_PRAGMAS.has(name)) return name === 'shrink_memory' ? 'session' : 'read';
    return WRITING_PRAGMAS.has(name) ? 'data' : 'session';
  })();
  return { ...UNKNOWN, effect, needsAutocommit: effect !== 'read' && PRAGMAS_OUTSIDE.has(name) };
}
