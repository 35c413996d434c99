import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf } from './alter-table.ts';
import { longestRising } from './rising.ts';

type Column = ObjectOf<'column'>;

/** A column in the server's words; its collation only where it is another than the table's. */
export function columnClause({ path, definition }: Column, { to }: Pick<PlanContext, 'to'>): string {
  const { type, collation, clauses = [] } = definition;
  const options = to.find('table', [path[0]!])?.definition.options ?? [];
  const isOther = collation !== undefined && !options.includes(`COLLATE=${collation}`);
  return [quote(path[1]!), type, ...(isOther ? [`COLLATE ${collation}`] : []), ...clauses].join(' ');
}

export const column: KindRules<'column'> = {
  noun: () => 'column',
  create: (object, context) => [
    alterTable(object.path[0]!, `ADD COLUMN ${columnClause(object, context)}${placeOf(object)}`),
  ],
  drop: (object) => {
    const loss = { hazard: `Data loss: every value in ${nameOf(object.path)}.`, loses: [keyOf(object)] };
    return [alterTable(object.path[0]!, `DROP COLUMN ${quote(object.path[1]!)}`, isGenerated(object) ? {} : loss)];
  },
  alter: (from, to, context) => {
    // https://mariadb.com/kb/en/generated-columns/: what is computed is computed anew.
    if (!canModify(from, to)) return null;
    const isMoved = movedColumns(to.path[0]!, context).has(to.path[1]!);
    const { position: _before, ...before } = from.definition;
    const { position: _after, ...after } = to.definition;
    if (!isMoved && sameDefinition(before, after)) return [];
    const place = isMoved ? placeOf(to) : '';
    return [alterTable(to.path[0]!, `MODIFY COLUMN ${columnClause(to, context)}${place}`, hazardOf(from, to))];
  },
  rename: (from, to) => {
    const [old, now] = [from.path[1]!, to.path[1]!].map(quote);
    return [alterTable(from.path[0]!, `RENAME COLUMN ${old} TO ${now}`)];
  },
  renamedAsked: { loses: () => true },
  behind: ({ path, definition: { position } }) => (position ? [idOf('column', [path[0]!, position])] : []),
  group: tableOf,
};

function placeOf({ definition: { position } }: Column): string {
  if (position === undefined) return '';
  return position === '' ? ' FIRST' : ` AFTER ${quote(position)}`;
}

const textOf = ({ definition }: Column): string => (definition.clauses ?? []).join(' ');
const isGenerated = (object: Column): boolean => textOf(object).includes('GENERATED ALWAYS AS');
const isVirtual = (object: Column): boolean => isGenerated(object) && !/ (?:STORED|PERSISTENT)\b/.test(textOf(object));

function canModify(from: Column, to: Column): boolean {
  if (isGenerated(to))
    return (
      isGenerated(from) && sameDefinition({ ...from.definition, position: '' }, { ...to.definition, position: '' })
    );
  return !isVirtual(from);
}

function hazardOf(from: Column, to: Column): Omit<Statement, 'sql'> {
  const name = nameOf(to.path);
  const hazards: string[] = [];
  if (/\bNOT NULL\b/.test(textOf(to)) && !/\bNOT NULL\b/.test(textOf(from)))
    hazards.push(`Fails where a row has no value in ${name}.`);
  if (from.definition.type !== to.definition.type)
    hazards.push(`Fails where a value of ${name} does not fit ${to.definition.type}.`);
  return hazards.length === 0 ? {} : { hazard: hazards.join(' ') };
}

/** As they stand in the table: each behind the one that its position names. */
export function columnsInOrder(columns: readonly Column[]): Column[] {
  const behind = new Map(columns.map((object) => [object.definition.position, object]));
  const ordered: Column[] = [];
  for (let next = behind.get(''); next !== undefined; next = behind.get(next.path[1]!)) ordered.push(next);
  return ordered.length === columns.length ? ordered : [...columns];
}

/** The fewest columns that have to be put elsewhere, so that the others stay where they are. */
function movedColumns(table: string, { from, to }: PlanContext): ReadonlySet<string> {
  const id = idOf('table', [table]);
  const names = columnsInOrder(to.parts(id, 'column')).map(({ path }) => path[1]!);
  const kept = columnsInOrder(from.parts(id, 'column')).map(({ path }) => names.indexOf(path[1]!));
  const staying = new Set(longestRising(kept.filter((at) => at !== -1)).map((at) => names[at]!));
  return new Set(names.filter((name) => from.find('column', [table, name]) !== undefined && !staying.has(name)));
}
