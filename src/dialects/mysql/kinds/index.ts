import type { KindTable } from '../../../diff/rules.ts';
import { column } from './column.ts';
import { constraint } from './constraint.ts';
import { database } from './database.ts';
import { definer } from './definer.ts';
import { event } from './event.ts';
import { routine } from './routine.ts';
import { sequence } from './sequence.ts';
import { index } from './table-index.ts';
import { table } from './table.ts';
import { trigger } from './trigger.ts';
import { view } from './view.ts';

export const kinds: KindTable = {
  schema: { unsupported: 'a schema is the database itself on MySQL and MariaDB' },
  extension: { unsupported: 'MySQL and MariaDB have no extensions' },
  language: { unsupported: 'MySQL and MariaDB have no procedural languages' },
  accessMethod: { unsupported: 'MySQL and MariaDB have no access methods' },
  enum: { unsupported: 'an enum is the type of its column on MySQL and MariaDB' },
  compositeType: { unsupported: 'MySQL and MariaDB have no composite types' },
  domain: { unsupported: 'MySQL and MariaDB have no domains' },
  domainConstraint: { unsupported: 'MySQL and MariaDB have no domains' },
  rangeType: { unsupported: 'MySQL and MariaDB have no range types' },
  baseType: { unsupported: 'MySQL and MariaDB have no types made by SQL' },
  collation: { unsupported: 'MySQL and MariaDB have no collations made by SQL' },
  conversion: { unsupported: 'MySQL and MariaDB have no encoding conversions' },
  sequence,
  sequenceOwner: { unsupported: 'no column owns a sequence on MySQL and MariaDB' },
  table,
  inheritance: { unsupported: 'MySQL and MariaDB have no table inheritance' },
  partition: { unsupported: 'partitions are part of their table on MySQL and MariaDB' },
  column,
  default: { unsupported: 'a default is part of its column on MySQL and MariaDB' },
  constraint,
  index,
  replicaIdentity: { unsupported: 'MySQL and MariaDB have no replica identities' },
  clusterOn: { unsupported: 'MySQL and MariaDB have no clustering by an index' },
  statistics: { unsupported: 'statistics are no part of a schema on MySQL and MariaDB' },
  view,
  materializedView: { unsupported: 'MySQL and MariaDB have no materialized views' },
  rule: { unsupported: 'MySQL and MariaDB have no rewrite rules' },
  trigger,
  policy: { unsupported: 'MySQL and MariaDB have no row policies' },
  routine,
  aggregate: { unsupported: 'an aggregate is a routine on MySQL and MariaDB' },
  operator: { unsupported: 'MySQL and MariaDB have no operators made by SQL' },
  operatorFamily: { unsupported: 'MySQL and MariaDB have no operator families' },
  operatorClass: { unsupported: 'MySQL and MariaDB have no operator classes' },
  cast: { unsupported: 'MySQL and MariaDB have no casts made by SQL' },
  transform: { unsupported: 'MySQL and MariaDB have no transforms' },
  textSearchParser: { unsupported: 'MySQL and MariaDB have no text search parsers' },
  textSearchTemplate: { unsupported: 'MySQL and MariaDB have no text search templates' },
  textSearchDictionary: { unsupported: 'MySQL and MariaDB have no text search dictionaries' },
  textSearchConfiguration: { unsupported: 'MySQL and MariaDB have no text search configurations' },
  foreignDataWrapper: { unsupported: 'MySQL and MariaDB have no foreign data wrappers' },
  server: { unsupported: 'servers belong to the whole server, not to a database, on MySQL and MariaDB' },
  userMapping: { unsupported: 'MySQL and MariaDB have no user mappings' },
  publication: { unsupported: 'MySQL and MariaDB have no publications' },
  subscription: { unsupported: 'MySQL and MariaDB have no subscriptions' },
  eventTrigger: { unsupported: 'MySQL and MariaDB have no event triggers' },
  comment: { unsupported: 'a comment is part of its table or column on MySQL and MariaDB' },
  owner: definer,
  privileges: { unsupported: 'privileges belong to accounts, not to a schema, on MySQL and MariaDB' },
  defaultPrivileges: { unsupported: 'MySQL and MariaDB have no default privileges' },
  securityLabel: { unsupported: 'MySQL and MariaDB have no security labels' },
  event,
  database,
};
