import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { nameOf, keyOf, type ObjectOf, type Path, type SchemaObject } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly types: string;
  readonly type: string;
  readonly definition: string;
  readonly language: string;
  readonly result?: string;
  readonly arguments?: readonly (readonly string[])[];
  readonly defaults: number;
  readonly atomic: boolean;
}

export const routineReader: Reader<Row> = {
  name: 'routines',
  onlyWith: 'pg_proc.oid',
  // Bodies that the server has parsed came with version 14. Routines that came with a type are parts of it.
  sql: (version) => `
    SELECT p.oid::int8, n.nspname AS schema, p.proname AS name, pg_catalog.oidvectortypes(p.proargtypes) AS types,
      CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS type, l.lanname AS language,
      pg_catalog.pg_get_functiondef(p.oid) AS definition, pg_catalog.pg_get_function_result(p.oid) AS result,
      (SELECT json_agg(json_build_array(COALESCE(p.proargmodes[a.at]::text, 'i'), COALESCE(p.proargnames[a.at], ''),
          pg_catalog.format_type(a.type, NULL)) ORDER BY a.at)
        FROM unnest(COALESCE(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY a(type, at)) AS arguments,
      p.pronargdefaults AS defaults, ${version >= 140_000 ? 'p.prosqlbody IS NOT NULL' : 'false'} AS atomic
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE p.prokind <> 'a' AND ${USER_SCHEMA} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend x
      WHERE x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND x.objid = p.oid AND x.deptype IN ('e', 'i'))`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, types, defaults, ...definition } of rows) {
      const path = [schema, name, types];
      catalog.put('routine', path, { ...definition, defaults: defaults === 0 ? null : defaults }, ['pg_proc', oid]);
    }
  },
};

type Routine = ObjectOf<'routine'>;

/** Languages whose bodies are checked when the routine is created. */
const CHECKED = new Set(['sql', 'plpgsql']);

export const routine: KindRules<'routine'> = {
  noun: ({ definition: { type } }) => type.toLowerCase(),
  create: ({ definition: { definition } }) => [{ sql: tidy(definition.replace('CREATE OR REPLACE', 'CREATE')) }],
  drop: (object) => [{ sql: `DROP ${object.definition.type} ${signature(object.path)}` }],
  alter: (from, to, context) => {
    if (!canReplace(from, to)) return null;
    const sql = tidy(to.definition.definition);
    if (bodyOf(from) === bodyOf(to)) return [{ sql }];
    const hazard = staleHazard(from, context);
    return [{ sql, ...(hazard === undefined ? {} : { hazard }) }, ...computedBefore(from, context)];
  },
  renamedAsked: { loses: () => false },
  rename: (from, to) => [
    { sql: `ALTER ${from.definition.type} ${signature(from.path)} RENAME TO ${ident(to.path[1]!)}` },
  ],
  occupies: ({ path }) => [routineName(path, path[2]!)],
  // With defaults and variadic arguments a call may fit two routines of one name.
  resembles: ({ path }) => [routineName(path, '')],
  mentions: ({ definition: { definition, atomic } }) => (atomic === true ? undefined : definition),
};

/** `public.add(integer, integer)`: the types of what goes in are enough to tell routines apart. */
function signature(path: Path): string {
  return `${qualified(path.slice(0, 2))}(${path[2]!})`;
}

/** Functions, procedures and aggregates share one set of names and argument types. */
export function routineName(path: Path, types: string): string {
  return `routine:${nameOf(path.slice(0, 2))}(${types})`;
}

/** Whether the server looks into the body when it is created, and finds missing what comes later. */
export function isChecked({ definition: { language, atomic } }: Routine): boolean {
  return atomic !== true && language !== undefined && CHECKED.has(language);
}

function tidy(definition: string): string {
  return definition.trimEnd();
}

/** https://www.postgresql.org/docs/current/sql-createfunction.html: names, types and modes stay, defaults do not go. */
function canReplace({ definition: from }: Routine, { definition: to }: Routine): boolean {
  if (from.type !== to.type || from.result !== to.result || (from.defaults ?? 0) > (to.defaults ?? 0)) return false;
  const before = from.arguments ?? [];
  const after = to.arguments ?? [];
  return (
    before.length === after.length &&
    before.every(([mode, name, type], at) => {
      const [otherMode, otherName, otherType] = after[at]!;
      const isSameName = name === otherName || (name === '' && mode !== 'o' && mode !== 't');
      return mode === otherMode && isSameName && type === otherType;
    })
  );
}

/** What it does, without its attributes. */
function bodyOf({ definition: { definition } }: Routine): string {
  const at = definition.search(/^(?:AS |BEGIN ATOMIC|RETURN )/m);
  return definition.slice(Math.max(at, 0));
}

/** What the server computed with the old body and keeps; an index of a partitioned table holds nothing itself. */
function computedBefore(object: Routine, context: PlanContext): Statement[] {
  return context.from.dependents(keyOf(object)).flatMap(({ id }): Statement[] => {
    const dependent = context.to.get(id);
    if (dependent === undefined || context.fate(id) !== 'keep' || !hasIndex(dependent)) return [];
    const [schema, table, name] = dependent.path;
    if (context.to.find('table', [schema!, table!])?.definition.partitionBy !== undefined) return [];
    return [{ sql: `REINDEX INDEX ${qualified([schema!, name!])}` }];
  });
}

const hasIndex = ({ kind, definition }: SchemaObject): boolean =>
  kind === 'index' || (kind === 'constraint' && definition.type === 'EXCLUDE');

/** What it leaves as it was, and why a reviewer must look. */
function staleHazard(object: Routine, context: PlanContext): string | undefined {
  const names = context.from.dependents(keyOf(object)).flatMap(({ id }) => {
    const dependent = context.to.get(id);
    if (dependent === undefined || context.fate(id) !== 'keep') return [];
    const isComputed = dependent.kind === 'column' && dependent.definition.generated === 'stored';
    const isChecked = dependent.kind === 'constraint' && dependent.definition.type === 'CHECK';
    return isComputed || isChecked ? [nameOf(dependent.path)] : [];
  });
  return names.length === 0
    ? undefined
    : `Rows that ${names.join(', ')} computed or checked before are not looked at again.`;
}
