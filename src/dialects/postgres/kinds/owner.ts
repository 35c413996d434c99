import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, type ObjectOf, type Path, type SchemaObject } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident } from '../ident.ts';
import type { Reader } from '../reader.ts';
import { standsAlone } from './privileges-query.ts';
import { subjectName, subjectOf, Subjects, type RawAddress } from './subject.ts';

interface Row {
  readonly class: number;
  readonly oid: number;
  readonly role: string;
}

/** What can be given to another role, and the column that says to whom it belongs. */
const OWNED = {
  pg_namespace: 'nspowner',
  pg_class: 'relowner',
  pg_type: 'typowner',
  pg_proc: 'proowner',
  pg_language: 'lanowner',
  pg_collation: 'collowner',
  pg_conversion: 'conowner',
  pg_operator: 'oprowner',
  pg_opfamily: 'opfowner',
  pg_opclass: 'opcowner',
  pg_statistic_ext: 'stxowner',
  pg_ts_dict: 'dictowner',
  pg_ts_config: 'cfgowner',
  pg_foreign_data_wrapper: 'fdwowner',
  pg_foreign_server: 'srvowner',
  pg_publication: 'pubowner',
  pg_event_trigger: 'evtowner',
} as const;

/** The rows of a catalog that are somebody's own choice: not indexes, sequences of a column, array types. */
const CHOSEN: Partial<Record<keyof typeof OWNED, string>> = {
  pg_class: `o.relkind <> 'i' AND o.relkind <> 'I' AND NOT (o.relkind = 'S' AND EXISTS (
      SELECT FROM pg_catalog.pg_depend x WHERE x.classid = o.tableoid AND x.objid = o.oid AND x.refobjsubid > 0
        AND x.refclassid = o.tableoid AND x.deptype IN ('a', 'i')))`,
  pg_type: standsAlone('o'),
};

export const ownerReader: Reader<Row> = {
  name: 'owners',
  asks: Object.keys(OWNED).map((catalog) => `${catalog}.oid`),
  sql: (version, { present }) => {
    const there = Object.entries(OWNED).filter(([catalog]) => catalog === 'pg_class' || present.has(`${catalog}.oid`));
    const all = there.map(
      ([catalog, column]) =>
        `SELECT o.tableoid AS class, o.oid, o.${column} AS role FROM pg_catalog.${catalog} o
        WHERE o.oid >= 16384 AND ${catalog === 'pg_namespace' ? `o.nspname <> 'public'` : (CHOSEN[catalog as keyof typeof OWNED] ?? 'true')}`,
    );
    // Version 15 gave public to whoever owns the database; before, it belonged to the first superuser.
    const usual = version >= 150000 ? `r.rolname <> 'pg_database_owner'` : 'r.oid <> 10 AND r.oid <> d.datdba';
    return `
    SELECT o.class::int8, o.oid::int8, r.rolname AS role
    FROM (${all.join(' UNION ALL ')}) o
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database() AND d.datdba <> o.role
    JOIN pg_catalog.pg_roles r ON r.oid = o.role
    UNION ALL
    SELECT n.tableoid::int8, n.oid::int8, CASE r.oid WHEN d.datdba THEN 'CURRENT_USER' ELSE r.rolname END
    FROM pg_catalog.pg_namespace n
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner
    WHERE n.nspname = 'public' AND ${usual}`;
  },
  read: (rows, catalog) => {
    catalog.later(() => {
      const subjects = new Subjects(catalog);
      for (const row of rows) {
        const address: RawAddress = [row.class, row.oid, 0];
        const subject = subjects.exactly(address);
        if (subject === undefined) continue;
        const id = catalog.put('owner', [subject.kind, ...subject.path], { role: row.role });
        catalog.need(id, keyOf(subject), 'own');
      }
    });
  },
};

type Owner = ObjectOf<'owner'>;

export const owner: KindRules<'owner'> = {
  noun: () => 'owner',
  create: (object, context) => [giveOwner(object.path, object.definition.role, context)],
  drop: (object, context) => {
    const role = usualOwner(object, context);
    return role === object.definition.role ? [] : [giveOwner(object.path, role, context)];
  },
  alter: (_, object, context) => [giveOwner(object.path, object.definition.role, context)],
  // Rights are taken back from the one and granted under the other owner: in between comes the change of owner.
  moment: { drop: 'first' },
};

/** Gives what stands at `[kind, …path]` to a role. */
export function giveOwner(path: Path, role: string, { from, to }: PlanContext): Statement {
  const subject = subjectOf(path);
  const schema = to.has(idOf(subject.kind, subject.path)) ? to : from;
  return { sql: `ALTER ${subjectName(subject, schema)} OWNER TO ${roleName(role)}` };
}

/** The owner of the database runs the migrations: nothing else names it on every database. */
function usualOwner({ path: [kind, ...path] }: Owner, { to, version }: PlanContext): string {
  if (kind === 'schema' && path[0] === 'public' && version >= 150000) return 'pg_database_owner';
  const column = kind === 'sequence' ? to.find('sequenceOwner', path)?.definition.column : undefined;
  return column === undefined ? 'CURRENT_USER' : ownerOf(['table', ...column.slice(0, 2)], to);
}

/** A role in a statement; the owner of the database stands as `CURRENT_USER`, nobody as `PUBLIC`. */
export function roleName(role: string): string {
  if (role === '') return 'PUBLIC';
  return role === 'CURRENT_USER' ? role : ident(role);
}

/** Who an object belongs to on one side, other than for those whose owner the server decides. */
export function ownerOf(path: Path, schema: Schema): string {
  return schema.find('owner', path)?.definition.role ?? 'CURRENT_USER';
}

/**
 * What a new object needs so that it can belong where it is to belong: a sequence must have its table's owner before a
 * column owns it.
 */
export function ownAtOnce(object: SchemaObject, context: PlanContext): Statement[] {
  const { to } = context;
  if (object.kind !== 'sequence') return [];
  const column = to.find('sequenceOwner', object.path)?.definition.column;
  if (column === undefined) return [];
  const table: Path = ['table', ...column.slice(0, 2)];
  const ownerId = idOf('owner', table);
  const fate = context.fate(ownerId);
  if (!to.has(ownerId) || fate === 'create' || fate === 'replace') return [];
  return [
    {
      sql: `ALTER ${subjectName(subjectOf([object.kind, ...object.path]), to)} OWNER TO ${roleName(ownerOf(table, to))}`,
    },
  ];
}
