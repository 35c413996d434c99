import type { KindRules } from '../../../diff/rules.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly template: string;
  readonly options?: string;
}

export const textSearchDictionaryReader: Reader<Row> = {
  name: 'text_search_dictionaries',
  onlyWith: 'pg_ts_dict.oid',
  sql: () => `
    SELECT d.oid::int8, n.nspname AS schema, d.dictname AS name, d.dictinitoption AS options,
      pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(t.tmplname) AS template
    FROM pg_catalog.pg_ts_dict d
    JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
    JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
    JOIN pg_catalog.pg_namespace s ON s.oid = t.tmplnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_ts_dict', 'd.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, ...definition } of rows) {
      catalog.put('textSearchDictionary', [schema, name], definition, ['pg_ts_dict', oid]);
    }
  },
};

export const textSearchDictionary: KindRules<'textSearchDictionary'> = {
  noun: () => 'text search dictionary',
  create: ({ path, definition: { template, options } }) => {
    const lines = [`TEMPLATE = ${template}`, ...(options === undefined ? [] : [options])];
    return [{ sql: `CREATE TEXT SEARCH DICTIONARY ${qualified(path)} (\n  ${lines.join(',\n  ')}\n)` }];
  },
  drop: ({ path }) => [{ sql: `DROP TEXT SEARCH DICTIONARY ${qualified(path)}` }],
  alter: (from, to) => {
    if (from.definition.template !== to.definition.template) return null;
    const after = namesIn(to.definition.options);
    // A name without a value takes the option away.
    const gone = [...namesIn(from.definition.options)].filter((name) => !after.has(name));
    const options = [...gone, ...(to.definition.options === undefined ? [] : [to.definition.options])];
    return [{ sql: `ALTER TEXT SEARCH DICTIONARY ${qualified(to.path)} (${options.join(', ')})` }];
  },
};

/** The names in `language = 'english', stopwords = 'english'`. */
function namesIn(options = ''): Set<string> {
  const pairs = options.matchAll(/("(?:[^"]|"")*"|[^\s"',=]+)\s*=\s*(?:E?'(?:[^']|'')*'|[^\s,']+)/g);
  return new Set([...pairs].map(([, name]) => name!));
}
