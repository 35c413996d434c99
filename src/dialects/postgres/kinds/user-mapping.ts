import type { KindRules } from '../../../diff/rules.ts';
import type { Path } from '../../../schema/object.ts';
import { changedForeignOptions, withForeignOptions } from './foreign-options.ts';
import { ident } from '../ident.ts';
import { roleName } from './owner.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly server: string;
  readonly user: string;
  readonly options?: readonly string[];
}

/** The options may hold passwords: they appear in the SQL, as people must write it, and nowhere else. */
export const userMappingReader: Reader<Row> = {
  name: 'user_mappings',
  onlyWith: 'pg_foreign_server.oid',
  // Those who may not see the options of another role find none in this view.
  sql: () => `
    SELECT m.umid::int8 AS oid, m.srvname AS server, m.umoptions AS options,
      CASE m.umuser WHEN 0 THEN 'PUBLIC' WHEN d.datdba THEN 'CURRENT_USER' ELSE m.usename END AS user
    FROM pg_catalog.pg_user_mappings m
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    WHERE ${notOfExtension('pg_user_mapping', 'm.umid')}`,
  read: (rows, catalog) => {
    for (const { oid, server, user, ...definition } of rows) {
      catalog.put('userMapping', [server, user], definition, ['pg_user_mapping', oid]);
    }
  },
};

export const userMapping: KindRules<'userMapping'> = {
  noun: () => 'user mapping',
  create: ({ path, definition: { options } }) => [
    { sql: `CREATE USER MAPPING FOR ${mappingName(path)}${withForeignOptions(options)}` },
  ],
  drop: ({ path }) => [{ sql: `DROP USER MAPPING FOR ${mappingName(path)}` }],
  alter: ({ definition: { options: before } }, { path, definition: { options: after } }) => [
    { sql: `ALTER USER MAPPING FOR ${mappingName(path)} ${changedForeignOptions(before, after)!}` },
  ],
};

const mappingName = ([server, user]: Path): string =>
  `${user === 'PUBLIC' ? 'PUBLIC' : roleName(user!)} SERVER ${ident(server!)}`;
