import type { KindRules } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { qualified, text } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly provider: string;
  readonly locale?: string;
  readonly ctype?: string;
  readonly rules?: string;
  readonly nondeterministic: boolean;
}

/** Where the locale of ICU stands has changed twice (https://www.postgresql.org/docs/current/catalog-pg-collation.html). */
function localeColumn(version: number): string {
  if (version >= 170_000) return `COALESCE(c.colllocale, c.collcollate)`;
  return version >= 150_000 ? `COALESCE(c.colliculocale, c.collcollate)` : 'c.collcollate';
}

export const collationReader: Reader<Row> = {
  name: 'collations',
  onlyWith: 'pg_collation.oid',
  sql: (version) => `
    SELECT c.oid::int8, n.nspname AS schema, c.collname AS name,
      CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
      ${localeColumn(version)} AS locale,
      CASE WHEN c.collprovider = 'c' AND c.collctype <> c.collcollate THEN c.collctype END AS ctype,
      ${version >= 160_000 ? 'c.collicurules' : 'NULL::text'} AS rules, NOT c.collisdeterministic AS nondeterministic
    FROM pg_catalog.pg_collation c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_collation', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, ...definition } of rows) {
      catalog.put('collation', [schema, name], definition, ['pg_collation', oid]);
    }
  },
};

export const collation: KindRules<'collation'> = {
  noun: () => 'collation',
  create: ({ path, definition: { provider, locale, ctype, rules, nondeterministic } }) => {
    const localeWord = ctype === undefined ? 'locale' : 'lc_collate';
    const options = [
      `provider = ${provider}`,
      ...(locale === undefined ? [] : [`${localeWord} = ${text(locale)}`]),
      ...(ctype === undefined ? [] : [`lc_ctype = ${text(ctype)}`]),
      ...(rules === undefined ? [] : [`rules = ${text(rules)}`]),
      ...(nondeterministic === true ? ['deterministic = false'] : []),
    ];
    return [{ sql: `CREATE COLLATION ${qualified(path)} (${options.join(', ')})` }];
  },
  drop: ({ path }) => [{ sql: `DROP COLLATION ${qualified(path)}` }],
  rename: (from, to) => [{ sql: `ALTER COLLATION ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path }) => [idOf('collation', path)],
};
