import { idOf } from '../../../schema/object.ts';
import type { ColumnPlace } from '../../row-rules.ts';

/** Whether values may become others on their way into a column of the same type. */
export function convertsValues(before: ColumnPlace, after: ColumnPlace): boolean {
  // The rowid under another name gives a row that has no number one: https://www.sqlite.org/lang_createtable.html#rowid
  if (isRowid(after) && !isRowid(before)) return true;
  // ANY takes a text of digits as it is in a STRICT table alone: https://www.sqlite.org/stricttables.html
  return before.column.definition.type === 'any' && isOf('STRICT', before) !== isOf('STRICT', after);
}

function isRowid(place: ColumnPlace): boolean {
  const { column, schema } = place;
  const [table, name] = column.path;
  const constraints = schema.parts(idOf('table', [table!]), 'constraint');
  const key = constraints.find(({ definition }) => definition.type === 'PRIMARY KEY')?.definition;
  const isAlone = key?.columns?.length === 1 && key.columns[0] === name;
  const isInteger = column.definition.type === 'integer' && !isOf('WITHOUT ROWID', place);
  return isAlone && isInteger && !key.definition.startsWith('PRIMARY KEY DESC');
}

function isOf(clause: string, { column, schema }: ColumnPlace): boolean {
  return schema.find('table', [column.path[0]!])?.definition.clauses?.includes(clause) === true;
}
