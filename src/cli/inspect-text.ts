import { KINDS, type Kind } from '../schema/kinds.ts';
import { keyOf, type ObjectId, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { counted, nounOf } from './nouns.ts';
import { detailOf, headingOf, isOnAnother, oneLine, plainTypes, shortPath, summaryOf } from './object-text.ts';
import { table, type Paint } from './output.ts';

export interface InspectedText {
  readonly schema: Schema;
  readonly said: string;
  /** `PostgreSQL 15.20` */
  readonly title: string;
}

const RANK = new Map((Object.keys(KINDS) as Kind[]).map((kind, at) => [kind, at]));

/** What a schema holds: by schema and table, columns with their types, everything else in a line. */
export function inspectText({ schema, said, title }: InspectedText, paint: Paint): string {
  const parts = new Map<ObjectId, SchemaObject[]>();
  const wholes: SchemaObject[] = [];
  for (const object of schema.objects()) {
    const whole = headingOf(object).ids.find((id) => schema.has(id));
    if (whole === undefined || whole === keyOf(object)) wholes.push(object);
    else parts.set(whole, [...(parts.get(whole) ?? []), object]);
  }
  const head = `${said}: ${overview(wholes)} (${title})`;
  if (wholes.length === 0) return head;
  const groups = new Map<string, SchemaObject[]>();
  for (const object of wholes) {
    const place = object.path.length > 1 && object.kind !== 'cast' ? object.path[0]! : '';
    if (object.kind !== 'schema') groups.set(place, [...(groups.get(place) ?? []), object]);
    else if (!groups.has(object.path[0]!)) groups.set(object.path[0]!, []);
  }
  const names = [...groups.keys()].sort();
  const text = names.flatMap((name) => {
    const objects = groups.get(name)!.sort(inOrder);
    const lines = objects.flatMap((object) => objectLines(object, parts.get(keyOf(object)) ?? [], schema, paint));
    return ['', paint('bold', name === '' ? 'database' : name), ...(lines.length === 0 ? ['  (empty)'] : lines)];
  });
  return [head, ...text].join('\n');
}

function inOrder(a: SchemaObject, b: SchemaObject): number {
  return RANK.get(a.kind)! - RANK.get(b.kind)! || (keyOf(a) < keyOf(b) ? -1 : 1);
}

/** `3 tables, 1 view, 2 functions` */
function overview(wholes: readonly SchemaObject[]): string {
  const counts = new Map<string, number>();
  for (const object of wholes.filter(({ kind }) => kind !== 'schema' && !isOnAnother(kind)).sort(inOrder)) {
    const noun = nounOf(object);
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
  }
  return counts.size === 0 ? 'no objects' : [...counts].map(([noun, number]) => counted(number, noun)).join(', ');
}

function objectLines(object: SchemaObject, parts: readonly SchemaObject[], schema: Schema, paint: Paint): string[] {
  const name = object.path.length > 1 ? shortPath(object.path.slice(1, 2)) : shortPath(object.path);
  const args = object.kind === 'routine' || object.kind === 'aggregate' ? `(${object.path.slice(2).join(', ')})` : '';
  const detail = [summaryOf(parts), detailOf(object)].find((text) => text !== '') ?? '';
  const head = `  ${nounOf(object)} ${paint('cyan', `${name}${args}`)}${detail === '' ? '' : `   ${paint('dim', detail)}`}`;
  const shown = parts
    .filter(({ kind }) => kind !== 'default' && !isOnAnother(kind))
    .filter((part) => !(part.kind === 'constraint' && part.definition.type === 'NOT NULL'))
    .sort((a, b) => RANK.get(a.kind)! - RANK.get(b.kind)!)
    .map((part) => [
      `    ${part.kind === 'column' ? '' : `${nounOf(part)} `}${part.path.at(-1)!}`,
      partDetail(part, schema),
    ]);
  return shown.length === 0 ? [head] : [head, table(shown)];
}

function partDetail(part: SchemaObject, schema: Schema): string {
  const detail = detailOf(part);
  if (part.kind !== 'column') return detail;
  const value = schema.find('default', part.path);
  return value === undefined ? detail : `${detail} DEFAULT ${plainTypes(oneLine(value.definition.expression))}`;
}
