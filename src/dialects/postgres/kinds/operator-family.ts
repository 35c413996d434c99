import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { memberKey, membersOf, type Member } from './operator-members.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly method: string;
  readonly members?: readonly Member[];
}

export const operatorFamilyReader: Reader<Row> = {
  name: 'operator_families',
  onlyWith: 'pg_opfamily.oid',
  sql: () => `
    SELECT f.oid::int8, n.nspname AS schema, f.opfname AS name, a.amname AS method,
      (SELECT json_agg(m ORDER BY m.rank, m.number, m.text) FROM (${membersOf('pg_opfamily', 'f.oid')}) m) AS members
    FROM pg_catalog.pg_opfamily f
    JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
    JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_opfamily', 'f.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, method, members = [] } of rows) {
      const definition = { members: members.map(({ text }) => text) };
      const id = catalog.put('operatorFamily', [schema, name, method], definition, ['pg_opfamily', oid]);
      catalog.alias(id, ...members.map((member) => [member.class, member.oid] as const));
    }
  },
};

export const operatorFamily: KindRules<'operatorFamily'> = {
  noun: () => 'operator family',
  create: ({ path, definition: { members = [] } }) => [
    { sql: `CREATE OPERATOR FAMILY ${familyName(path)}` },
    ...change(path, 'ADD', members),
  ],
  drop: ({ path }) => [{ sql: `DROP OPERATOR FAMILY ${familyName(path)}` }],
  alter: ({ definition: { members: before = [] } }, { path, definition: { members: after = [] } }) => [
    ...change(path, 'DROP', before.filter((member) => !after.includes(member)).map(memberKey)),
    ...change(
      path,
      'ADD',
      after.filter((member) => !before.includes(member)),
    ),
  ],
};

const familyName = (path: Path): string => `${qualified(path.slice(0, 2))} USING ${ident(path[2]!)}`;

function change(path: Path, verb: 'ADD' | 'DROP', members: readonly string[]): Statement[] {
  if (members.length === 0) return [];
  return [{ sql: `ALTER OPERATOR FAMILY ${familyName(path)} ${verb}\n  ${members.join(',\n  ')}` }];
}
