import type { PlanContext, Statement } from '../../../diff/rules.ts';
import type { ObjectOf, Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { defaultName, isGiven, joinedColumns } from './default-name.ts';
import { changeOptions, withOptions } from './options.ts';

type Constraint = ObjectOf<'constraint'>;

/** A constraint as CREATE TABLE and ADD have it, with its name where the server would choose another. */
export function constraintClause(constraint: Constraint, context: PlanContext): string {
  const clause = definitionOf(constraint);
  return hasUsualName(constraint, context) ? clause : `CONSTRAINT ${ident(constraint.path[2]!)} ${clause}`;
}

/** The same behind its column, where it is on that alone: `PRIMARY KEY`, `UNIQUE`, `REFERENCES …`. */
export function inColumn(constraint: Constraint, context: PlanContext): { column: string; clause: string } | null {
  const { type, columns, definition } = constraint.definition;
  const [column, ...others] = columns ?? [];
  if (column === undefined || others.length > 0 || !hasUsualName(constraint, context)) return null;
  const start = type === 'FOREIGN KEY' ? `FOREIGN KEY (${ident(column)}) ` : `${type} (${ident(column)})`;
  const isKey = type === 'FOREIGN KEY' || type === 'PRIMARY KEY' || type === 'UNIQUE';
  if (!isKey || !definition.startsWith(start)) return null;
  const word = type === 'FOREIGN KEY' ? '' : type;
  return { column, clause: `${word}${definitionOf(constraint).slice(start.length)}` };
}

const DEFERRABLE = /(?: DEFERRABLE(?: INITIALLY DEFERRED)?)?$/;

/** The storage of its index has its place before DEFERRABLE; that of EXCLUDE is set afterwards. */
function definitionOf({ definition: { type, definition, options, tablespace } }: Constraint): string {
  if (type === 'EXCLUDE') return definition;
  const storage =
    withOptions(options) + (tablespace === undefined ? '' : ` USING INDEX TABLESPACE ${ident(tablespace)}`);
  return storage === '' ? definition : definition.replace(DEFERRABLE, (ending) => `${storage}${ending}`);
}

/** https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/commands/indexcmds.c: ChooseIndexName */
function hasUsualName(constraint: Constraint, context: PlanContext): boolean {
  const table = constraint.path[1]!;
  const { type, columns = [] } = constraint.definition;
  switch (type) {
    case 'PRIMARY KEY':
      return isGiven(constraint, defaultName(table, '', 'pkey'), context);
    case 'UNIQUE':
      return isGiven(constraint, defaultName(table, joinedColumns(columns), 'key'), context);
    case 'FOREIGN KEY':
      return isGiven(constraint, defaultName(table, joinedColumns(columns), 'fkey'), context);
    case 'CHECK':
      return isGiven(constraint, defaultName(table, columns.length === 1 ? columns[0]! : '', 'check'), context);
    default:
      return false;
  }
}

type Storage = Pick<Constraint['definition'], 'options' | 'tablespace'>;

/** What has no place in the clause itself. */
export function afterConstraint(constraint: Constraint): Statement[] {
  const { type, options, tablespace } = constraint.definition;
  return type === 'EXCLUDE' ? changeIndex(constraint, {}, { options, tablespace }) : [];
}

/** The index of a constraint has the constraint's name. */
export function indexOf({ path }: Constraint): Path {
  return [path[0]!, path[2]!];
}

/** What differs in how the index of a constraint is stored. */
export function changeIndex(constraint: Constraint, from: Storage, to: Storage): Statement[] {
  const words = `ALTER INDEX ${qualified(indexOf(constraint))}`;
  const statements = changeOptions(words, from.options, to.options);
  if (from.tablespace !== to.tablespace) {
    statements.push({ sql: `${words} SET TABLESPACE ${ident(to.tablespace ?? 'pg_default')}` });
  }
  return statements;
}
