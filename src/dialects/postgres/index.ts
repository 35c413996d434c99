import type { Dialect } from '../dialect.ts';
import type { PostgresUrl } from '../url.ts';
import { borrow } from './borrow.ts';
import { classify } from './classify.ts';
import { columnsOf } from './columns.ts';
import { connect } from './connect.ts';
import { connectError, describeError } from './errors.ts';
import { dropInvalidIndexes, fingerprintOf, fingerprintOfAll } from './fingerprint.ts';
import { objectsOf } from './objects.ts';
import { inline, literal } from './literal.ts';
import { blockersOf, cancel, limitSession } from './limits.ts';
import { locks } from './lock.ts';
import { quote } from './quote.ts';
import { reset } from './reset.ts';
import { split } from './split.ts';
import { columnTypes, findTables } from './tables.ts';
import { beginRevision } from './transaction.ts';

export const postgres: Dialect = {
  name: 'postgres',
  transactionalDdl: true,
  sessionLock: true,
  preamble: ["SET client_encoding = 'UTF8'"],
  begin: 'BEGIN',
  knexClient: 'postgres',
  columnTypes,
  connect: (url, options) => connect(url as PostgresUrl, options),
  borrow,
  borrowError: (error, display) => connectError(error, { display }),
  split,
  classify,
  inline,
  literal,
  quote,
  placeholder: (position) => `$${position}`,
  terminate: (sql) => [`${sql};`],
  objectsOf,
  fingerprint: (session, object) => (object === null ? fingerprintOfAll(session) : fingerprintOf(session, object)),
  clearLeftovers: async (session, objects) => void (await dropInvalidIndexes(session, objects)),
  atomicDdl: () => true,
  columnsOf,
  describeError,
  beginRevision,
  // The session lock is held all along.
  holdOutside: () => () => undefined,
  limitSession,
  blockersOf,
  cancel,
  locks,
  rebuildTable: null,
  reset,
  findTables,
};
