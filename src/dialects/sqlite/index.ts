import { ToraleError } from '../../errors.ts';
import type { Dialect } from '../dialect.ts';
import type { SqliteUrl } from '../url.ts';
import { borrow } from './borrow.ts';
import { classify } from './classify.ts';
import { columnsOf } from './columns.ts';
import { connect } from './connect.ts';
import { connectError, describeError } from './errors.ts';
import { fingerprintOfAll } from './fingerprint.ts';
import { inline, literal } from './literal.ts';
import { holdOutside } from './outside.ts';
import { quote } from './quote.ts';
import { split } from './split.ts';
import { columnTypes, findTables } from './tables.ts';
import { beginRevision } from './transaction.ts';

export const sqlite: Dialect = {
  name: 'sqlite',
  transactionalDdl: true,
  sessionLock: false,
  preamble: [],
  begin: 'BEGIN IMMEDIATE',
  knexClient: 'better-sqlite3',
  columnTypes,
  connect: (url, options) => connect(url as SqliteUrl, options),
  borrow,
  borrowError: (error, display) => connectError(error, { display }),
  split,
  classify,
  inline,
  literal,
  quote,
  placeholder: () => '?',
  terminate: (sql) => [`${sql};`],
  // What cannot run in a transaction here (VACUUM, journal_mode) changes no definition.
  objectsOf: () => null,
  fingerprint: fingerprintOfAll,
  clearLeftovers: () => Promise.resolve(),
  atomicDdl: () => true,
  columnsOf,
  describeError,
  beginRevision,
  holdOutside,
  // The only lock is the file's, which the migration lock waits for; statements run in this process.
  limitSession: () => Promise.resolve(),
  blockersOf: () => Promise.resolve([]),
  cancel: () => Promise.resolve(),
  locks: null,
  rebuildTable: async (session, request) =>
    (await import('./rebuilding/rebuild-table.ts')).rebuildTable(session, request),
  reset: () => Promise.reject(new ToraleError('UNEXPECTED', 'A SQLite database is reset by removing its file.')),
  findTables,
};
