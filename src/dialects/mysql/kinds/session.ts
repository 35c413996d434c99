import type { PlanContext, Statement } from '../../../diff/rules.ts';
import type { MysqlStatement } from './alter-table.ts';
import { assertion } from './online.ts';
import { stringOf } from './text.ts';

/**
 * Values that do not fit fail instead of being cut, a 0 in a column that begins to count stays a 0, and a zero date is a
 * value like others: what a site's own sql_mode says of these must not change what becomes of rows.
 * https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html
 */
export const STRICT: Readonly<Record<string, string>> = {
  sql_mode: stringOf('STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'),
};

/** Statements with the settings of the session that they need around them, and with what the server is held to. */
export function finish(statements: readonly Statement[], context: PlanContext): Statement[] {
  const finished: Statement[] = [];
  let active: Readonly<Record<string, string>> = {};
  for (const statement of statements as readonly MysqlStatement[]) {
    const { session: _, alters, place: _place, ...plain } = statement;
    const needed = sessionOf(statement, context);
    finished.push(...settingsBetween(active, needed));
    active = needed;
    const held = alters === undefined ? '' : assertion(alters, context);
    finished.push(held === '' ? plain : { ...plain, sql: withAssertion(plain.sql, held) });
  }
  finished.push(...settingsBetween(active, {}));
  return finished;
}

function withAssertion(sql: string, held: string): string {
  return `${sql},${sql.includes('\n') ? '\n ' : ''} ${held}`;
}

const NONE: Readonly<Record<string, string>> = {};

/** https://mariadb.com/kb/en/system-versioned-tables/#system_versioning_alter_history: by default such an ALTER is refused. */
function sessionOf(
  { session = NONE, alters }: MysqlStatement,
  { from, to }: PlanContext,
): Readonly<Record<string, string>> {
  if (alters === undefined) return session;
  const isVersioned = [from, to].some((schema) =>
    schema.find('table', [alters.table])?.definition.clauses?.includes('WITH SYSTEM VERSIONING'),
  );
  return isVersioned ? { ...session, system_versioning_alter_history: 'KEEP' } : session;
}

const keptAs = (name: string): string => `@torale_${name}`;

/** What was there before is kept in a variable of the session, and put back when nothing needs another any more. */
function settingsBetween(
  active: Readonly<Record<string, string>>,
  needed: Readonly<Record<string, string>>,
): Statement[] {
  const parts = [
    ...Object.keys(active)
      .filter((name) => needed[name] === undefined)
      .map((name) => `SESSION ${name} = ${keptAs(name)}`),
    ...Object.entries(needed)
      .filter(([name, value]) => active[name] !== value)
      .flatMap(([name, value]) => [
        ...(active[name] === undefined ? [`${keptAs(name)} = @@SESSION.${name}`] : []),
        `SESSION ${name} = ${value}`,
      ]),
  ];
  return parts.length === 0 ? [] : [{ sql: `SET ${parts.join(', ')}` }];
}
