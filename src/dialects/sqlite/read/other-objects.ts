import { idOf } from '../../../schema/object.ts';
import { ident } from '../kinds/ident.ts';
import { normalise, verbatim, withoutParentheses } from '../kinds/text.ts';
import { type Catalog, own } from './catalog.ts';
import { keyItem } from './constraint-object.ts';
import { Cursor, splitAtCommas } from './cursor.ts';
import type { StoredObject } from './pragmas.ts';

/** https://www.sqlite.org/lang_createindex.html */
export function putIndex({ name, table, sql }: StoredObject, catalog: Catalog): void {
  const cursor = new Cursor(sql);
  cursor.expect('CREATE');
  const unique = cursor.skip('UNIQUE');
  readName(cursor, 'INDEX');
  cursor.expect('ON');
  cursor.name();
  const from = cursor.at;
  const names = catalog.namesOf(table);
  const keys = splitAtCommas(sql, cursor.parenthesised()).map((key) => keyItem(sql, key, names));
  const parts = [`(${keys.join(', ')})`];
  if (cursor.skip('WHERE')) parts.push(`WHERE ${normalise(sql, withoutParentheses(sql, cursor.rest()), names)}`);
  if (!cursor.done) cursor.fail('WHERE');
  const needs = [own(idOf('table', [table]))].concat(catalog.columnsNamed(table, sql, cursor.since(from)));
  catalog.put('index', [table, name], { unique, definition: parts.join(' ') }, needs, sql);
}

/** https://www.sqlite.org/lang_createview.html */
export function putView({ name, sql }: StoredObject, catalog: Catalog): void {
  const cursor = new Cursor(sql);
  cursor.expect('CREATE');
  readName(cursor, 'VIEW');
  const columns = cursor.word() === '(' ? splitAtCommas(sql, cursor.parenthesised()) : [];
  cursor.expect('AS');
  const query = cursor.rest();
  const { names, needs } = catalog.mentioned(sql, query);
  const list = columns.map((column) => ident(new Cursor(sql, column).name().name)).join(', ');
  const definition = `${list === '' ? '' : `(${list}) `}AS ${normalise(sql, query, names)}`;
  catalog.put('view', [name], { columns: [], definition }, needs, sql);
}

/** https://www.sqlite.org/lang_createtrigger.html */
export function putTrigger({ name, table, sql }: StoredObject, catalog: Catalog): void {
  const relation = catalog.relation(table);
  const cursor = new Cursor(sql);
  cursor.expect('CREATE');
  readName(cursor, 'TRIGGER');
  const head = [cursor.skip('AFTER') ? 'AFTER' : cursor.skip('INSTEAD', 'OF') ? 'INSTEAD OF' : 'BEFORE'];
  if (head[0] === 'BEFORE') cursor.skip('BEFORE');
  const event =
    ['DELETE', 'INSERT', 'UPDATE'].find((word) => cursor.skip(word)) ?? cursor.fail('DELETE, INSERT or UPDATE');
  head.push(event);
  if (cursor.skip('OF')) head.push(`OF ${readColumns(cursor, relation, catalog).join(', ')}`);
  cursor.expect('ON');
  cursor.name();
  head.push(`ON ${ident(relation)}`);
  // The only way in which triggers fire.
  cursor.skip('FOR', 'EACH', 'ROW');
  const body = cursor.rest();
  const id = catalog.relationId(table);
  const { names } = catalog.mentioned(sql, cursor.all);
  const definition = `${head.join(' ')} ${normalise(sql, body, names)}`;
  catalog.put('trigger', [relation, name], { definition }, id === null ? [] : [own(id)], sql);
}

function readColumns(cursor: Cursor, table: string, catalog: Catalog): string[] {
  const columns: string[] = [];
  do columns.push(ident(catalog.column(table, cursor.name().name)));
  while (cursor.skip(','));
  return columns;
}

/** `name`, `main.name`, with the words before it. */
function readName(cursor: Cursor, kind: string): void {
  if (!cursor.skip('TEMP')) cursor.skip('TEMPORARY');
  cursor.expect(kind);
  cursor.skip('IF', 'NOT', 'EXISTS');
  cursor.name();
  if (cursor.skip('.')) cursor.name();
}

export interface VirtualTable {
  readonly module: string;
  /** The module with its arguments, which are its own business: as they were typed. */
  readonly using: string;
}

/** https://www.sqlite.org/lang_createvtab.html */
export function readVirtualTable(sql: string): VirtualTable {
  const cursor = new Cursor(sql);
  cursor.expect('CREATE', 'VIRTUAL');
  readName(cursor, 'TABLE');
  cursor.expect('USING');
  const module = cursor.name().name.toLowerCase();
  const inside = cursor.word() === '(' ? verbatim(sql, cursor.parenthesised()) : '';
  return { module, using: inside === '' ? ident(module) : `${ident(module)}(${inside})` };
}

export function putVirtualTable(name: string, sql: string, columns: readonly string[], catalog: Catalog): void {
  const { using } = readVirtualTable(sql);
  const id = idOf('table', [name]);
  catalog.put('table', [name], { using }, [], sql);
  for (const column of columns) catalog.put('column', [name, column], { type: '' }, [own(id)]);
}
