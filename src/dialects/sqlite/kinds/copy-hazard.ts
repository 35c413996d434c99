import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { defaultOf, type Column } from './column.ts';
import type { Constraint } from './constraint.ts';
import { columnsOf } from './rebuilt.ts';

type Table = ObjectOf<'table'>;

/** What rows of the old table may have that the new one does not take; undefined where it takes them all. */
export function copyHazard(from: Table, to: Table, context: PlanContext): string | undefined {
  const reasons = [
    ...ofColumns(from, to, context),
    ...ofConstraints(from, to, context),
    ...(isStrict(to) && !isStrict(from) ? [`a value of ${nameOf(to.path)} is not of its column's type`] : []),
  ];
  return reasons.length === 0 ? undefined : `Fails where ${reasons.join(', or where ')}.`;
}

const isStrict = ({ definition }: Table): boolean => definition.clauses?.includes('STRICT') === true;

function ofColumns(from: Table, to: Table, { from: before, to: after, fills }: PlanContext): string[] {
  const old = columnsByName(from, before);
  return columnsOf(to, after).flatMap((column): string[] => {
    const { notNull, expression } = column.definition;
    if (!notNull || expression !== undefined || fills?.has(keyOf(column)) === true) return [];
    const was = old.get(column.path[1]!.toLowerCase());
    if (was !== undefined) return was.definition.notNull ? [] : [`${nameOf(column.path)} is NULL in any row`];
    if (defaultOf(column) !== undefined) return [];
    return [`${nameOf(to.path)} has rows: they have no value for ${nameOf(column.path.slice(1))}`];
  });
}

function ofConstraints(from: Table, to: Table, { from: before, to: after }: PlanContext): string[] {
  const name = nameOf(to.path);
  const old = columnsByName(from, before);
  const held = new Set(before.parts(keyOf(from), 'constraint').map((one) => ruleOf(one, old)));
  const now = columnsByName(to, after);
  return after.parts(keyOf(to), 'constraint').flatMap((one): string[] => {
    const { type, definition, columns = [], references = [] } = one.definition;
    if (held.has(ruleOf(one, now))) return [];
    switch (type) {
      case 'CHECK':
        return [`a row of ${name} does not satisfy ${definition}`];
      case 'FOREIGN KEY':
        return [`a row of ${name} refers to none of ${references.join(', ')}`];
      default:
        return [`two rows of ${name} are alike in (${columns.join(', ')})`];
    }
  });
}

/** What it asks of rows, whatever it is called and whatever happens where they do not have it. */
function ruleOf(
  { definition: { type, definition, columns = [] } }: Constraint,
  all: ReadonlyMap<string, Column>,
): string {
  if (type === 'CHECK') return definition;
  if (type === 'FOREIGN KEY') return definition.replace(/ (?:ON|MATCH|DEFERRABLE) .*$/, '');
  const collations = columns.map((column) => all.get(column.toLowerCase())?.definition.collation);
  const collated = /COLLATE/.test(definition) ? definition : '';
  return JSON.stringify([columns, collations, collated]).toLowerCase();
}

function columnsByName(table: Table, schema: Schema): Map<string, Column> {
  const columns = schema.parts(idOf('table', table.path), 'column');
  return new Map(columns.map((column) => [column.path[1]!.toLowerCase(), column]));
}
