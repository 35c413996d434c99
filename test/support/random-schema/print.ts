import type { Model, Thing } from './model.ts';
import { constraintPrinters } from './print-constraints.ts';
import { queryPrinters } from './print-queries.ts';
import { restPrinters } from './print-rest.ts';
import { routinePrinters } from './print-routines.ts';
import { tablePrinters } from './print-tables.ts';
import { typePrinters } from './print-types.ts';
import { KIND_ORDER, type ThingKind } from './specs.ts';
import { Choices, World, type Printed, type Printer } from './world.ts';

const PRINTERS: Readonly<Record<ThingKind, Printer>> = {
  ...typePrinters,
  ...routinePrinters,
  ...tablePrinters,
  ...constraintPrinters,
  ...queryPrinters,
  ...restPrinters,
};

/** Roles belong to the whole server, so they are made where they are missing and stay. */
const ROLES = ['td_r1', 'td_r2'].map(
  (role) => `DO $$BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END$$`,
);

/** @param version as the server numbers it: 150020 */
export function printModel(model: Model, version: number): string {
  const world = new World(model, version);
  const statements: string[] = [];
  const late: string[] = [];
  for (const kind of KIND_ORDER) {
    const things = [...model.values()].filter((thing) => thing.kind === kind);
    for (const thing of things.toSorted((a, b) => a.number - b.number || (a.on < b.on ? -1 : 1))) {
      // What it is a part of may have lost its own ground.
      const choices = new Choices(thing);
      const printed = thing.on === '' || isThere(thing.on, world) ? PRINTERS[kind](choices, world) : null;
      if (printed === null) continue;
      statements.push(...printed.sql);
      late.push(...remarks(choices, printed));
    }
  }
  return [...ROLES, ...statements, ...ownedSequences(model, world), ...replicaIdentities(model, world), ...late]
    .map((sql) => `${sql};\n`)
    .join('');
}

function isThere(id: string, world: World): boolean {
  const kind = id.split(' ')[0];
  return kind === 'wrapper'
    ? world.model.has(id)
    : kind === 'server'
      ? world.names.has('server')
      : world.relations.has(id);
}

/** Comments, owners and privileges come last: what is created must not go by them. */
function remarks(choices: Choices, { subject, owned, granted }: Printed): string[] {
  const sql: string[] = [];
  if (owned !== undefined && choices.has('owner'))
    sql.push(`ALTER ${owned} OWNER TO ${choices.of('owner', ['td_r1', 'td_r2'])!}`);
  if (subject !== undefined && choices.has('comment'))
    sql.push(`COMMENT ON ${subject} IS 'About ${choices.number('comment')}: it''s "so" – \\n'`);
  if (granted !== undefined && choices.has('grant')) sql.push(grant(choices.number('grant'), granted));
  return sql;
}

function grant(choice: number, { on, privileges, columns }: NonNullable<Printed['granted']>): string {
  const chosen = privileges.filter((_, at) => ((choice >> at) & 1) === 1);
  const some = chosen.length === 0 ? privileges.slice(0, 1) : chosen;
  const grantee = ['td_r1', 'td_r2', 'PUBLIC', 'td_r1, td_r2'][choice % 4]!;
  const option = choice % 5 === 0 && grantee !== 'PUBLIC' ? ' WITH GRANT OPTION' : '';
  const list = some.map((privilege) => (columns === undefined ? privilege : `${privilege} (${columns})`)).join(', ');
  return `GRANT ${list} ON ${on} TO ${grantee}${option}`;
}

function things(model: Model, kind: ThingKind): Thing[] {
  return [...model.values()].filter((thing) => thing.kind === kind);
}

function ownedSequences(model: Model, world: World): string[] {
  return things(model, 'sequence').flatMap((thing) => {
    const choices = new Choices(thing);
    const name = world.names.get(`sequence ${thing.number}`);
    const id = `table ${1 + (choices.number('ownedBy') % 5)}`;
    const relation = world.relations.get(id);
    const column = relation?.columns[0];
    if (!choices.has('ownedBy') || name === undefined || relation === undefined || column === undefined) return [];
    if (relation.kind === 'foreign' || relation.sql.split('.')[0] !== name.split('.')[0]) return [];
    return [`ALTER SEQUENCE ${name} OWNED BY ${relation.sql}.${column.name}`];
  });
}

function replicaIdentities(model: Model, world: World): string[] {
  return things(model, 'table').flatMap((thing) => {
    const choice = new Choices(thing).number('replica');
    const relation = world.relations.get(`table ${thing.number}`);
    const hasKey = world.primaryKeys.has(`table ${thing.number}`);
    if (choice === 0 || relation === undefined || relation.kind === 'foreign') return [];
    const key = /^[a-z]\w*$/.test(relation.name)
      ? `${relation.name}_pkey`
      : `"${relation.name.replaceAll(/[" ]/g, '')}_pkey"`;
    const identity = hasKey ? ['FULL', 'NOTHING', `USING INDEX ${key}`][choice % 3]! : ['FULL', 'NOTHING'][choice % 2]!;
    return [`ALTER TABLE ${relation.sql} REPLICA IDENTITY ${identity}`];
  });
}
