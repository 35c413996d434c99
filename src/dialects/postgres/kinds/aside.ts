import type { PlanContext, Statement } from '../../../diff/rules.ts';
import type { Kind } from '../../../schema/kinds.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const MAX_BYTES = 63;

/** Renames a type out of the way of the one that replaces it; its array type goes along. */
export function moveType<K extends Kind>(
  object: ObjectOf<K>,
  context: PlanContext,
): { statements: Statement[]; moved: ObjectOf<K> } {
  const [schema, name] = object.path;
  const spare = spareName(schema!, name!, context);
  return {
    statements: [{ sql: `ALTER TYPE ${qualified(object.path)} RENAME TO ${ident(spare)}` }],
    moved: { ...object, path: [schema!, spare] },
  };
}

/** A name that nothing in that schema has, before or after. */
export function spareName(schema: string, name: string, { from, to }: PlanContext): string {
  const taken = new Set<string>();
  for (const side of [from, to]) {
    for (const { path } of side.objects()) if (path[0] === schema && path[1] !== undefined) taken.add(path[1]);
  }
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '_old' : `_old${count}`;
    const candidate = cut(name, MAX_BYTES - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

function cut(name: string, bytes: number): string {
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}
