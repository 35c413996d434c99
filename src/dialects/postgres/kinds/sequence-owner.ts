import type { KindRules, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf } from '../../../schema/object.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { catchUp } from './serial.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly number: number;
  readonly schema: string;
  readonly name: string;
  readonly column: readonly string[];
}

export const sequenceOwnerReader: Reader<Row> = {
  name: 'sequence_owners',
  sql: () => `
    SELECT c.oid::int8, t.oid::int8 AS relation, a.attnum AS number, n.nspname AS schema, c.relname AS name,
      json_build_array(tn.nspname, t.relname, a.attname) AS column
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a'
      AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, relation, number, schema, name, column } of rows) {
      const id = catalog.put('sequenceOwner', [schema, name], { column });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', oid]), 'own');
        // Taken away before the column goes, so that a sequence that stays does not go with it.
        catalog.need(id, catalog.at(['pg_class', relation, number]), 'use');
      });
    }
  },
};

export const sequenceOwner: KindRules<'sequenceOwner'> = {
  noun: () => 'owner of sequence',
  create: (object, context) => {
    const column = idOf('column', object.definition.column);
    const isCounting = context.fate(idOf('sequence', object.path)) === 'create' && context.fate(column) !== 'create';
    return [ownedBy(object, object.definition.column), ...(isCounting ? catchUp(object, context) : [])];
  },
  drop: (object) => [ownedBy(object, null)],
  alter: (_from, to) => [ownedBy(to, to.definition.column)],
};

function ownedBy({ path }: ObjectOf<'sequenceOwner'>, column: readonly string[] | null): Statement {
  return { sql: `ALTER SEQUENCE ${qualified(path)} OWNED BY ${column === null ? 'NONE' : qualified(column)}` };
}
