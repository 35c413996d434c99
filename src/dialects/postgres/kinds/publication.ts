import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified, text } from '../ident.ts';
import { PUBLICATIONS, type PublicationRow } from './publication-query.ts';
import type { Reader } from '../reader.ts';

export const publicationReader: Reader<PublicationRow> = {
  name: 'publications',
  onlyWith: 'pg_publication.oid',
  sql: PUBLICATIONS,
  read: (rows, catalog) => {
    for (const { oid, name, tables = [], schemas = [], ...definition } of rows) {
      const id = catalog.put(
        'publication',
        [name],
        {
          ...definition,
          tables: tables.map(({ schema, table, columns = '', where = '' }) => [schema, table, columns, where]),
          schemas: schemas.map(({ schema }) => schema),
        },
        ['pg_publication', oid],
      );
      // The server would take a table out of a publication in silence, yet it is no part of the table.
      catalog.later(() => {
        for (const table of tables) {
          catalog.need(id, catalog.at(['pg_class', table.oid]), 'use');
          for (const column of table.uses ?? []) catalog.need(id, catalog.at(['pg_class', table.oid, column]), 'use');
        }
        for (const schema of schemas) catalog.need(id, catalog.at(['pg_namespace', schema.oid]), 'use');
      });
    }
  },
};

type Publication = ObjectOf<'publication'>;
type Definition = Publication['definition'];

export const publication: KindRules<'publication'> = {
  noun: () => 'publication',
  create: ({ path: [name], definition }, { to }) => {
    const what = definition.allTables === true ? 'ALL TABLES' : items(to, definition.tables, definition.schemas);
    const { publish, options = [] } = definition;
    const settings = [...(isUsual(publish) ? [] : [publishing(publish)]), ...options];
    return [
      {
        sql:
          `CREATE PUBLICATION ${ident(name!)}${what === '' ? '' : ` FOR ${what}`}` +
          (settings.length === 0 ? '' : ` WITH (${settings.join(', ')})`),
      },
    ];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP PUBLICATION ${ident(name!)}` }],
  alter: (from, to, context) => {
    if (from.definition.allTables !== to.definition.allTables) return null;
    const words = `ALTER PUBLICATION ${ident(to.path[0]!)}`;
    return [
      ...settings(words, from.definition, to.definition),
      ...members(words, from.definition, to.definition, context),
    ];
  },
  rename: (from, to) => [{ sql: `ALTER PUBLICATION ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
  // The server updates no row of a published table that has no replica identity.
  moment: { create: 'last', drop: 'first' },
};

const ACTIONS = ['insert', 'update', 'delete', 'truncate'];
const isUsual = (publish: readonly string[]): boolean => publish.length === ACTIONS.length;
const publishing = (publish: readonly string[]): string => `publish = ${text(publish.join(', '))}`;

/** What an option is where nobody sets it. */
const USUAL: Readonly<Record<string, string>> = {
  publish_via_partition_root: 'false',
  publish_generated_columns: 'none',
};

function settings(words: string, from: Definition, to: Definition): Statement[] {
  const before = from.options ?? [];
  const after = to.options ?? [];
  const nameOf = (option: string): string => option.slice(0, option.indexOf(' '));
  const gone = before.map(nameOf).filter((name) => !after.some((option) => nameOf(option) === name));
  const changed = [
    ...(sameDefinition(from.publish, to.publish) ? [] : [publishing(to.publish)]),
    ...after.filter((option) => !before.includes(option)),
    ...gone.map((name) => `${name} = ${USUAL[name]!}`),
  ];
  return changed.length === 0 ? [] : [{ sql: `${words} SET (${changed.join(', ')})` }];
}

type Tables = readonly (readonly string[])[];

function members(words: string, from: Definition, to: Definition, context: PlanContext): Statement[] {
  const before = from.tables ?? [];
  const after = to.tables ?? [];
  const isSameTable = (a: readonly string[], b: readonly string[]): boolean => a[0] === b[0] && a[1] === b[1];
  const dropped = before.filter((row) => !after.some((other) => isSameTable(row, other)));
  const added = after.filter((row) => !before.some((other) => isSameTable(row, other)));
  const isChanged = after.some((row) => before.some((other) => isSameTable(row, other) && !sameDefinition(row, other)));
  // Columns and WHERE of a table that stays can only be set with the whole list.
  if (isChanged) return [{ sql: `${words} SET ${items(context.to, after, to.schemas)}` }];
  const oldSchemas = (from.schemas ?? []).filter((schema) => to.schemas?.includes(schema) !== true);
  const newSchemas = (to.schemas ?? []).filter((schema) => from.schemas?.includes(schema) !== true);
  const names: Tables = dropped.map((row) => row.slice(0, 2));
  return [
    ...(names.length + oldSchemas.length === 0
      ? []
      : [{ sql: `${words} DROP ${items(context.from, names, oldSchemas)}` }]),
    ...(added.length + newSchemas.length === 0
      ? []
      : [{ sql: `${words} ADD ${items(context.to, added, newSchemas)}` }]),
  ];
}

/** A parent by INHERITS brings its children along, unless it is told not to; all that are published are listed. */
function onlyOf(side: Schema, table: Path): string {
  const isParent = side
    .dependents(idOf('table', table))
    .some(({ id }) => id.startsWith('inheritance:') && sameDefinition(side.get(id)!.path.slice(2), table));
  return isParent ? 'ONLY ' : '';
}

/** `TABLE public.users (id, name) WHERE (id > 0), TABLES IN SCHEMA app` */
function items(side: Schema, tables: Tables = [], schemas: readonly string[] = []): string {
  const names = tables.map(([schema = '', table = '', columns = '', where = '']) =>
    [onlyOf(side, [schema, table]) + qualified([schema, table]), columns, where === '' ? '' : `WHERE ${where}`]
      .filter((word) => word !== '')
      .join(' '),
  );
  return [
    ...(names.length === 0 ? [] : [`TABLE ${names.join(', ')}`]),
    ...(schemas.length === 0 ? [] : [`TABLES IN SCHEMA ${schemas.map(ident).join(', ')}`]),
  ].join(', ');
}
