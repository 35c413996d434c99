import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly parser: string;
  readonly mappings?: readonly (readonly [string, string])[];
}

export const textSearchConfigurationReader: Reader<Row> = {
  name: 'text_search_configurations',
  onlyWith: 'pg_ts_config.oid',
  sql: () => `
    SELECT c.oid::int8, n.nspname AS schema, c.cfgname AS name,
      pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(p.prsname) AS parser,
      (SELECT json_agg(json_build_array(m.token, m.dictionaries) ORDER BY m.token) FROM (
        SELECT t.alias AS token, pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
        FROM pg_catalog.pg_ts_config_map m JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
        WHERE m.mapcfg = c.oid GROUP BY t.alias) m) AS mappings
    FROM pg_catalog.pg_ts_config c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
    JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
    JOIN pg_catalog.pg_namespace s ON s.oid = p.prsnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_ts_config', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, ...definition } of rows) {
      catalog.put('textSearchConfiguration', [schema, name], definition, ['pg_ts_config', oid]);
    }
  },
};

export const textSearchConfiguration: KindRules<'textSearchConfiguration'> = {
  noun: () => 'text search configuration',
  create: ({ path, definition: { parser, mappings = [] } }) => [
    { sql: `CREATE TEXT SEARCH CONFIGURATION ${qualified(path)} (PARSER = ${parser})` },
    ...map(path, 'ADD', mappings),
  ],
  drop: ({ path }) => [{ sql: `DROP TEXT SEARCH CONFIGURATION ${qualified(path)}` }],
  alter: (from, to) => {
    if (from.definition.parser !== to.definition.parser) return null;
    const before = new Map(from.definition.mappings?.map(([token, dictionaries]) => [token!, dictionaries!]));
    const mappings = to.definition.mappings ?? [];
    const after = new Set(mappings.map(([token]) => token!));
    const gone = [...before.keys()].filter((token) => !after.has(token));
    const changed = mappings.filter(([token, list]) => before.has(token!) && before.get(token!) !== list);
    const words = `ALTER TEXT SEARCH CONFIGURATION ${qualified(to.path)}`;
    return [
      ...(gone.length === 0 ? [] : [{ sql: `${words} DROP MAPPING FOR ${gone.map(ident).join(', ')}` }]),
      ...map(to.path, 'ALTER', changed),
      ...map(
        to.path,
        'ADD',
        mappings.filter(([token]) => !before.has(token!)),
      ),
    ];
  },
};

/** Token types with the same dictionaries stand in one statement. */
function map(path: Path, verb: 'ADD' | 'ALTER', mappings: readonly (readonly string[])[]): Statement[] {
  const tokens = new Map<string, string[]>();
  for (const [token = '', dictionaries = ''] of mappings) {
    tokens.set(dictionaries, [...(tokens.get(dictionaries) ?? []), ident(token)]);
  }
  return [...tokens].map(([dictionaries, names]) => ({
    sql: `ALTER TEXT SEARCH CONFIGURATION ${qualified(path)}\n  ${verb} MAPPING FOR ${names.join(', ')} WITH ${dictionaries}`,
  }));
}
