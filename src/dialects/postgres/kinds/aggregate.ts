import type { KindRules } from '../../../diff/rules.ts';
import type { Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { routineName } from './routine.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly identity: string;
  readonly arguments: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The order in which people write them. */
const WORDS = [
  'SFUNC',
  'STYPE',
  'SSPACE',
  'FINALFUNC',
  'FINALFUNC_EXTRA',
  'FINALFUNC_MODIFY',
  'COMBINEFUNC',
  'SERIALFUNC',
  'DESERIALFUNC',
  'INITCOND',
  'MSFUNC',
  'MINVFUNC',
  'MSTYPE',
  'MSSPACE',
  'MFINALFUNC',
  'MFINALFUNC_EXTRA',
  'MFINALFUNC_MODIFY',
  'MINITCOND',
  'SORTOP',
  'PARALLEL',
  'HYPOTHETICAL',
] as const;

const functionOf = (column: string): string => `NULLIF(a.${column}::pg_catalog.regproc::text, '-')`;
const modifyOf = (column: string, finalFunction: string): string => `
  CASE WHEN a.${finalFunction} <> 0 AND a.${column} <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END
    THEN CASE a.${column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END`;

const OPTIONS: Record<(typeof WORDS)[number], string> = {
  SFUNC: functionOf('aggtransfn'),
  STYPE: 'pg_catalog.format_type(a.aggtranstype, NULL)',
  SSPACE: 'NULLIF(a.aggtransspace, 0)::text',
  FINALFUNC: functionOf('aggfinalfn'),
  FINALFUNC_EXTRA: `CASE WHEN a.aggfinalextra THEN '' END`,
  FINALFUNC_MODIFY: modifyOf('aggfinalmodify', 'aggfinalfn'),
  COMBINEFUNC: functionOf('aggcombinefn'),
  SERIALFUNC: functionOf('aggserialfn'),
  DESERIALFUNC: functionOf('aggdeserialfn'),
  INITCOND: 'pg_catalog.quote_literal(a.agginitval)',
  MSFUNC: functionOf('aggmtransfn'),
  MINVFUNC: functionOf('aggminvtransfn'),
  MSTYPE: 'CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END',
  MSSPACE: 'NULLIF(a.aggmtransspace, 0)::text',
  MFINALFUNC: functionOf('aggmfinalfn'),
  MFINALFUNC_EXTRA: `CASE WHEN a.aggmfinalextra THEN '' END`,
  MFINALFUNC_MODIFY: modifyOf('aggmfinalmodify', 'aggmfinalfn'),
  MINITCOND: 'pg_catalog.quote_literal(a.aggminitval)',
  SORTOP: `(SELECT 'OPERATOR(' || pg_catalog.quote_ident(sn.nspname) || '.' || o.oprname || ')'
    FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace sn ON sn.oid = o.oprnamespace WHERE o.oid = a.aggsortop)`,
  PARALLEL: `CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END`,
  HYPOTHETICAL: `CASE WHEN a.aggkind = 'h' THEN '' END`,
};

export const aggregateReader: Reader<Row> = {
  name: 'aggregates',
  onlyWith: 'pg_aggregate.aggfnoid',
  sql: () => `
    SELECT p.oid::int8, n.nspname AS schema, p.proname AS name,
      pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity, pg_catalog.oidvectortypes(p.proargtypes) AS arguments,
      json_build_object(${WORDS.map((word) => `'${word}', ${OPTIONS[word]}`).join(', ')}) AS options
    FROM pg_catalog.pg_aggregate a
    JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_proc', 'p.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, identity, ...definition } of rows) {
      catalog.put('aggregate', [schema, name, identity], definition, ['pg_proc', oid]);
    }
  },
};

export const aggregate: KindRules<'aggregate'> = {
  noun: () => 'aggregate',
  create: ({ path, definition: { options = {} } }) => {
    const lines = WORDS.flatMap((word) => {
      const value = options[word];
      if (value === undefined) return [];
      return [value === '' ? word : `${word} = ${value}`];
    });
    return [{ sql: `CREATE AGGREGATE ${aggregateSignature(path)} (\n  ${lines.join(',\n  ')}\n)` }];
  },
  drop: ({ path }) => [{ sql: `DROP AGGREGATE ${aggregateSignature(path)}` }],
  rename: (from, to) => [{ sql: `ALTER AGGREGATE ${aggregateSignature(from.path)} RENAME TO ${ident(to.path[1]!)}` }],
  occupies: ({ path, definition }) => [routineName(path, definition.arguments)],
};

/** `public.total(integer)`; one without arguments has a star. */
function aggregateSignature(path: Path): string {
  const [, , identity] = path;
  return `${qualified(path.slice(0, 2))}(${identity === '' ? '*' : identity!})`;
}
