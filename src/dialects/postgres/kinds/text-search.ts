import type { KindRules } from '../../../diff/rules.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import type { Path } from '../../../schema/object.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

const called = (column: string): string => `CASE ${column}::oid WHEN 0 THEN NULL ELSE ${column}::text END`;

export const textSearchParserReader: Reader<Row> = {
  name: 'text_search_parsers',
  onlyWith: 'pg_ts_parser.oid',
  sql: () => `
    SELECT p.oid::int8, n.nspname AS schema, p.prsname AS name,
      json_build_object('START', ${called('p.prsstart')}, 'GETTOKEN', ${called('p.prstoken')}, 'END', ${called('p.prsend')},
        'LEXTYPES', ${called('p.prslextype')}, 'HEADLINE', ${called('p.prsheadline')}) AS options
    FROM pg_catalog.pg_ts_parser p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_ts_parser', 'p.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, options } of rows) {
      catalog.put('textSearchParser', [schema, name], { options }, ['pg_ts_parser', oid]);
    }
  },
};

export const textSearchTemplateReader: Reader<Row> = {
  name: 'text_search_templates',
  onlyWith: 'pg_ts_template.oid',
  sql: () => `
    SELECT t.oid::int8, n.nspname AS schema, t.tmplname AS name,
      json_build_object('INIT', ${called('t.tmplinit')}, 'LEXIZE', ${called('t.tmpllexize')}) AS options
    FROM pg_catalog.pg_ts_template t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_ts_template', 't.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, options } of rows) {
      catalog.put('textSearchTemplate', [schema, name], { options }, ['pg_ts_template', oid]);
    }
  },
};

export const textSearchParser: KindRules<'textSearchParser'> = {
  noun: () => 'text search parser',
  create: ({ path, definition }) => [{ sql: create('PARSER', path, definition.options) }],
  drop: ({ path }) => [{ sql: `DROP TEXT SEARCH PARSER ${qualified(path)}` }],
};

export const textSearchTemplate: KindRules<'textSearchTemplate'> = {
  noun: () => 'text search template',
  create: ({ path, definition }) => [{ sql: create('TEMPLATE', path, definition.options) }],
  drop: ({ path }) => [{ sql: `DROP TEXT SEARCH TEMPLATE ${qualified(path)}` }],
};

function create(word: string, path: Path, options: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  return `CREATE TEXT SEARCH ${word} ${qualified(path)} (\n  ${lines.join(',\n  ')}\n)`;
}
