import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { replacesPrograms } from '../flavor.ts';
import { quote } from '../quote.ts';
import type { MysqlStatement } from './alter-table.ts';
import { definerOf, sessionFor } from './program.ts';

type Routine = ObjectOf<'routine'>;

/** Procedures, functions and, on MariaDB, packages: a name stands for one of each. The path is [type, name]. */
export const routine: KindRules<'routine'> = {
  noun: () => 'routine',
  create: (object, context) => [createRoutine('CREATE', object, context)],
  drop: (object) => [dropRoutine(object)],
  alter: (_from, to, context) => remakeRoutine(to, context),
  // A package takes its body with it, also when it is replaced.
  disturbs: (_from, _to, dependent) => dependent.kind === 'routine',
  occupies: ({ path }) => [`${path[0]} ${path[1]!.toLowerCase()}`],
  mentions: ({ definition }) => definition.definition,
};

export function remakeRoutine(object: Routine, context: PlanContext): MysqlStatement[] {
  if (replacesPrograms(context.flavor)) return [createRoutine('CREATE OR REPLACE', object, context)];
  const note = 'What was granted on it goes with it.';
  return [{ ...dropRoutine(object), note }, createRoutine('CREATE', object, context)];
}

function dropRoutine({ path, definition: { type, settings } }: Routine): MysqlStatement {
  const sql = `DROP ${type.replace(/^AGGREGATE /, '')} ${quote(path[1]!)}`;
  // The word is known under sql_mode ORACLE only: https://mariadb.com/kb/en/drop-package/
  return type.startsWith('PACKAGE') ? { sql, session: sessionFor(settings) } : { sql };
}

function createRoutine(words: string, { path, definition }: Routine, { to }: PlanContext): MysqlStatement {
  const { type, definition: rest, settings } = definition;
  return {
    sql: `${words} ${definerOf('routine', path, to)}${type} ${quote(path[1]!)}${/^[(]/.test(rest) ? '' : ' '}${rest}`,
    session: sessionFor(settings),
    verbatim: true,
  };
}
