import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { dropLeftBehind } from './link-constraints.ts';
import { takeNotNullNames } from './link-not-null.ts';
import { linksUp } from './relation-tree.ts';
import { columnsOf, defaultsOf, needInherited } from './partition.ts';

interface Row {
  readonly child: number;
  readonly parent: number;
  readonly path: readonly string[];
  readonly position?: number;
  readonly columns?: readonly (readonly [number, number])[];
  readonly defaults?: readonly number[];
}

export const inheritanceReader: Reader<Row> = {
  name: 'inheritances',
  onlyWith: 'pg_inherits.inhrelid',
  // The order of several parents shows in the order of columns only.
  sql: () => `
    SELECT c.oid::int8 AS child, p.oid::int8 AS parent,
      json_build_array(n.nspname, c.relname, pn.nspname, p.relname) AS path,
      CASE WHEN i.inhseqno > 1 THEN i.inhseqno END AS position, ${columnsOf('c.oid, p.oid')} AS columns, ${defaultsOf('p.oid')} AS defaults
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE NOT c.relispartition AND c.relkind IN ('r', 'f') AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid, i.inhseqno`,
  read: (rows, catalog) => {
    for (const { child, parent, path, position, columns, defaults } of rows) {
      const id = catalog.put('inheritance', path, { position });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', child]), 'own');
        catalog.need(id, catalog.at(['pg_class', parent]), 'use');
        needInherited(id, { columns, defaults }, catalog);
      });
    }
  },
};

export const inheritance: KindRules<'inheritance'> = {
  noun: () => 'inheritance',
  create: ({ path }) => [{ sql: `ALTER TABLE ${qualified(path.slice(0, 2))} INHERIT ${qualified(path.slice(2))}` }],
  drop: ({ path }, context) => [
    { sql: `ALTER TABLE ${qualified(path.slice(0, 2))} NO INHERIT ${qualified(path.slice(2))}` },
    ...dropLeftBehind(path.slice(0, 2), path.slice(2), context),
    ...takeNotNullNames(path.slice(0, 2), path.slice(2), context),
  ],
  rebuilds: (object, context) => (leavesOtherwise(object, context) ? [idOf('table', object.path.slice(0, 2))] : []),
  outlives: (_object, needed) => needed.kind === 'column' || needed.kind === 'default',
};

type Inheritance = ObjectOf<'inheritance'>;

/**
 * Whether INHERIT would leave columns or checks of the table declared otherwise than they are to be: it takes only what is
 * there already, and what is there counts as declared there. In a new table all is as CREATE TABLE says.
 */
function leavesOtherwise(link: Inheritance, context: PlanContext): boolean {
  const { from, to } = context;
  const table = link.path.slice(0, 2);
  const parent = link.path.slice(2);
  if (!from.has(idOf('table', table)) || !to.has(idOf('table', table))) return false;
  if (from.has(keyOf(link)) && context.fate(keyOf(link)) === 'keep') return false;
  const isColumnOff = to.parts(idOf('table', parent), 'column').some(({ path: [, , name] }) => {
    const after = to.find('column', [...table, name!]);
    return after !== undefined && (after.definition.local === true) !== becomesLocal([...table, name!], context);
  });
  return (
    isColumnOff || to.parts(idOf('table', parent), 'constraint').some((check) => isCheckOff(check, table, context))
  );
}

/** A column that loses the last parent it came from is the table's own from then on. */
function becomesLocal(column: Path, context: PlanContext): boolean {
  const before = context.from.find('column', column);
  if (before?.definition.inherited !== true || before.definition.local === true) return true;
  return linksUp(column.slice(0, 2), context.from)
    .filter(({ parent }) => context.from.find('column', [...parent, column[2]!]) !== undefined)
    .every(({ id }) => !context.to.has(id) || context.fate(id) === 'replace');
}

function isCheckOff(check: ObjectOf<'constraint'>, table: Path, { from, to }: PlanContext): boolean {
  const { type, definition } = check.definition;
  if (type !== 'CHECK' || definition.endsWith(' NO INHERIT')) return false;
  const path = [...table, check.path[2]!];
  const [had, has] = [from, to].map((side) => side.find('constraint', path) !== undefined);
  // One that is new above reaches the table afterwards.
  return from.find('constraint', check.path) === undefined
    ? had === true && has !== true
    : !(had === true && has === true);
}
