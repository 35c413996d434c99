import type { Dialect } from '../dialect.ts';
import { plainTransaction } from '../transaction.ts';
import type { MysqlUrl } from '../url.ts';
import { borrow } from './borrow.ts';
import { classify } from './classify.ts';
import { connect } from './connect.ts';
import { connectError, describeError } from './errors.ts';
import { fingerprintOf, fingerprintOfAll } from './fingerprint.ts';
import { atomicDdl } from './flavor.ts';
import { objectsOf } from './objects.ts';
import { inline, literal } from './literal.ts';
import { acquireLock } from './lock.ts';
import { quote } from './quote.ts';
import { reset } from './reset.ts';
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
  // The client cuts at every delimiter, also inside a body: https://dev.mysql.com/doc/refman/8.4/en/stored-programs-defining.html
  terminate: (sql) => (sql.includes(';') ? ['DELIMITER $$', `${sql} $$`, 'DELIMITER ;'] : [`${sql};`]),
  objectsOf,
  fingerprint: (session, object) => (object === null ? fingerprintOfAll(session) : fingerprintOf(session, object)),
  clearLeftovers: () => Promise.resolve(),
  atomicDdl,
  describeError,
  beginRevision: (session) => plainTransaction(session, 'START TRANSACTION'),
  acquireLock,
  reset,
  findTables,
};
