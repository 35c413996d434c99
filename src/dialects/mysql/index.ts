import type { Dialect } from '../dialect.ts';
import { plainTransaction } from '../transaction.ts';
import type { MysqlUrl } from '../url.ts';
import { borrow } from './borrow.ts';
import { classify } from './classify.ts';
import { columnsOf } from './columns.ts';
import { connect } from './connect.ts';
import { connectError, describeError } from './errors.ts';
import { fingerprintOf, fingerprintOfAll } from './fingerprint.ts';
import { atomicDdl } from './flavor.ts';
import { objectsOf } from './objects.ts';
import { inline, literal } from './literal.ts';
import { blockersOf, cancel, limitSession } from './limits.ts';
import { locks } from './lock.ts';
import { quote } from './quote.ts';
import { reset } from './reset.ts';
import { terminate } from './script.ts';
import { split } from './split.ts';
import { columnTypes, findTables } from './tables.ts';

export const mysql: Dialect = {
  name: 'mysql',
  transactionalDdl: false,
  sessionLock: true,
  preamble: ['SET NAMES utf8mb4'],
  begin: 'START TRANSACTION',
  knexClient: 'mysql2',
  columnTypes,
  connect: (url, options) => connect(url as MysqlUrl, options),
  borrow,
  borrowError: (error, display) => connectError(error, { display }),
  split,
  classify,
  inline,
  literal,
  quote,
  placeholder: () => '?',
  terminate,
  objectsOf,
  fingerprint: (session, object) => (object === null ? fingerprintOfAll(session) : fingerprintOf(session, object)),
  clearLeftovers: () => Promise.resolve(),
  atomicDdl,
  columnsOf,
  describeError,
  beginRevision: (session) => plainTransaction(session, 'START TRANSACTION'),
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
