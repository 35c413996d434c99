import { idOf } from '../../../schema/object.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { defaultName, joinedColumns } from './default-name.ts';
import { printedOptions } from './index-reader.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly index?: number;
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly definition: string;
  readonly columns?: readonly string[];
  readonly references?: readonly string[];
  readonly options?: readonly string[];
  readonly parent?: readonly string[];
  readonly attached?: readonly string[];
  readonly invalid: boolean;
  readonly partitions?: readonly (readonly string[])[];
  readonly with?: string;
  readonly tablespace?: string;
}

/** From 18 on NOT NULL is a constraint: an object where it says more than the column's own NOT NULL. */
const NOT_NULL = `OR k.contype = 'n' AND (k.connoinherit OR NOT k.convalidated OR k.conname <> pg_catalog.left(c.relname || '_' || (
        SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = k.conkey[1]) || '_not_null', 63))`;

export const constraintReader: Reader<Row> = {
  name: 'constraints',
  onlyWith: 'pg_constraint.oid',
  // Copies in partitions and children come and go with those of the parent; those of keys have a name that people may give.
  sql: (version) => `
    SELECT k.oid::int8, c.oid::int8 AS relation, CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid::int8 END AS index,
      n.nspname AS schema, c.relname AS table, k.conname AS name,
      CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' WHEN 'f' THEN 'FOREIGN KEY' WHEN 'c' THEN 'CHECK'
        WHEN 'x' THEN 'EXCLUDE' WHEN 'n' THEN 'NOT NULL' END AS type,
      pg_catalog.pg_get_constraintdef(k.oid) AS definition,
      CASE WHEN k.contype IN ('p', 'u', 'x')
        THEN (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conindid)
        ELSE (
          SELECT json_agg(a.attname ORDER BY o.position)
          FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY o (number, position)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.number)
      END AS columns,
      CASE WHEN k.contype = 'f' THEN json_build_array(rn.nspname, r.relname) END AS references,
      x.reloptions AS options, ${printedOptions('x.reloptions')} AS with, s.spcname AS tablespace,
      CASE WHEN p.oid IS NOT NULL THEN json_build_array(un.nspname, u.relname, p.conname) END AS parent,
      CASE WHEN w.oid IS NOT NULL THEN json_build_array(tn.nspname, t.relname, w.relname) END AS attached,
      c.relkind = 'p' AND x.oid IS NOT NULL AND NOT xi.indisvalid AS invalid,
      CASE WHEN c.relkind = 'p' AND NOT xi.indisvalid THEN (
        SELECT json_agg(json_build_array(hn.nspname, hc.relname))
        FROM pg_catalog.pg_inherits h
        JOIN pg_catalog.pg_class hc ON hc.oid = h.inhrelid
        JOIN pg_catalog.pg_namespace hn ON hn.oid = hc.relnamespace
        WHERE h.inhparent = c.oid) END AS partitions
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
    LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    LEFT JOIN pg_catalog.pg_class x ON x.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = x.reltablespace
    LEFT JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid
    LEFT JOIN pg_catalog.pg_class u ON u.oid = p.conrelid
    LEFT JOIN pg_catalog.pg_namespace un ON un.oid = u.relnamespace
    LEFT JOIN pg_catalog.pg_index xi ON xi.indexrelid = x.oid
    LEFT JOIN pg_catalog.pg_inherits xh ON xh.inhrelid = x.oid AND k.conparentid = 0
    LEFT JOIN pg_catalog.pg_class w ON w.oid = xh.inhparent
    LEFT JOIN pg_catalog.pg_index wi ON wi.indexrelid = w.oid
    LEFT JOIN pg_catalog.pg_class t ON t.oid = wi.indrelid
    LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    WHERE (k.contype IN ('p', 'u', 'f', 'c', 'x') ${version >= 180_000 ? NOT_NULL : ''})
      AND (k.conislocal AND k.conparentid = 0 OR k.conparentid <> 0 AND (k.contype IN ('p', 'u', 'x') OR k.contype = 'f' AND k.conrelid <> p.conrelid AND k.conname <> p.conname)) AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid, k.contype = 'f', k.contype <> 'p', k.oid`,
  read: (rows, catalog) => {
    for (const { oid, relation, index, schema, table, name, partitions = [], with: storage, ...rest } of rows) {
      // EXCLUDE alone prints them within its definition.
      const bare = storage === undefined ? rest.definition : rest.definition.replace(` WITH (${storage})`, () => '');
      const given = rest.parent === undefined ? null : givenUnless(rest, table, name);
      const definition = { ...rest, definition: bare, given };
      const id = catalog.put('constraint', [schema, table, name], definition, ['pg_constraint', oid]);
      if (index !== undefined) catalog.alias(id, ['pg_class', index]);
      catalog.later(() => catalog.need(id, catalog.at(['pg_class', relation]), 'own'));
      // It is a part of the parent's key for as long as its table is a part of the parent.
      if ((rest.parent ?? rest.attached) !== undefined) catalog.need(id, idOf('partition', [schema, table]), 'use');
      // It would make their parts itself when they join.
      for (const path of partitions) catalog.need(id, idOf('partition', path), 'use');
    }
  },
};

/** The usual name of a part of a key, counted up where it was taken; `null` where it has that. */
function givenUnless(
  { type, columns = [], parent }: Pick<Row, 'type' | 'columns' | 'parent'>,
  table: string,
  name: string,
): string | null {
  // Read only where it has not the name of the parent's.
  if (type === 'FOREIGN KEY') return parent?.[2] ?? null;
  const label = type === 'PRIMARY KEY' ? 'pkey' : type === 'UNIQUE' ? 'key' : 'excl';
  const middle = type === 'PRIMARY KEY' ? '' : joinedColumns(columns);
  const usual = defaultName(table, middle, label);
  const number = /\d+$/.exec(name)?.[0] ?? '';
  return name === usual || name === defaultName(table, middle, `${label}${number}`) ? null : usual;
}
