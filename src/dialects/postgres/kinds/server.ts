import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { changedForeignOptions, withForeignOptions } from './foreign-options.ts';
import { ident, text } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly wrapper: string;
  readonly type?: string;
  readonly version?: string;
  readonly options?: readonly string[];
}

export const serverReader: Reader<Row> = {
  name: 'servers',
  onlyWith: 'pg_foreign_server.oid',
  sql: () => `
    SELECT s.oid::int8, s.srvname AS name, w.fdwname AS wrapper, s.srvtype AS type, s.srvversion AS version, s.srvoptions AS options
    FROM pg_catalog.pg_foreign_server s
    JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    WHERE ${notOfExtension('pg_foreign_server', 's.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) {
      catalog.put('server', [name], definition, ['pg_foreign_server', oid]);
    }
  },
};

export const server: KindRules<'server'> = {
  noun: () => 'server',
  create: ({ path: [name], definition: { wrapper, type, version, options } }) => {
    const words = [
      `CREATE SERVER ${ident(name!)}`,
      ...(type === undefined ? [] : [`TYPE ${text(type)}`]),
      ...(version === undefined ? [] : [`VERSION ${text(version)}`]),
      `FOREIGN DATA WRAPPER ${ident(wrapper)}`,
    ];
    return [{ sql: words.join(' ') + withForeignOptions(options) }];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP SERVER ${ident(name!)}` }],
  alter: (from, to) => alter(from, to),
  rename: (from, to) => [{ sql: `ALTER SERVER ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
};

type Server = ObjectOf<'server'>;

function alter({ definition: from }: Server, { path, definition: to }: Server): Statement[] | null {
  if (from.wrapper !== to.wrapper || from.type !== to.type) return null;
  const options = changedForeignOptions(from.options, to.options);
  const words = [
    ...(from.version === to.version ? [] : [`VERSION ${to.version === undefined ? 'NULL' : text(to.version)}`]),
    ...(options === null ? [] : [options]),
  ];
  return [{ sql: `ALTER SERVER ${ident(path[0]!)} ${words.join(' ')}` }];
}
