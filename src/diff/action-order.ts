import { isKind, KINDS } from '../schema/kinds.ts';
import { keyOf, type ObjectId, type SchemaObject } from '../schema/object.ts';
import { rulesFor } from './lookup.ts';
import type { Fate, KindTable, PlanContext } from './rules.ts';

/** What is done to an object: each is a node of the graph, named by its letter and the object's id. */
export type Verb = 'create' | 'drop' | 'alter' | 'move' | 'carry';

/** The node of an action. */
export const nodeOf = (verb: Verb, id: ObjectId): string => `${verb} ${id}`;

type SortKey = readonly [number, number, string, string];

/** The smaller comes first where nothing else decides. */
export function actionOrder(
  sides: Pick<PlanContext, 'from' | 'to'>,
  fates: ReadonlyMap<ObjectId, Fate>,
  kinds: KindTable,
): (a: string, b: string) => number {
  const keys = new Map<string, SortKey>();
  const keyFor = (node: string): SortKey => {
    let key = keys.get(node);
    if (key === undefined) keys.set(node, (key = sortKey(node, sides, fates, kinds)));
    return key;
  };
  return (a, b) => {
    const left = keyFor(a);
    const right = keyFor(b);
    for (let at = 0; at < left.length; at++) {
      if (left[at]! < right[at]!) return -1;
      if (left[at]! > right[at]!) return 1;
    }
    return 0;
  };
}

/** When, which kind, whose, what. */
function sortKey(
  node: string,
  { from, to }: Pick<PlanContext, 'from' | 'to'>,
  fates: ReadonlyMap<ObjectId, Fate>,
  kinds: KindTable,
): SortKey {
  const [verb, id] = splitNode(node);
  const object = to.get(id) ?? from.get(id)!;
  const { moment } = rulesFor(kinds, object);
  const rank = rankOf(id);
  if (verb === 'drop') {
    const isEarly = moment?.drop === 'first' || fates.get(id) === 'replace';
    const time = isEarly ? 0 : moment?.drop === 'last' ? 4 : 3;
    return [time, -rank, subjectName(object), id];
  }
  if (verb === 'alter' && moment?.alter === 'first') return [-1, rank, subjectName(object), id];
  if (verb === 'alter' && moment?.alter === 'last') return [5, rank, subjectName(object), id];
  const time = verb === 'create' && moment?.create === 'last' ? 5 : moment?.create === 'first' ? 1 : 2;
  return [time, rank, subjectName(object), id];
}

const RANK = new Map(Object.keys(KINDS).map((kind, at) => [kind, at]));

/** Where its kind stands in the list of kinds, which has wholes before parts. */
export function rankOf(id: ObjectId): number {
  return RANK.get(id.slice(0, id.indexOf(':')))!;
}

/** What a comment or a grant is on counts as its own name, so that they stand behind it. */
function subjectName({ path }: SchemaObject): string {
  const [first, ...rest] = path;
  return first !== undefined && isKind(first) && rest.length > 0 ? keyOf({ kind: first, path: rest }) : path.join('\0');
}

/** What an action does, and to what. */
export function splitNode(node: string): [Verb, ObjectId] {
  const at = node.indexOf(' ');
  return [node.slice(0, at) as Verb, node.slice(at + 1)];
}
