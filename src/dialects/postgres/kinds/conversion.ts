import type { KindRules } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { qualified, text } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly function: string;
  readonly default: boolean;
}

export const conversionReader: Reader<Row> = {
  name: 'conversions',
  onlyWith: 'pg_conversion.oid',
  sql: () => `
    SELECT c.oid::int8, n.nspname AS schema, c.conname AS name, c.conproc::pg_catalog.regproc::text AS function,
      pg_catalog.pg_encoding_to_char(c.conforencoding) AS source, pg_catalog.pg_encoding_to_char(c.contoencoding) AS target,
      c.condefault AS default
    FROM pg_catalog.pg_conversion c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_conversion', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, ...definition } of rows) {
      catalog.put('conversion', [schema, name], definition, ['pg_conversion', oid]);
    }
  },
};

export const conversion: KindRules<'conversion'> = {
  noun: () => 'conversion',
  create: ({ path, definition: { source, target, function: by, default: isDefault } }) => {
    const words = isDefault === true ? 'CREATE DEFAULT CONVERSION' : 'CREATE CONVERSION';
    return [{ sql: `${words} ${qualified(path)} FOR ${text(source)} TO ${text(target)} FROM ${by}` }];
  },
  drop: ({ path }) => [{ sql: `DROP CONVERSION ${qualified(path)}` }],
  rename: (from, to) => [{ sql: `ALTER CONVERSION ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  // A schema has one default conversion for each pair of encodings.
  occupies: ({ path, definition: { source, target, default: isDefault } }) => [
    idOf('conversion', path),
    ...(isDefault === true ? [`default ${idOf('conversion', [path[0]!, source, target])}`] : []),
  ],
};
