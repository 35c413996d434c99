import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { stampsNulls } from '../flavor.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf, type MysqlStatement } from './alter-table.ts';
import { changeOf, converts, isFixed, isWeighty, type ColumnChange } from './column-change.ts';
import { columnText } from './column-text.ts';
import type { OnlineStep } from './online.ts';
import { longestRising } from './rising.ts';
import { STRICT } from './session.ts';
import { collationOf } from './table-options.ts';

export type Column = ObjectOf<'column'>;

/** A column in the server's words; its collation only where it is another than the table's. */
export function columnClause({ path, definition }: Column, { to }: Pick<PlanContext, 'to'>): string {
  const table = to.find('table', [path[0]!]);
  const isOther = table === undefined || definition.collation !== collationOf(table);
  return `${quote(path[1]!)} ${columnText({ ...definition, collation: isOther ? definition.collation : undefined })}`;
}

export const column: KindRules<'column'> = {
  noun: () => 'column',
  create: addColumn,
  drop: (object) => {
    const isGenerated = object.definition.generated !== undefined;
    const loss = { hazard: `Data loss: every value in ${nameOf(object.path)}.`, loses: [keyOf(object)] };
    const said = isGenerated ? {} : { step: 'drop column' as const, ...loss };
    return [alterTable(object.path[0]!, `DROP COLUMN ${quote(object.path[1]!)}`, said)];
  },
  alter: (from, to, context) => {
    if (!canModify(from, to)) return null;
    const isMoved = movedColumns(to.path[0]!, context).has(to.path[1]!);
    const { position: _before, ...before } = from.definition;
    const { position: _after, ...after } = to.definition;
    if (!isMoved && sameDefinition(before, after)) return [];
    return modify(from, to, isMoved, context);
  },
  rename: (from, to) => {
    const [old, now] = [from.path[1]!, to.path[1]!].map(quote);
    return [alterTable(from.path[0]!, `RENAME COLUMN ${old} TO ${now}`, { step: 'rename column' })];
  },
  renamedAsked: { loses: ({ definition }) => definition.generated === undefined },
  // Names of columns are alike whatever their case: https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
  identity: ({ path }) => `${path[0]}.${path[1]!.toLowerCase()}`,
  // What says no collation gets that which its table has by then.
  behind: ({ path, definition: { position } }) => [
    idOf('table', [path[0]!]),
    ...(position ? [idOf('column', [path[0]!, position])] : []),
  ],
  disturbs: (from, to, dependent) => {
    if (isFixed(changeOf(from, to))) return false;
    // A foreign key holds on to the types on both of its ends (errors 1833, 3780), a functional index to what it is over:
    // https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-functional-key-parts
    if (dependent.kind === 'index') return dependent.definition.definition.includes('((');
    return dependent.kind === 'constraint' && dependent.definition.type === 'FOREIGN KEY';
  },
  group: tableOf,
};

function addColumn(object: Column, context: PlanContext): MysqlStatement[] {
  const [table, name] = object.path as [string, string];
  const { generated, notNull, clauses = [] } = object.definition;
  const step = generated === undefined && !isWeighty(object) ? 'add column' : undefined;
  const place = placeOf(object);
  const define = (one: Column): string => `ADD COLUMN ${columnClause(one, context)}${place}`;
  const isCounter = clauses.includes('AUTO_INCREMENT');
  const asks =
    notNull === true && generated === undefined && !isCounter && !clauses.some((clause) => VALUE.test(clause));
  const isReplaced = context.fate(keyOf(object)) === 'replace';
  if (!asks || isReplaced)
    return [alterTable(table, define(object), { step: isCounter ? undefined : step, ...zeroDate(object) })];
  const fill = context.fills?.get(keyOf(object));
  if (fill === undefined) {
    const hazard = `Rows of ${table} get the empty value of its type in ${nameOf(object.path)}: it has no default.`;
    return [alterTable(table, define(object), { step, hazard, ...zeroDate(object) })];
  }
  const { notNull: _, ...nullable } = object.definition;
  return [
    alterTable(table, define({ ...object, definition: nullable }), { step }),
    { sql: `UPDATE ${quote(table)} SET ${quote(name)} = ${fill}` },
    alterTable(table, `MODIFY COLUMN ${columnClause(object, context)}`, { step: 'not null', session: STRICT }),
  ];
}

const VALUE = /^(?:DEFAULT (?!NULL$)|GENERATED )/;

/** A zero date, also as a default, is refused where the site's sql_mode has NO_ZERO_DATE. */
function zeroDate({ definition: { clauses = [] } }: Column): Pick<MysqlStatement, 'session'> {
  return clauses.some((clause) => /^DEFAULT '\d{4}-(?:00|\d\d-00)/.test(clause)) ? { session: STRICT } : {};
}

function modify(from: Column, to: Column, isMoved: boolean, context: PlanContext): MysqlStatement[] {
  const [table, name] = to.path as [string, string];
  const change = changeOf(from, to);
  const clause = `MODIFY COLUMN ${columnClause(to, context)}${isMoved ? placeOf(to) : ''}`;
  const fill = change.becomesNotNull ? context.fills?.get(keyOf(to)) : undefined;
  const filling =
    fill === undefined
      ? []
      : [{ sql: `UPDATE ${quote(table)} SET ${quote(name)} = ${fill} WHERE ${quote(name)} IS NULL` }];
  const hazard = hazardOf(to, change, fill !== undefined, context);
  const isCounter =
    to.definition.clauses?.includes('AUTO_INCREMENT') && !from.definition.clauses?.includes('AUTO_INCREMENT');
  const needsStrict = change.becomesNotNull || change.type === 'other' || isCounter === true;
  return [
    ...filling,
    alterTable(table, clause, {
      step: isWeighty(to) ? undefined : stepOf(change, isMoved),
      ...(hazard === '' ? {} : { hazard }),
      ...(needsStrict ? { session: STRICT } : zeroDate(to)),
    }),
  ];
}

function hazardOf(
  { path, definition: { type } }: Column,
  change: ColumnChange,
  isFilled: boolean,
  { flavor }: PlanContext,
): string {
  const name = nameOf(path);
  const hazards: string[] = [];
  const isStamped = type.startsWith('timestamp') && stampsNulls(flavor);
  if (change.becomesNotNull && !isFilled) {
    hazards.push(
      isStamped
        ? `Rows without a value in ${name} get the time at which this runs.`
        : `Fails where a row has no value in ${name}.`,
    );
  }
  if (change.rounds) hazards.push(`Values of ${name} are rounded to ${type}.`);
  if (change.type === 'other') hazards.push(`Fails where a value of ${name} does not fit ${type}.`);
  return hazards.join(' ');
}

function stepOf(change: ColumnChange, isMoved: boolean): OnlineStep | undefined {
  const step = singleStep(change);
  if (!isMoved) return step;
  return step === 'describe column' ? 'move column' : undefined;
}

function singleStep({ type, becomesNotNull, becomesNullable, rest }: ColumnChange): OnlineStep | undefined {
  if (rest === 'other' || type === 'other' || type === 'larger') return undefined;
  if (type !== 'same')
    return becomesNotNull || becomesNullable ? undefined : type === 'wider' ? 'widen column' : 'extend list';
  return becomesNotNull ? 'not null' : becomesNullable ? 'nullable' : 'describe column';
}

function placeOf({ definition: { position } }: Column): string {
  if (position === undefined) return '';
  return position === '' ? ' FIRST' : ` AFTER ${quote(position)}`;
}

/** https://mariadb.com/kb/en/generated-columns/: how a column is computed cannot be changed, nor whether it is stored. */
function canModify(from: Column, to: Column): boolean {
  if (!converts(from.definition.type, to.definition.type)) return false;
  const isAlike = (field: 'generated' | 'expression' | 'type' | 'collation'): boolean =>
    from.definition[field] === to.definition[field];
  if (to.definition.generated === undefined) return from.definition.generated !== 'virtual';
  return (['generated', 'expression', 'type', 'collation'] as const).every(isAlike);
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
