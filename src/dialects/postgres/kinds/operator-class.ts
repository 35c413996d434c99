import type { KindRules } from '../../../diff/rules.ts';
import type { Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { membersOf, type Member } from './operator-members.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly method: string;
  readonly type: string;
  readonly default: boolean;
  readonly family?: Path;
  readonly storage?: string;
  readonly members?: readonly Member[];
}

export const operatorClassReader: Reader<Row> = {
  name: 'operator_classes',
  onlyWith: 'pg_opclass.oid',
  sql: () => `
    SELECT c.oid::int8, n.nspname AS schema, c.opcname AS name, a.amname AS method,
      pg_catalog.format_type(c.opcintype, NULL) AS type, c.opcdefault AS default,
      CASE WHEN f.opfname <> c.opcname OR f.opfnamespace <> c.opcnamespace
        THEN json_build_array(s.nspname, f.opfname) END AS family,
      CASE c.opckeytype WHEN 0 THEN NULL ELSE pg_catalog.format_type(c.opckeytype, NULL) END AS storage,
      (SELECT json_agg(m ORDER BY m.rank, m.number, m.text) FROM (${membersOf('pg_opclass', 'c.oid')}) m) AS members
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
    JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
    JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
    JOIN pg_catalog.pg_namespace s ON s.oid = f.opfnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_opclass', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, method, members = [], storage, ...definition } of rows) {
      const texts = [...members.map(({ text }) => text), ...(storage === undefined ? [] : [`STORAGE ${storage}`])];
      const path = [schema, name, method];
      const id = catalog.put('operatorClass', path, { ...definition, members: texts }, ['pg_opclass', oid]);
      catalog.alias(id, ...members.map((member) => [member.class, member.oid] as const));
    }
  },
};

export const operatorClass: KindRules<'operatorClass'> = {
  noun: () => 'operator class',
  create: ({ path, definition: { type, default: isDefault, family, members = [] } }) => {
    const words = [
      `CREATE OPERATOR CLASS ${qualified(path.slice(0, 2))}`,
      ...(isDefault === true ? ['DEFAULT'] : []),
      `FOR TYPE ${type} USING ${ident(path[2]!)}`,
      ...(family === undefined ? [] : [`FAMILY ${qualified(family)}`]),
    ];
    // The server wants at least one item; naming the type itself as storage says nothing.
    const items = members.length === 0 ? [`STORAGE ${type}`] : members;
    return [{ sql: `${words.join(' ')} AS\n  ${items.join(',\n  ')}` }];
  },
  drop: ({ path }) => [{ sql: `DROP OPERATOR CLASS ${qualified(path.slice(0, 2))} USING ${ident(path[2]!)}` }],
};
