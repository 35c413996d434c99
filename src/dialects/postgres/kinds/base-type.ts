import type { KindRules } from '../../../diff/rules.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { typeName } from './names.ts';
import { routine } from './routine.ts';

interface Row {
  readonly oid: number;
  readonly array: number;
  readonly schema: string;
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly functions?: readonly number[];
}

/** The words of CREATE TYPE and what they are in pg_type; what is as usual is NULL, a word alone is an empty text. */
function optionsOf(version: number): Readonly<Record<string, string>> {
  const functionOf = (column: string): string => `NULLIF(t.${column}::text, '-')`;
  return {
    INPUT: functionOf('typinput'),
    OUTPUT: functionOf('typoutput'),
    RECEIVE: functionOf('typreceive'),
    SEND: functionOf('typsend'),
    TYPMOD_IN: functionOf('typmodin'),
    TYPMOD_OUT: functionOf('typmodout'),
    ANALYZE: functionOf('typanalyze'),
    ...(version >= 140_000 ? { SUBSCRIPT: functionOf('typsubscript') } : {}),
    INTERNALLENGTH: `CASE WHEN t.typlen >= 0 THEN t.typlen::text END`,
    PASSEDBYVALUE: `CASE WHEN t.typbyval THEN '' END`,
    ALIGNMENT: `CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' END`,
    STORAGE: `CASE t.typstorage WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END`,
    CATEGORY: `CASE WHEN t.typcategory <> 'U' THEN pg_catalog.quote_literal(t.typcategory::text) END`,
    PREFERRED: `CASE WHEN t.typispreferred THEN 'true' END`,
    DEFAULT: 'pg_catalog.quote_literal(t.typdefault)',
    ELEMENT: `CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END`,
    DELIMITER: `CASE WHEN t.typdelim <> ',' THEN pg_catalog.quote_literal(t.typdelim::text) END`,
    COLLATABLE: `CASE WHEN t.typcollation <> 0 THEN 'true' END`,
  };
}

const FUNCTIONS = ['typinput', 'typoutput', 'typreceive', 'typsend', 'typmodin', 'typmodout', 'typanalyze'];

export const baseTypeReader: Reader<Row> = {
  name: 'base_types',
  onlyWith: `pg_type.oid AND (u.typtype = 'p' OR u.typtype = 'b' AND (u.typelem = 0 OR u.typarray <> 0))`,
  // A shell is a pseudo-type that nothing defines yet; array types belong to their elements.
  sql: (version) => {
    const words = Object.entries(optionsOf(version)).map(([word, value]) => `'${word}', ${value}`);
    const functions = [...FUNCTIONS, ...(version >= 140_000 ? ['typsubscript'] : [])];
    return `
      SELECT t.oid::int8, t.typarray::int8 AS array, n.nspname AS schema, t.typname AS name,
        CASE WHEN t.typisdefined THEN json_build_object(${words.join(', ')}) END AS options,
        CASE WHEN t.typisdefined THEN json_build_array(${functions.map((name) => `t.${name}::oid::int8`).join(', ')}) END AS functions
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined)) AND ${USER_SCHEMA}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid) AND ${notOfExtension('pg_type', 't.oid')}`;
  },
  read: (rows, catalog) => {
    for (const { oid, array, schema, name, options, functions } of rows) {
      const id = catalog.put('baseType', [schema, name], { options }, ['pg_type', oid]);
      if (array !== 0) catalog.alias(id, ['pg_type', array]);
      catalog.later(() => {
        for (const used of functions ?? []) catalog.partOf(catalog.at(['pg_proc', used]), id);
      });
    }
  },
};

export const baseType: KindRules<'baseType'> = {
  noun: () => 'type',
  create: ({ path, definition: { options } }, context) => {
    const shell = { sql: `CREATE TYPE ${qualified(path)}` };
    if (options === undefined) return [shell];
    const lines = Object.entries(options).map(([word, value]) => (value === '' ? word : `${word} = ${value}`));
    // Its functions take and return the type: a shell of it comes first.
    const functions = context.parts.flatMap((part) => (part.kind === 'routine' ? routine.create(part, context) : []));
    return [shell, ...functions, { sql: `CREATE TYPE ${qualified(path)} (\n  ${lines.join(',\n  ')}\n)` }];
  },
  // The functions that are parts of it go along.
  drop: ({ path, definition: { options } }) => [
    { sql: `DROP TYPE ${qualified(path)}${options === undefined ? '' : ' CASCADE'}` },
  ],
  rename: (from, to) => [{ sql: `ALTER TYPE ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path }) => [typeName(path)],
  absorbs: ({ definition: { options = {} } }, part) =>
    part.kind === 'routine' && Object.values(options).includes(qualified(part.path.slice(0, 2))),
};
