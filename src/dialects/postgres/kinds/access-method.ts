import type { KindRules } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { ident } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly type: string;
  readonly handler: string;
}

/** Objects below this oid came with the server (FirstNormalObjectId in src/include/access/transam.h). */
const FIRST_OWN_OID = 16_384;

export const accessMethodReader: Reader<Row> = {
  name: 'access_methods',
  onlyWith: 'pg_am.oid',
  sql: () => `
    SELECT m.oid::int8, m.amname AS name, CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END AS type,
      m.amhandler::pg_catalog.regproc::text AS handler
    FROM pg_catalog.pg_am m
    WHERE m.oid >= ${FIRST_OWN_OID} AND ${notOfExtension('pg_am', 'm.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) catalog.put('accessMethod', [name], definition, ['pg_am', oid]);
  },
};

export const accessMethod: KindRules<'accessMethod'> = {
  noun: () => 'access method',
  create: ({ path: [name], definition: { type, handler } }) => [
    { sql: `CREATE ACCESS METHOD ${ident(name!)} TYPE ${type} HANDLER ${handler}` },
  ],
  drop: ({ path: [name] }) => [{ sql: `DROP ACCESS METHOD ${ident(name!)}` }],
  occupies: ({ path }) => [idOf('accessMethod', path)],
};
