import type { Definition, Loose, Shape } from './shape.ts';

/**
 * Every kind of object and the shape of its definition: a new kind starts here. The compiler then names each dialect that
 * must answer for it.
 *
 * A path begins with the schema where the kind lives in one; what hangs on a relation has the relation's path before its
 * own name. Definitions are the server's own words; names stand in the path, never in the definition, wherever the server
 * lets them be told apart.
 */
export const KINDS = {
  /** [name] */
  schema: {},
  /** [name] `fixed`: it cannot move to another schema. */
  extension: { schema: 'text?', version: 'text?', fixed: 'flag' },
  /** [name] */
  language: { trusted: 'flag', handler: 'text?', inline: 'text?', validator: 'text?' },
  /** [name] `type`: `table` or `index`. */
  accessMethod: { type: 'text', handler: 'text' },

  /** [schema, name] */
  enum: { values: 'texts' },
  /** [schema, name] `attributes`: rows of name, type and, where it has one of its own, collation. */
  compositeType: { attributes: 'rows' },
  /** [schema, name] */
  domain: { type: 'text', notNull: 'flag', collation: 'text?', default: 'text?' },
  /** [schema, domain, name] `definition` with its NOT VALID. */
  domainConstraint: { definition: 'text' },
  /** [schema, name] */
  rangeType: {
    subtype: 'text',
    operatorClass: 'text?',
    collation: 'text?',
    canonical: 'text?',
    difference: 'text?',
    multirange: 'text?',
  },
  /** [schema, name] `options`: the words of CREATE TYPE, `INPUT` and `OUTPUT` among them; none: a shell type. */
  baseType: { options: 'map?' },
  /** [schema, name] */
  collation: { provider: 'text', locale: 'text?', ctype: 'text?', rules: 'text?', nondeterministic: 'flag' },
  /** [schema, name] */
  conversion: { source: 'text', target: 'text', function: 'text', default: 'flag' },

  /** [schema, name] Numbers as text: they may pass 2^53. `options`: what else the dialect says of it, in its own words. */
  sequence: {
    type: 'text',
    start: 'text',
    increment: 'text',
    minimum: 'text',
    maximum: 'text',
    cache: 'text',
    cycle: 'flag',
    unlogged: 'flag',
    options: 'texts?',
  },
  /** [schema, sequence] The column that owns a sequence: [schema, table, column]. */
  sequenceOwner: { column: 'texts' },

  /**
   * [schema, name] `server` makes it a foreign table. `partitionBy`: what follows PARTITION BY. Options as `name=value`.
   * `using`: the module of a virtual table, with its arguments. `clauses`: what else follows the parenthesis, where the
   * dialect keeps it so.
   */
  table: {
    unlogged: 'flag',
    accessMethod: 'text?',
    partitionBy: 'text?',
    ofType: 'texts?',
    options: 'texts?',
    toastOptions: 'texts?',
    rowSecurity: 'flag',
    forceRowSecurity: 'flag',
    tablespace: 'text?',
    server: 'text?',
    foreignOptions: 'texts?',
    using: 'text?',
    clauses: 'texts?',
  },
  /** [schema, table, schema of the parent, parent] One of the parents by INHERITS; `position` from 1. */
  inheritance: { position: 'number?' },
  /** [schema, table] The parent that a table is a partition of, and its bound: `FOR VALUES …` or `DEFAULT`. */
  partition: { of: 'texts', bound: 'text' },
  /**
   * [schema, table, name] `inherited`: it came with a parent. `local`: declared here as well. `expression`: of a generated
   * column, `generated` tells `stored` or `virtual`. `identity`: `ALWAYS` or `BY DEFAULT`.
   * `position`, where order is part of the schema: the column before it, '' for the first.
   * `clauses`: what else the dialect says of it, in its own words.
   */
  column: {
    type: 'text',
    collation: 'text?',
    notNull: 'flag',
    identity: 'text?',
    identitySequence: 'texts?',
    identityOptions: 'map?',
    generated: 'text?',
    expression: 'text?',
    storage: 'text?',
    compression: 'text?',
    statistics: 'number?',
    options: 'texts?',
    foreignOptions: 'texts?',
    inherited: 'flag',
    local: 'flag',
    position: 'text?',
    clauses: 'texts?',
  },
  /** [schema, relation, column] */
  default: { expression: 'text' },
  /**
   * [schema, table, name] `type`: PRIMARY KEY, UNIQUE, FOREIGN KEY, CHECK, EXCLUDE, NOT NULL. `definition`: all that
   * follows its name, NOT VALID included. `options`, `tablespace`: of its index. `parent`: the key of the partitioned table
   * that it is a part of; `given`: the name that the server would give such a part, where it has another. `attached`: the
   * index of the partitioned table that its own is a part of. `invalid`: partitions lack their part of it. `unnamed`: it has
   * no name of its own, and its path says what it is.
   */
  constraint: {
    type: 'text',
    definition: 'text',
    columns: 'texts?',
    references: 'texts?',
    options: 'texts?',
    parent: 'texts?',
    given: 'text?',
    attached: 'texts?',
    tablespace: 'text?',
    invalid: 'flag',
    unnamed: 'flag',
  },
  /**
   * [schema, relation, name] `definition`: all that follows the relation's name. `parent`: the index of the partitioned
   * table that it is a part of; `given`: the name that the server would give such a part, where it has another.
   */
  index: {
    unique: 'flag',
    definition: 'text',
    options: 'texts?',
    parent: 'texts?',
    given: 'text?',
    statistics: 'map?',
    tablespace: 'text?',
    invalid: 'flag',
  },
  /** [schema, table] `FULL`, `NOTHING`, or `USING INDEX` with the index's name. */
  replicaIdentity: { identity: 'text', index: 'text?' },
  /** [schema, relation] The index that CLUSTER goes by. */
  clusterOn: { index: 'text' },
  /** [schema, name] `definition`: from ON to the end, with its kinds before. `statistics`: its target. */
  statistics: { definition: 'text', statistics: 'number?' },

  /** [schema, name] `columns`: rows of name, type and collation. */
  view: { columns: 'rows', definition: 'text', options: 'texts?' },
  /** [schema, name] */
  materializedView: {
    columns: 'rows',
    definition: 'text',
    options: 'texts?',
    accessMethod: 'text?',
    tablespace: 'text?',
    withoutData: 'flag',
    columnOptions: 'map?',
  },
  /** [schema, relation, name] `enabled`: `DISABLE`, `ENABLE ALWAYS`, `ENABLE REPLICA`. */
  rule: { definition: 'text', enabled: 'text?' },
  /**
   * [schema, relation, name] `definition`: none where it is the copy of a partitioned table's trigger in a partition, which
   * is named only where it fires otherwise. `position`, where order is part of the schema: the trigger of the same time and
   * event before it, '' for the first. `settings`: of the session that made it, where it runs under them.
   */
  trigger: { definition: 'text?', enabled: 'text?', position: 'text?', settings: 'map?' },
  /** [schema, table, name] */
  policy: { command: 'text', restrictive: 'flag', roles: 'texts', using: 'text?', withCheck: 'text?' },

  /**
   * [schema, name, types of what goes in] Functions and procedures. `definition`: the whole CREATE OR REPLACE. `result`,
   * `arguments` (rows of mode, name, type), `defaults` (how many): what OR REPLACE cannot change. `settings`: of the session
   * that made it, where it runs under them. Where a name stands for one of each type, the path is [type, name].
   */
  routine: {
    type: 'text',
    definition: 'text',
    language: 'text?',
    result: 'text?',
    arguments: 'rows?',
    defaults: 'number?',
    atomic: 'flag',
    settings: 'map?',
  },
  /** [schema, name, identity arguments] `options`: the words of CREATE AGGREGATE. */
  aggregate: { arguments: 'text', options: 'map?' },
  /** [schema, name, left type or NONE, right type or NONE] */
  operator: { options: 'map?' },
  /** [schema, name, access method] `members`: those that no operator class brings, as ALTER OPERATOR FAMILY has them. */
  operatorFamily: { members: 'texts?' },
  /** [schema, name, access method] `members`: as CREATE OPERATOR CLASS has them. */
  operatorClass: { type: 'text', default: 'flag', family: 'texts?', members: 'texts?' },
  /** [source type, target type] */
  cast: { method: 'text', context: 'text?' },
  /** [type, language] */
  transform: { fromSql: 'text?', toSql: 'text?' },

  /** [schema, name] */
  textSearchParser: { options: 'map?' },
  /** [schema, name] */
  textSearchTemplate: { options: 'map?' },
  /** [schema, name] */
  textSearchDictionary: { template: 'text', options: 'text?' },
  /** [schema, name] `mappings`: rows of token type and dictionaries. */
  textSearchConfiguration: { parser: 'text', mappings: 'rows?' },

  /** [name] */
  foreignDataWrapper: { handler: 'text?', validator: 'text?', options: 'texts?' },
  /** [name] */
  server: { wrapper: 'text', type: 'text?', version: 'text?', options: 'texts?' },
  /** [server, user or PUBLIC] */
  userMapping: { options: 'texts?' },
  /** [name] `tables`: rows of schema, table, columns clause, WHERE clause. */
  publication: {
    allTables: 'flag',
    allSequences: 'flag',
    tables: 'rows?',
    schemas: 'texts?',
    publish: 'texts',
    options: 'texts?',
  },
  /** [name] */
  subscription: { connection: 'text?', publications: 'texts', options: 'texts?', disabled: 'flag' },
  /** [name] */
  eventTrigger: { event: 'text', function: 'text', tags: 'texts?', enabled: 'text?' },

  /** [kind, …path] of what it is on. */
  comment: { text: 'text' },
  /** [kind, …path] Only where it is another than the owner of the database. */
  owner: { role: 'text' },
  /**
   * [kind, …path] What differs from the kind's initial rights: `grants` as rows of grantee ('' is PUBLIC), privileges
   * ('SELECT, UPDATE (a)'), and 'WITH GRANT OPTION' or ''; `revokes`, of the initial ones, alike.
   */
  privileges: { grants: 'rows?', revokes: 'rows?' },
  /** [role, schema or '', class: TABLES, SEQUENCES …] */
  defaultPrivileges: { grants: 'rows?', revokes: 'rows?' },
  /** [kind, …path, provider] */
  securityLabel: { label: 'text' },

  /** [name] What happens at a time. `settings`: of the session that made it, where it runs under them. */
  event: { definition: 'text', settings: 'map?' },
  /** [] What the database itself says. */
  database: { options: 'map?' },
} as const satisfies Record<string, Shape>;

export type Kind = keyof typeof KINDS;

/** The definition of each kind. */
export type Kinds = { readonly [K in Kind]: Definition<(typeof KINDS)[K]> };

/** A definition as the reader of a catalog has it, with `null` and `false` for what is absent. */
export type LooseKinds = { readonly [K in Kind]: Loose<(typeof KINDS)[K]> };

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}
