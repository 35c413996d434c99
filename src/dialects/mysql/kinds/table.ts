import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf, type MysqlStatement } from './alter-table.ts';
import { columnClause, columnsInOrder } from './column.ts';
import { constraintClause, unchecked } from './constraint.ts';
import type { OnlineStep } from './online.ts';
import { changePartitioning } from './partition-change.ts';
import { STRICT } from './session.ts';
import { indexClause } from './table-index.ts';
import { changedOptions, optionOf } from './table-options.ts';

type Table = ObjectOf<'table'>;

export const table: KindRules<'table'> = {
  noun: () => 'table',
  create: ({ path, definition }, context) => {
    const columns = columnsInOrder(context.parts.filter((part) => part.kind === 'column'));
    const { clauses = [], options = [], partitionBy } = definition;
    const lines = [
      ...columns.map((part) => columnClause(part, context)),
      ...clauses.filter(isPeriod),
      ...context.parts.filter((part) => part.kind === 'index').map(indexClause),
      ...context.parts.filter((part) => part.kind === 'constraint').map(constraintClause),
    ];
    const tail = [...options, ...clauses.filter((clause) => !isPeriod(clause))].join(' ');
    const partitions = partitionBy === undefined ? '' : `\nPARTITION BY ${partitionBy}`;
    const sql = `CREATE TABLE ${quote(path[0]!)} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n) ${tail}${partitions}`;
    const constraints = context.parts.filter((part) => part.kind === 'constraint');
    const { session } = unchecked(constraints, context.to);
    const needed = { ...session, ...(ZERO_DATE.test(sql) ? STRICT : {}) };
    const statement: MysqlStatement = { sql, session: needed };
    return [statement];
  },
  drop: (object) => [
    {
      sql: `DROP TABLE ${quote(object.path[0]!)}`,
      hazard: `Data loss: every row of ${nameOf(object.path)}.`,
      loses: [keyOf(object)],
    },
  ],
  alter,
  rename: (from, to) => [{ sql: `RENAME TABLE ${quote(from.path[0]!)} TO ${quote(to.path[0]!)}` }],
  renamedAsked: { loses: () => true },
  occupies: ({ path }) => [`name ${path[0]!}`],
  absorbs: (whole, part) =>
    (part.kind === 'column' || part.kind === 'index' || part.kind === 'constraint') && part.path[0] === whole.path[0],
  // An index keeps the block size that it was made with.
  disturbs: (from, to, dependent) =>
    dependent.kind === 'index' && optionOf(from, 'KEY_BLOCK_SIZE') !== optionOf(to, 'KEY_BLOCK_SIZE'),
  group: tableOf,
};

const ZERO_DATE = /DEFAULT '\d{4}-(?:00|\d\d-00)/;

function alter(from: Table, to: Table, context: PlanContext): MysqlStatement[] {
  const name = to.path[0]!;
  const isFirst = isMoved(from, to) && to.definition.clauses?.includes(VERSIONING) === true;
  const options = changedOptions(from, to).map(({ name: said, option }) =>
    alterTable(name, option, { step: STEPS[said], ...(isFirst && said === 'ENGINE' ? { place: 'first' } : {}) }),
  );
  const [before, after] = [from.definition.clauses ?? [], to.definition.clauses ?? []];
  const gone = before.filter((clause) => !after.includes(clause));
  const come = after.filter((clause) => !before.includes(clause));
  const partitions = changePartitioning(from.definition.partitionBy, to.definition.partitionBy);
  return [
    ...gone.map((clause) => dropClause(from, to, clause)),
    ...options,
    ...come.map((clause) => addClause(from, to, clause, context)),
    ...(partitions === null ? [] : [partitionStatement(name, partitions)]),
  ];
}

/** What the server does for an option, where that is next to nothing. */
const STEPS: Readonly<Record<string, OnlineStep>> = {
  COMMENT: 'describe table',
  STATS_PERSISTENT: 'describe table',
  STATS_AUTO_RECALC: 'describe table',
  STATS_SAMPLE_PAGES: 'describe table',
  ROW_FORMAT: 'rebuild table',
  KEY_BLOCK_SIZE: 'rebuild table',
};

function partitionStatement(
  table: string,
  { clause, alone, hazard }: NonNullable<ReturnType<typeof changePartitioning>>,
): MysqlStatement {
  return alterTable(table, clause, { place: alone ? 'alone' : 'last', ...(hazard === undefined ? {} : { hazard }) });
}

const isPeriod = (clause: string): boolean => clause.startsWith('PERIOD ');
const VERSIONING = 'WITH SYSTEM VERSIONING';

function addClause(before: Table, object: Table, clause: string, { to }: PlanContext): MysqlStatement {
  const [table] = object.path as [string];
  if (clause === VERSIONING) {
    // A column can only be left out of what is versioned already (error 4124).
    const columns = to.parts(keyOf(object), 'column');
    const leavesOut = columns.some(({ definition }) => definition.clauses?.includes('WITHOUT SYSTEM VERSIONING'));
    const place = leavesOut ? 'first' : isMoved(before, object) ? 'alone' : undefined;
    return alterTable(table, 'ADD SYSTEM VERSIONING', place === undefined ? {} : { place });
  }
  return alterTable(table, isPeriod(clause) ? `ADD ${clause}` : clause);
}

/** No table with versions goes to another engine (error 4118), not even where it is to have none. */
function isMoved(from: Table, to: Table): boolean {
  const isTimed = [from, to].some(({ definition: { clauses = [] } }) => clauses.some(isPeriod));
  return !isTimed && optionOf(from, 'ENGINE') !== optionOf(to, 'ENGINE');
}

function dropClause(before: Table, object: Table, clause: string): MysqlStatement {
  const [table] = object.path as [string];
  if (clause === VERSIONING) {
    const hazard = `Data loss: the history of ${nameOf(object.path)}, every row that was changed or deleted.`;
    const place = isMoved(before, object) ? { place: 'first' as const } : {};
    return alterTable(table, 'DROP SYSTEM VERSIONING', { hazard, loses: [keyOf(object)], ...place });
  }
  // PERIOD FOR `p` (`a`, `b`)
  const [, period] = /^(PERIOD FOR (?:SYSTEM_TIME|`(?:[^`]|``)+`))/.exec(clause) ?? [];
  return alterTable(table, period === undefined ? clause : `DROP ${period}`);
}
