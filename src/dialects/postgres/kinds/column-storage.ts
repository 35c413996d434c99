import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { objectOf, type ObjectOf } from '../../../schema/object.ts';
import { underlying } from './column-type.ts';
import { changeOptions } from './options.ts';
import { alterColumnWords, changedForeignOptions } from './column-sql.ts';

type Column = ObjectOf<'column'>;

/** How values are stored and counted: what CREATE TABLE and ADD COLUMN have no words for on every version. */
export function afterColumn(column: Column, context: PlanContext): Statement[] {
  const { type, compression, foreignOptions } = column.definition;
  const plain = objectOf('column', column.path, { type, compression, foreignOptions });
  return changeStorage(plain, column, context, false);
}

/**
 * What differs of it.
 *
 * @param isOnly each table on its own: some of these reach the tables below, and some do not
 */
export function changeStorage(from: Column, to: Column, context: PlanContext, isOnly: boolean): Statement[] {
  const words = alterColumnWords(to.path, isOnly);
  const before = from.definition;
  const after = to.definition;
  const statements: Statement[] = [];
  if (before.storage !== after.storage) {
    statements.push({ sql: `${words} SET STORAGE ${after.storage ?? usualStorage(after.type, context)}` });
  }
  if (before.compression !== after.compression) {
    statements.push({ sql: `${words} SET COMPRESSION ${after.compression ?? 'default'}` });
  }
  if (before.statistics !== after.statistics) {
    statements.push({ sql: `${words} SET STATISTICS ${after.statistics ?? -1}` });
  }
  statements.push(...changeOptions(words, before.options, after.options));
  const options = changedForeignOptions(before.foreignOptions, after.foreignOptions);
  if (options !== null) statements.push({ sql: `${words} ${options}` });
  return statements;
}

const STORAGES: Readonly<Record<string, string>> = { numeric: 'MAIN', inet: 'MAIN', cidr: 'MAIN', tsquery: 'PLAIN' };

/** `typstorage` of pg_type, for types that have a choice; DEFAULT can be said from 16 on. */
function usualStorage(type: string, { version, to }: PlanContext): string {
  const { name, isArray } = underlying(type, to);
  if (version >= 160_000) return 'DEFAULT';
  return isArray ? 'EXTENDED' : (STORAGES[name] ?? 'EXTENDED');
}
