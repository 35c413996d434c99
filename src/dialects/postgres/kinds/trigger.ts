import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly constraint: number;
  readonly schema: string;
  readonly relation: string;
  readonly name: string;
  readonly definition?: string;
  readonly enabled?: string;
}

/** `state` is an expression: how triggers and rules fire, absent where it is as usual. */
export function enabledCase(state: string): string {
  return `CASE ${state} WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END`;
}

export const triggerReader: Reader<Row> = {
  name: 'triggers',
  onlyWith: 'pg_trigger.oid AND (NOT u.tgisinternal OR u.tgparentid <> 0)',
  // Those with a parent are copies in partitions, which the server makes and drops with it.
  sql: () => `
    SELECT g.oid::int8, g.tgconstraint::int8 AS constraint, n.nspname AS schema, c.relname AS relation, g.tgname AS name,
      CASE WHEN g.tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(g.oid) END AS definition,
      ${enabledCase('g.tgenabled')} AS enabled
    FROM pg_catalog.pg_trigger g
    JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_trigger p ON p.oid = g.tgparentid AND NOT p.tgisinternal
    WHERE ((NOT g.tgisinternal AND g.tgparentid = 0) OR g.tgenabled <> p.tgenabled) AND ${USER_SCHEMA}
      AND ${notOfExtension('pg_trigger', 'g.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, constraint, schema, relation, name, ...definition } of rows) {
      const id = catalog.put('trigger', [schema, relation, name], definition, ['pg_trigger', oid]);
      if (definition.definition === undefined) catalog.need(id, idOf('partition', [schema, relation]), 'own');
      if (constraint !== 0) catalog.alias(id, ['pg_constraint', constraint]);
    }
  },
};

type Trigger = ObjectOf<'trigger'>;

const CONSTRAINT = 'CREATE CONSTRAINT TRIGGER ';

export const trigger: KindRules<'trigger'> = {
  noun: () => 'trigger',
  create: (object) => {
    const { definition } = object.definition;
    return definition === undefined
      ? firesAs('TRIGGER', object)
      : [{ sql: definition }, ...fires('TRIGGER', object, undefined)];
  },
  drop: (object, context) => {
    const { path, definition } = object;
    if (definition.definition === undefined) return firesLikeParent(object, context);
    return [{ sql: `DROP TRIGGER ${ident(path[2]!)} ON ${qualified(path.slice(0, 2))}` }];
  },
  alter: (from, to, { version }) => {
    const { definition } = to.definition;
    if (from.definition.definition === definition) return fires('TRIGGER', to, from.definition.enabled);
    if (definition === undefined || from.definition.definition === undefined || version < 140_000) return null;
    if (definition.startsWith(CONSTRAINT) || from.definition.definition.startsWith(CONSTRAINT)) return null;
    // OR REPLACE enables it again.
    return [
      { sql: definition.replace('CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER') },
      ...fires('TRIGGER', to, undefined),
    ];
  },
  // What is done to it is done to its copies.
  disturbs: (_from, _to, dependent) => dependent.kind === 'trigger',
  // A trigger of a partitioned table has copies of its name in the partitions.
  resembles: ({ path }) => [`trigger ${path[2]!}`],
  rename: (from, to) => [
    {
      sql: `ALTER TRIGGER ${ident(from.path[2]!)} ON ${qualified(from.path.slice(0, 2))} RENAME TO ${ident(to.path[2]!)}`,
    },
  ],
};

type Firing = { readonly path: Path; readonly definition: Pick<Trigger['definition'], 'enabled'> };

/** Makes a trigger or rule fire as it should, where it does not yet. */
export function fires(noun: 'TRIGGER' | 'RULE', object: Firing, before: string | undefined): Statement[] {
  return object.definition.enabled === before ? [] : firesAs(noun, object);
}

function firesAs(noun: 'TRIGGER' | 'RULE', { path, definition: { enabled } }: Firing): Statement[] {
  return [{ sql: `ALTER TABLE ${qualified(path.slice(0, 2))} ${enabled ?? 'ENABLE'} ${noun} ${ident(path[2]!)}` }];
}

/** Where the parent changes as well, its copies change with it. */
function firesLikeParent(copy: Trigger, context: PlanContext): Statement[] {
  const parent = context.from
    .needs(keyOf(copy))
    .map(({ id }) => context.to.get(id))
    .find((object) => object?.kind === 'trigger');
  if (parent?.kind !== 'trigger' || context.fate(keyOf(parent)) !== 'keep') return [];
  return firesAs('TRIGGER', { path: copy.path, definition: parent.definition });
}
