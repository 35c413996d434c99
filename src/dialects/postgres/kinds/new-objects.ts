import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type SchemaObject } from '../../../schema/object.ts';
import { usualComment } from './comment.ts';
import { ownAtOnce } from './owner.ts';
import { grantsOfNew } from './privileges.ts';

/** What the server gives to a new object, or withholds from it, other than the schema at hand says. */
export function afterCreate(object: SchemaObject, context: PlanContext, isPart: boolean): Statement[] {
  // The sequence of a serial column has the owner of its table from the start.
  const owned = isPart ? [] : ownAtOnce(object, context);
  return [...grantsOfNew(object, context), ...owned, ...likePublic(object, context)];
}

/** A schema public that people make lacks what the server's own one comes with. */
function likePublic({ kind, path }: SchemaObject, { to, version }: PlanContext): Statement[] {
  if (kind !== 'schema' || path[0] !== 'public') return [];
  const subject = [kind, ...path];
  const isServers = version >= 150000 && !to.has(idOf('owner', subject));
  return [
    ...(isServers ? [{ sql: 'ALTER SCHEMA public OWNER TO pg_database_owner' }] : []),
    ...(to.has(idOf('comment', subject)) ? [] : [usualComment(subject, to)]),
  ];
}
