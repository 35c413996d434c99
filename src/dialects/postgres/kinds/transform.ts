import type { KindRules } from '../../../diff/rules.ts';
import { ident } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly type: string;
  readonly language: string;
  readonly fromSql?: string;
  readonly toSql?: string;
}

const called = (oid: string): string =>
  `CASE ${oid}::oid WHEN 0 THEN NULL ELSE ${oid}::oid::pg_catalog.regprocedure::text END`;

export const transformReader: Reader<Row> = {
  name: 'transforms',
  onlyWith: 'pg_transform.oid',
  sql: () => `
    SELECT t.oid::int8, pg_catalog.format_type(t.trftype, NULL) AS type, l.lanname AS language,
      ${called('t.trffromsql')} AS "fromSql", ${called('t.trftosql')} AS "toSql"
    FROM pg_catalog.pg_transform t
    JOIN pg_catalog.pg_language l ON l.oid = t.trflang
    WHERE ${notOfExtension('pg_transform', 't.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, type, language, ...definition } of rows) {
      catalog.put('transform', [type, language], definition, ['pg_transform', oid]);
    }
  },
};

export const transform: KindRules<'transform'> = {
  noun: () => 'transform',
  create: ({ path: [type, language], definition: { fromSql, toSql } }) => {
    const lines = [
      ...(fromSql === undefined ? [] : [`FROM SQL WITH FUNCTION ${fromSql}`]),
      ...(toSql === undefined ? [] : [`TO SQL WITH FUNCTION ${toSql}`]),
    ];
    return [{ sql: `CREATE TRANSFORM FOR ${type!} LANGUAGE ${ident(language!)} (\n  ${lines.join(',\n  ')}\n)` }];
  },
  drop: ({ path: [type, language] }) => [{ sql: `DROP TRANSFORM FOR ${type!} LANGUAGE ${ident(language!)}` }],
};
