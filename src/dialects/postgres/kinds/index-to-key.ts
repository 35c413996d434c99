import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, type ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { changeIndex } from './constraint-sql.ts';

type Constraint = ObjectOf<'constraint'>;
type Index = ObjectOf<'index'>;

/** The unique index that goes and is, by name and definition, the one of a key that comes: then nothing is built anew. */
export function indexToTake(key: Constraint, context: PlanContext): Index | null {
  // A part of a key comes with that.
  const index = key.definition.parent === undefined ? context.from.find('index', key.path) : undefined;
  const table = key.path.slice(0, 2);
  if (index === undefined || context.fate(keyOf(index)) !== 'drop') return null;
  if (!['keep', 'alter'].includes(context.fate(idOf('table', table)))) return null;
  // https://www.postgresql.org/docs/current/sql-altertable.html: not of partitioned tables.
  if (context.to.find('table', table)?.definition.partitionBy !== undefined) return null;
  const { unique, definition, parent, invalid, statistics } = index.definition;
  const isPlain = unique === true && (parent ?? invalid ?? statistics) === undefined;
  const hangsOn = context.from.dependents(keyOf(index)).length > 0;
  return isPlain && !hangsOn && definition === indexOfKey(key) ? index : null;
}

const KEY = /^(?:UNIQUE|PRIMARY KEY) (NULLS NOT DISTINCT )?(\(.*?)(?: DEFERRABLE(?: INITIALLY DEFERRED)?)?$/s;

/** The definition of a key's index, as that of an index by itself is printed. */
function indexOfKey({ definition: { definition } }: Constraint): string | null {
  const [, nulls, rest] = KEY.exec(definition) ?? [];
  return rest === undefined ? null : `USING btree ${rest}${nulls === undefined ? '' : ' NULLS NOT DISTINCT'}`;
}

const DEFERRABLE = / DEFERRABLE(?: INITIALLY DEFERRED)?$/;

export function takeIndex(key: Constraint, index: Index): Statement[] {
  const [schema, table, name] = key.path as [string, string, string];
  const { type, definition } = key.definition;
  const ending = DEFERRABLE.exec(definition)?.[0] ?? '';
  const words = `ALTER TABLE ${qualified([schema, table])} ADD CONSTRAINT ${ident(name)}`;
  return [
    { sql: `${words} ${type} USING INDEX ${ident(name)}${ending}` },
    ...changeIndex(key, index.definition, key.definition),
  ];
}

/** The key that an index goes over to. */
export function keyTaking(index: Index, context: PlanContext): Constraint | null {
  const key = context.to.find('constraint', index.path);
  return key !== undefined && indexToTake(key, context) !== null ? key : null;
}
