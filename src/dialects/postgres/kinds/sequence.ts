import type { KindRules, Statement } from '../../../diff/rules.ts';
import { nameOf, type ObjectOf } from '../../../schema/object.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { becomesIdentity } from './serial.ts';
import { relationName } from './names.ts';
import { changeSequence } from './sequence-alter.ts';
import { sequenceOptions } from './sequence-options.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  readonly unlogged: boolean;
}

export const sequenceReader: Reader<Row> = {
  name: 'sequences',
  onlyWith: 'pg_sequence.seqrelid',
  // The sequence of an identity column is a part of the column.
  sql: () => `
    SELECT c.oid::int8, n.nspname AS schema, c.relname AS name, pg_catalog.format_type(s.seqtypid, NULL) AS type,
      s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS minimum, s.seqmax::text AS maximum,
      s.seqcache::text AS cache, s.seqcycle AS cycle, c.relpersistence = 'u' AS unlogged
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend i
      WHERE i.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.objid = c.oid AND i.deptype = 'i')
    ORDER BY c.oid`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, ...definition } of rows) {
      catalog.put('sequence', [schema, name], definition, ['pg_class', oid]);
    }
  },
};

export const sequence: KindRules<'sequence'> = {
  noun: () => 'sequence',
  create: ({ path, definition }) => {
    const words = definition.unlogged === true ? 'CREATE UNLOGGED SEQUENCE' : 'CREATE SEQUENCE';
    return [{ sql: [`${words} ${qualified(path)}`, ...sequenceOptions(definition)].join(' ') }];
  },
  drop: (object, context) =>
    becomesIdentity(object.path, context) === null ? [{ sql: `DROP SEQUENCE ${qualified(object.path)}` }] : [],
  alter,
  rename: (from, to) => {
    const statements: Statement[] = [];
    let { path } = from;
    if (path[0] !== to.path[0]) {
      statements.push({ sql: `ALTER SEQUENCE ${qualified(path)} SET SCHEMA ${qualified([to.path[0]!])}` });
      path = [to.path[0]!, path[1]!];
    }
    if (path[1] !== to.path[1]) {
      statements.push({ sql: `ALTER SEQUENCE ${qualified(path)} RENAME TO ${qualified([to.path[1]!])}` });
    }
    return statements;
  },
  occupies: ({ path }) => [relationName(path)],
  // `ALTER TABLE … RENAME` leaves the name of a serial column's sequence as it was.
  identity: ({ path }, schema) => {
    const owner = schema.find('sequenceOwner', path);
    return owner && nameOf(owner.definition.column);
  },
};

function alter(from: ObjectOf<'sequence'>, to: ObjectOf<'sequence'>): Statement[] {
  const words = `ALTER SEQUENCE ${qualified(to.path)}`;
  return [
    ...changeSequence(to.path, from.definition, to.definition),
    ...(from.definition.unlogged === to.definition.unlogged
      ? []
      : [{ sql: `${words} SET ${to.definition.unlogged === true ? 'UNLOGGED' : 'LOGGED'}` }]),
  ];
}
