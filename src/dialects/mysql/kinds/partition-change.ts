import { quote } from '../quote.ts';
import { listOf, readPartitioning, type Partitioning, type ReadPartition } from './partition-text.ts';

/** A clause of ALTER TABLE. */
export interface PartitionClause {
  readonly clause: string;
  /** It can have no other clause beside it. https://dev.mysql.com/doc/refman/8.4/en/alter-table-partition-operations.html */
  readonly alone: boolean;
  readonly hazard?: string;
}

/** How partitions become others while every row stays: what would drop rows is done by distributing them anew. */
export function changePartitioning(before: string | undefined, after: string | undefined): PartitionClause | null {
  if (before === after) return null;
  if (after === undefined) return { clause: 'REMOVE PARTITIONING', alone: false };
  const whole: PartitionClause = {
    clause: `PARTITION BY ${after}`,
    alone: false,
    hazard: 'Fails where a row fits no partition.',
  };
  if (before === undefined) return whole;
  const [from, to] = [readPartitioning(before), readPartitioning(after)];
  if (from.scheme !== to.scheme) return whole;
  return changed(from, to) ?? whole;
}

function changed(from: Partitioning, to: Partitioning): PartitionClause | null {
  if (/^(?:LINEAR )?(?:HASH|KEY)\b/.test(to.scheme)) return recounted(from, to);
  if (to.scheme.startsWith('SYSTEM_TIME')) return moreHistory(from, to);
  if (!/^(?:RANGE|LIST)\b/.test(to.scheme) || to.partitions.length === 0) return null;
  const { gone, come, next } = difference(from.partitions, to.partitions);
  if (gone.length === 0 && next === undefined) return { clause: `ADD PARTITION ${listOf(come)}`, alone: true };
  const isRange = to.scheme.startsWith('RANGE');
  if (gone.length > 0 && come.length > 0)
    return isRange && !isSameEnd(gone, come, next) ? null : reorganized(gone, come);
  // The rows of a range that goes are those of the next one; those of a list have no other.
  return next === undefined || (gone.length > 0 && !isRange) ? null : reorganized([...gone, next], [...come, next]);
}

function reorganized(gone: readonly ReadPartition[], come: readonly ReadPartition[]): PartitionClause {
  const names = gone.map(({ name }) => quote(name)).join(', ');
  return {
    clause: `REORGANIZE PARTITION ${names} INTO ${listOf(come)}`,
    alone: true,
    hazard: `Copies the rows of ${names.replaceAll('`', '')}, and fails where one fits no partition.`,
  };
}

/** What lies between the partitions that both begin with and those that both end with, and the first of the latter. */
function difference(
  from: readonly ReadPartition[],
  to: readonly ReadPartition[],
): { gone: readonly ReadPartition[]; come: readonly ReadPartition[]; next: ReadPartition | undefined } {
  const isSame = (a: ReadPartition | undefined, b: ReadPartition | undefined): boolean => a?.text === b?.text;
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && isSame(from[start], to[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(from.at(-1 - end), to.at(-1 - end))) end += 1;
  return {
    gone: from.slice(start, from.length - end),
    come: to.slice(start, to.length - end),
    next: end === 0 ? undefined : to.at(-end),
  };
}

/** "Reorganize of range partitions cannot change total ranges except for last partition where it can extend the range". */
function isSameEnd(
  gone: readonly ReadPartition[],
  come: readonly ReadPartition[],
  next: ReadPartition | undefined,
): boolean {
  const [before, after] = [boundOf(gone.at(-1)!), boundOf(come.at(-1)!)];
  if (before === after) return true;
  if (next !== undefined) return false;
  if (after === 'MAXVALUE') return true;
  const [old, now] = [before, after].map((bound) => /^\((-?\d+)\)$/.exec(bound)?.[1]);
  return old !== undefined && now !== undefined && BigInt(now) > BigInt(old);
}

function boundOf({ text }: ReadPartition): string {
  return /VALUES LESS THAN (MAXVALUE|\(.*?\)(?= [A-Z]|$))/s.exec(text)?.[1] ?? '';
}

function recounted(from: Partitioning, to: Partitioning): PartitionClause | null {
  if (from.count === undefined || to.count === undefined || from.partitions.length + to.partitions.length > 0)
    return null;
  const more = to.count - from.count;
  const clause = more > 0 ? `ADD PARTITION PARTITIONS ${more}` : `COALESCE PARTITION ${-more}`;
  return { clause, alone: true };
}

/** New partitions for history come before the one for what is current. */
function moreHistory(from: Partitioning, to: Partitioning): PartitionClause | null {
  const { gone, come } = difference(from.partitions, to.partitions);
  const isMore = gone.length === 0 && come.length > 0 && from.count === to.count;
  return isMore ? { clause: `ADD PARTITION ${listOf(come)}`, alone: true } : null;
}
