import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';

/** A table below another: by partition or by inheritance. */
interface Link {
  readonly id: string;
  readonly child: Path;
  readonly parent: Path;
}

/** What a table is a partition of or inherits from. */
export function linksUp(table: Path, schema: Schema): Link[] {
  const id = idOf('table', table);
  const partition = schema.find('partition', table);
  return [
    ...(partition === undefined ? [] : [{ id: keyOf(partition), child: table, parent: partition.definition.of }]),
    ...schema.parts(id, 'inheritance').map((link) => ({ id: keyOf(link), child: table, parent: link.path.slice(2) })),
  ].filter((link) => link.child !== link.parent);
}

/** What is a partition of a table or inherits from it, directly. */
export function linksDown(table: Path, schema: Schema): Link[] {
  const isHere = (path: Path): boolean => path[0] === table[0] && path[1] === table[1];
  return schema.dependents(idOf('table', table)).flatMap(({ id }): Link[] => {
    const object = schema.get(id)!;
    if (object.kind === 'partition') {
      return isHere(object.definition.of) ? [{ id, child: object.path, parent: table }] : [];
    }
    if (object.kind !== 'inheritance' || !isHere(object.path.slice(2))) return [];
    return [{ id, child: object.path.slice(0, 2), parent: table }];
  });
}

/** The tables above that stay so all along: what is done to their columns reaches this one. */
export function steadyParents(table: Path, context: PlanContext): Path[] {
  return linksUp(table, context.to)
    .filter(({ id }) => context.from.has(id) && context.fate(id) === 'keep')
    .map(({ parent }) => parent);
}

/** All tables below, as far as they stay so; `null` where one comes or goes. */
export function steadyDescendants(table: Path, context: PlanContext): Path[] | null {
  const found: Path[] = [];
  const queue: Path[] = [table];
  for (let at = 0; at < queue.length; at++) {
    const below = [...linksDown(queue[at]!, context.to), ...linksDown(queue[at]!, context.from)];
    const seen = new Set<string>();
    for (const { id, child } of below) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (context.fate(id) !== 'keep') return null;
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}

/** The tables below that stay so all along. */
export function steadyBelow(table: Path, context: PlanContext): Path[] {
  return linksDown(table, context.to)
    .filter(({ id }) => context.from.has(id) && context.fate(id) === 'keep')
    .flatMap(({ child }) => [child, ...steadyBelow(child, context)]);
}

export function hasChildren(table: Path, { from, to }: PlanContext): boolean {
  return linksDown(table, to).length > 0 || linksDown(table, from).length > 0;
}
