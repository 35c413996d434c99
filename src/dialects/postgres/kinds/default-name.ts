import type { PlanContext } from '../../../diff/rules.ts';
import { keyOf, type ObjectId, type Path, type SchemaObject } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const MAX_BYTES = 63;

/** The name the server gives: parts joined by `_`, the longer of the first two cut first (makeObjectName). */
export function defaultName(first: string, second: string, label: string): string {
  const available = MAX_BYTES - Buffer.byteLength(label) - 1 - (second === '' ? 0 : 1);
  let left = Buffer.byteLength(first);
  let right = Buffer.byteLength(second);
  while (left + right > available) {
    if (left > right) left -= 1;
    else right -= 1;
  }
  const middle = second === '' ? '' : `_${cutBytes(second, right)}`;
  return `${cutBytes(first, left)}${middle}_${label}`;
}

/** The columns' part of such a name (ChooseIndexNameAddition). */
export function joinedColumns(columns: readonly string[]): string {
  let joined = '';
  for (const column of columns) {
    joined += joined === '' ? column : `_${column}`;
    if (Buffer.byteLength(joined) > MAX_BYTES) break;
  }
  return joined;
}

/** As many whole characters as fit. */
export function cutBytes(name: string, bytes: number): string {
  let kept = '';
  let used = 0;
  for (const character of name) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    kept += character;
  }
  return kept;
}

const NAMED = new WeakMap<Schema, Map<string, ObjectId[]>>();

/** What has that name in a schema, of relations and of what hangs on them. */
function holders(side: Schema, name: string): readonly ObjectId[] {
  let known = NAMED.get(side);
  if (known === undefined) {
    known = new Map();
    for (const object of side.objects()) {
      const key = keyIn(object);
      if (key === null) continue;
      const list = known.get(key);
      if (list === undefined) known.set(key, [keyOf(object)]);
      else list.push(keyOf(object));
    }
    NAMED.set(side, known);
  }
  return known.get(name) ?? [];
}

const ON_RELATIONS = new Set(['constraint', 'index']);
const RELATIONS = new Set(['table', 'view', 'materializedView', 'sequence', 'compositeType']);

function keyIn({ kind, path }: SchemaObject): string | null {
  if (ON_RELATIONS.has(kind)) return `${path[0]}\0${path[2]}`;
  return RELATIONS.has(kind) ? `${path[0]}\0${path[1]}` : null;
}

/** Whether the server, asked for no name, gives this one: the name is the usual one, and nothing else has had it. */
export function isGiven(object: SchemaObject, usual: string, { from, to }: PlanContext): boolean {
  const [schema, , name] = object.path as Path & [string, string, string];
  if (name !== usual) return false;
  const self = keyOf(object);
  return [from, to].every((side) => holders(side, `${schema}\0${name}`).every((id) => id === self));
}
