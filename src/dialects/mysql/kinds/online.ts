import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { PRIMARY } from './table-index.ts';
import { optionOf } from './table-options.ts';

/** What the server has to do for a clause of ALTER TABLE, where the manuals say how it does that. */
export type OnlineStep =
  | 'add column'
  | 'drop column'
  | 'rename column'
  | 'move column'
  /** Its default, its comment, whether it is seen. */
  | 'describe column'
  /** A varchar with room for more. */
  | 'widen column'
  /** Members at the end of an enum or set. */
  | 'extend list'
  | 'nullable'
  | 'not null'
  | 'add index'
  | 'add fulltext index'
  | 'add spatial index'
  | 'drop index'
  | 'rename index'
  | 'show index'
  | 'add primary key'
  | 'drop primary key'
  | 'add foreign key'
  | 'drop foreign key'
  | 'add check'
  | 'drop check'
  | 'describe table'
  | 'rebuild table';

/**
 * `light`: the rows stay where they are. `rebuild`: they are copied within the engine. Both while others read and write,
 * unless `shared`: while others read. A step that is not named may copy the table while nobody writes.
 */
type Effort = 'light' | 'light shared' | 'rebuild' | 'rebuild shared';

/**
 * InnoDB on MariaDB 10.6 and later.
 *
 * @see https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
 * @see https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-nocopy-alter-algorithm/
 * @see https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/
 */
const MARIADB: Partial<Record<OnlineStep, Effort>> = {
  'add column': 'light',
  'drop column': 'light',
  'rename column': 'light',
  'move column': 'light',
  'describe column': 'light',
  'widen column': 'light',
  'extend list': 'light',
  nullable: 'rebuild',
  'not null': 'rebuild',
  'add index': 'light',
  'add fulltext index': 'rebuild shared',
  'add spatial index': 'light shared',
  'drop index': 'light',
  'rename index': 'light',
  'show index': 'light',
  'add primary key': 'rebuild',
  'drop foreign key': 'light',
  'drop check': 'light',
  'describe table': 'light',
  'rebuild table': 'rebuild',
};

/**
 * InnoDB on MySQL 8.0 and later. `light` is what it does at once or in place; it says of each how, see {@link assertion}.
 *
 * @see https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html
 */
const MYSQL: Partial<Record<OnlineStep, Effort>> = {
  'add column': 'light',
  'drop column': 'light',
  'rename column': 'light',
  'move column': 'rebuild',
  'describe column': 'light',
  'widen column': 'light',
  'extend list': 'light',
  nullable: 'rebuild',
  'not null': 'rebuild',
  'add index': 'light',
  'add fulltext index': 'rebuild shared',
  'add spatial index': 'light shared',
  'drop index': 'light',
  'rename index': 'light',
  'add primary key': 'rebuild',
  'drop foreign key': 'light',
  'rebuild table': 'rebuild',
};

/**
 * What an ALTER TABLE says so that a server which would copy the table, with nobody writing meanwhile, fails instead; empty
 * where that is to be expected, or not known.
 */
export function assertion(
  { table, steps }: { readonly table: string; readonly steps: readonly (OnlineStep | null)[] },
  context: PlanContext,
): string {
  const { flavor, from, to, assertions } = context;
  if (assertions === false || hasFulltext(table, from) || [from, to].some((schema) => hasHashed(table, schema)))
    return '';
  if (!isPlain(table, from, flavor) || !isPlain(table, to, flavor)) return '';
  const isComputed = [from, to].some((schema) => hasGenerated(table, schema));
  const efforts = steps.map((step) => {
    if (step === null || (isComputed && !BESIDE_GENERATED.has(step))) return undefined;
    return effortOf(step, steps, context);
  });
  if (efforts.length === 0 || efforts.includes(undefined)) return '';
  const isShaped = steps.some((step) => SHAPES.has(step!));
  const isBuilt = steps.some((step) => BUILDS.has(step!));
  const isRebuild = (isShaped && isBuilt) || efforts.some((effort) => effort!.startsWith('rebuild'));
  const lock = `LOCK=${efforts.some((effort) => effort!.endsWith('shared')) ? 'SHARED' : 'NONE'}`;
  // NOCOPY is kept where the server can do it at once as well.
  if (flavor === 'mariadb') return `ALGORITHM=${isRebuild ? 'INPLACE' : 'NOCOPY'}, ${lock}`;
  // On MySQL INPLACE forbids what is done at once, and INSTANT is refused after 64 such changes, though no copy is needed:
  // https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html#online-ddl-column-operations. A copy cannot
  // do without a lock, which is what LOCK says of both.
  return isRebuild ? `ALGORITHM=INPLACE, ${lock}` : lock;
}

/** What is done at once by itself takes new rows in one statement with what has to read them: measured on MariaDB 10.11. */
const SHAPES = new Set<OnlineStep>(['add column', 'drop column', 'move column']);
const BUILDS = new Set<OnlineStep>(['add index', 'add fulltext index', 'add spatial index']);

/** What remains cheap where a column is computed from others: the rest may be refused in many a combination. */
const BESIDE_GENERATED = new Set<OnlineStep>([
  'describe table',
  'add index',
  'drop index',
  'rename index',
  'show index',
  'drop foreign key',
  'drop check',
]);

function effortOf(
  step: OnlineStep,
  steps: readonly (OnlineStep | null)[],
  { flavor }: PlanContext,
): Effort | undefined {
  // "Dropping the primary key without adding a new one": a copy.
  if (step === 'drop primary key') return steps.includes('add primary key') ? 'rebuild' : undefined;
  return (flavor === 'mariadb' ? MARIADB : MYSQL)[step];
}

/** Tables of which the manuals make no exceptions. */
function isPlain(table: string, schema: Schema, flavor: string): boolean {
  const object = schema.find('table', [table]);
  if (object === undefined) return false;
  const { partitionBy, clauses = [] } = object.definition;
  if (optionOf(object, 'ENGINE') !== 'InnoDB' || partitionBy !== undefined || clauses.length > 0) return false;
  // https://mariadb.com/kb/en/instant-add-column-for-innodb/#limitations
  if (optionOf(object, 'ROW_FORMAT') === 'COMPRESSED' || optionOf(object, 'KEY_BLOCK_SIZE') !== undefined) return false;
  const id = idOf('table', [table]);
  const indexes: readonly ObjectOf<'index'>[] = schema.parts(id, 'index');
  // Without one, the first unique index is what the rows are kept in: adding or dropping it is a rebuild or a copy.
  if (!indexes.some(({ path }) => path[1] === PRIMARY)) return false;
  return flavor === 'mariadb' || !indexes.some(({ definition }) => /^(?:SPATIAL|VECTOR) /.test(definition.definition));
}

/** Its hidden column stands in the way of much. */
function hasFulltext(table: string, schema: Schema): boolean {
  const indexes: readonly ObjectOf<'index'>[] = schema.parts(idOf('table', [table]), 'index');
  return indexes.some(({ definition }) => definition.definition.startsWith('FULLTEXT '));
}

/** A unique index by hash rests on a hidden column that is computed: https://mariadb.com/kb/en/getting-started-with-indexes/#unique-index */
function hasHashed(table: string, schema: Schema): boolean {
  const indexes: readonly ObjectOf<'index'>[] = schema.parts(idOf('table', [table]), 'index');
  return indexes.some(({ definition }) => definition.unique === true && /\bUSING HASH\b/.test(definition.definition));
}

function hasGenerated(table: string, schema: Schema): boolean {
  return schema.parts(idOf('table', [table]), 'column').some(({ definition }) => definition.generated !== undefined);
}
