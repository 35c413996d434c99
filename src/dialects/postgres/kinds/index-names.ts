import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { linksDown } from './relation-tree.ts';

type Index = ObjectOf<'index'>;

/** The indexes of partitions that are parts of one. */
function partsOfIndex(path: Path, side: Schema): Index[] {
  return side.parts(idOf('index', path), 'index').filter(({ definition }) => sameDefinition(definition.parent, path));
}

/** Whether CREATE INDEX on the partitioned table makes all its parts just as they are wanted. */
export function makesParts(index: Index, to: Schema): boolean {
  if (index.definition.invalid === true) return false;
  const parts = partsOfIndex(index.path, to);
  return (
    linksDown(index.path.slice(0, 2), to).every(({ child }) =>
      parts.some(({ path }) => sameDefinition(path.slice(0, 2), child)),
    ) && parts.every((part) => part.definition.given === undefined && isUsualPart(part, index) && makesParts(part, to))
  );
}

/** The server gives a part the storage options of the whole. */
function isUsualPart({ definition: { options, statistics, tablespace } }: Index, whole: Index | undefined): boolean {
  const isLikeWhole = sameDefinition(options, whole?.definition.options);
  return isLikeWhole && statistics === undefined && tablespace === undefined;
}

/** Whether an index is a part of another, or a part of its parts. */
export function isPartOf(index: Index, whole: Path, side: Schema): boolean {
  const { parent } = index.definition;
  if (parent === undefined) return false;
  if (sameDefinition(parent, whole)) return true;
  const above = side.find('index', parent);
  return above !== undefined && isPartOf(above, whole, side);
}

/** Whether a new partition gets it by itself, as its parent has it already. */
export function comesWithPartition(index: Index, context: PlanContext): boolean {
  const { parent } = index.definition;
  const table = index.path.slice(0, 2);
  if (parent === undefined || !['create', 'replace'].includes(context.fate(idOf('partition', table)))) return false;
  const fate = context.fate(idOf('index', parent));
  if (fate === 'keep' || fate === 'alter') return true;
  const above = context.to.find('index', parent);
  return above !== undefined && comesWithPartition(above, context);
}

/** Such a one that CREATE TABLE makes just as it is wanted. */
export function isFollowedIndex(index: Index, context: PlanContext): boolean {
  return (
    index.definition.given === undefined &&
    isUsualPart(index, wholeOf(index, context.to)) &&
    comesWithPartition(index, context)
  );
}

/** The index of the partitioned table that it is a part of. */
export function wholeOf({ definition: { parent } }: Index, side: Schema): Index | undefined {
  return parent === undefined ? undefined : side.find('index', parent);
}
