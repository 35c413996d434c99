import type { Choices } from '../world.ts';
import { condition, literal, quoted, remark, some, type MysqlRelation, type MysqlWorld } from './world.ts';

export function printDatabase(choices: Choices): string[] {
  const charset = choices.of('charset', ['latin1', 'utf8mb4 COLLATE utf8mb4_unicode_ci', 'utf8mb3', 'ascii']);
  const comment = choices.has('comment') ? [`COMMENT ${remark(choices.number('comment'))}`] : [];
  const said = [...(charset === undefined ? [] : [`CHARACTER SET ${charset}`]), ...comment];
  return said.length === 0 ? [] : [`ALTER DATABASE ${said.join(' ')}`];
}

export function printSequence(choices: Choices, world: MysqlWorld): string[] {
  const name = ['', 'numbers', 'a`sequence'][choices.thing.number] ?? 'counter';
  world.take(name);
  world.sequences.push(name);
  const number = (choice: string): number => choices.number(choice) % 50;
  const words = [
    ...(choices.has('start') ? [`START WITH ${20 + number('start')}`] : []),
    ...(choices.has('minimum') ? [`MINVALUE ${number('minimum') % 20}`] : []),
    ...(choices.has('maximum') ? [`MAXVALUE ${1000 + number('maximum')}`] : []),
    ...(choices.has('increment') ? [`INCREMENT BY ${1 + number('increment')}`] : []),
    ...(choices.has('cache') ? [number('cache') % 2 === 0 ? 'NOCACHE' : `CACHE ${number('cache') + 2}`] : []),
    ...(choices.has('cycle') ? ['CYCLE'] : []),
  ];
  return [`CREATE SEQUENCE ${quoted(name)}${words.map((word) => ` ${word}`).join('')}`];
}

export function printView(choices: Choices, world: MysqlWorld): string[] {
  const from = world.relations.get(choices.id('from'));
  const second = world.relations.get(choices.id('second'));
  if (from === undefined) return [];
  const name = ['', 'v_people', 'some view', 'View3'][choices.thing.number] ?? 'view';
  if (!world.take(name)) return [];
  const columns = some(choices.number('columns'), from.columns, 4);
  const isJoined = choices.has('join') && second !== undefined && second !== from;
  const isGrouped = choices.has('grouped');
  const items = columns.map((column) => `a.${quoted(column.name)}`);
  if (isJoined) items.push(`b.${quoted(second.columns[0]!.name)} AS other`);
  if (isGrouped) items.push('count(*) AS ' + quoted('how many'));
  else if (choices.number('columns') % 3 === 0)
    items.push(`coalesce(a.${quoted(columns[0]!.name)}, 'it''s; \\\\') AS ${quoted('as text')}`);
  const algorithm = isGrouped ? undefined : choices.of('algorithm', ['MERGE', 'TEMPTABLE', 'UNDEFINED']);
  const isPlain = !isGrouped && !isJoined && algorithm !== 'TEMPTABLE' && from.kind === 'table';
  const checked =
    isPlain && choices.has('where')
      ? choices.of('checked', [' WITH CASCADED CHECK OPTION', ' WITH LOCAL CHECK OPTION'])
      : undefined;
  const names = [
    ...columns.map((column) => column.name),
    ...items.slice(columns.length).map((item) => item.slice(item.indexOf(' AS ') + 4).replaceAll('`', '')),
  ];
  const isListed = choices.has('list');
  const list = isListed ? ` (${names.map((_, at) => quoted(`l ${at}`)).join(', ')})` : '';
  world.relations.set(`view ${choices.thing.number}`, {
    ...from,
    id: `view ${choices.thing.number}`,
    name,
    kind: 'view',
    columns: columns.map((column, at) => ({ ...column, name: isListed ? `l ${at}` : column.name })),
    key: [],
  });
  return [
    `CREATE${algorithm === undefined ? '' : ` ALGORITHM=${algorithm}`}${choices.has('security') ? ' SQL SECURITY INVOKER' : ''} VIEW ${quoted(name)}${list} AS SELECT ${items.join(', ')} ` +
      `FROM ${quoted(from.name)} a${isJoined ? ` LEFT JOIN ${quoted(second.name)} b ON 1 = 1` : ''}` +
      `${choices.has('where') ? ` WHERE ${condition(choices.number('where'), columns[0]!, 'a.')}` : ''}` +
      `${isGrouped ? ` GROUP BY ${columns.map((column) => `a.${quoted(column.name)}`).join(', ')}` : ''}${checked ?? ''}`,
  ];
}

/** The program under the sql_mode that it keeps. */
function underMode(choices: Choices, sql: string): string[] {
  // The server prints a comment with backslashes and line ends escaped under any mode, so that nothing could read it back.
  if (/COMMENT '[^']*[\\\n]/.test(sql)) return [sql];
  const mode = choices.of('mode', ["'ANSI_QUOTES'", "''", "'NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'"]);
  return mode === undefined ? [sql] : ['SET @mode = @@sql_mode', `SET sql_mode = ${mode}`, sql, 'SET sql_mode = @mode'];
}

const TIMES = ['BEFORE', 'AFTER'];
const EVENTS = ['INSERT', 'UPDATE', 'DELETE'];

export function printTrigger(choices: Choices, relation: MysqlRelation, before: Map<string, string>): string[] {
  const { number, on } = choices.thing;
  const name = `${['', 'tr a', 'tr_b', 'Tr`c'][number] ?? 'tr'} ${on}`;
  const time = choices.of('time', TIMES) ?? 'BEFORE';
  const event = choices.of('event', EVENTS) ?? 'INSERT';
  const group = `${on} ${time} ${event}`;
  const other = before.get(group);
  before.set(group, name);
  const order =
    choices.has('follows') && other !== undefined
      ? ` ${choices.number('follows') % 2 === 0 ? 'FOLLOWS' : 'PRECEDES'} ${quoted(other)}`
      : '';
  const column = relation.columns[0]!;
  const value = `${event === 'DELETE' ? 'OLD' : 'NEW'}.${quoted(column.name)}`;
  const body = [
    `SET @seen = ${value}`,
    `BEGIN\n  -- it's; a comment\n  DECLARE n INT DEFAULT ${choices.number('body')};\n  SET @seen = coalesce(${value}, n);\nEND`,
    `IF ${value} IS NULL THEN SET @none = ${choices.number('body')}; END IF`,
  ][choices.number('body') % 3]!;
  return underMode(
    choices,
    `CREATE TRIGGER ${quoted(name)} ${time} ${event} ON ${quoted(relation.name)} FOR EACH ROW${order} ${body}`,
  );
}

const TRAITS = ['DETERMINISTIC', 'NO SQL', 'READS SQL DATA', 'MODIFIES SQL DATA'];

function traits(choices: Choices): string {
  return [
    ...(choices.has('traits') ? [choices.of('traits', TRAITS)!] : []),
    ...(choices.has('security') ? ['SQL SECURITY INVOKER'] : []),
    ...(choices.has('comment') ? [`COMMENT ${remark(choices.number('comment'))}`] : []),
  ]
    .map((word) => `${word}\n`)
    .join('');
}

export function printProcedure(choices: Choices, world: MysqlWorld): string[] {
  const name = ['', 'do_it', 'do `it` too'][choices.thing.number] ?? 'proc';
  const list = ['', 'a INT', 'INOUT `a b` VARCHAR(20), OUT c DECIMAL(5,2)', 'IN x TEXT CHARACTER SET latin1'][
    choices.number('arguments') % 4
  ]!;
  const reads = world.relations.get(choices.id('reads'));
  const number = choices.number('body') % 50;
  const body = [
    `SELECT ${number}`,
    `BEGIN\n  DECLARE i INT DEFAULT ${number};\n  WHILE i > 0 DO SET i = i - 1; END WHILE; /* done */\nEND`,
    reads === undefined ? 'BEGIN END' : `SELECT count(*) FROM ${quoted(reads.name)}`,
  ][choices.number('body') % 3]!;
  return underMode(choices, `CREATE PROCEDURE ${quoted(name)} (${list})\n${traits(choices)}${body}`);
}

export function printFunction(choices: Choices): string[] {
  const name = ['', 'f_one', 'Fun 2'][choices.thing.number] ?? 'fun';
  const returns = ['INT', 'VARCHAR(40) CHARSET utf8mb4', 'DECIMAL(10,2)', "ENUM('a','b')"][
    choices.number('returns') % 4
  ]!;
  const list = ['', 'a INT', 'a VARCHAR(20), b DATE'][choices.number('arguments') % 3]!;
  const number = choices.number('body') % 50;
  const body = [`RETURN ${number % 2}`, `BEGIN\n  RETURN if(${number} > 2, 1, 2);\nEND`][choices.number('body') % 2]!;
  return underMode(choices, `CREATE FUNCTION ${quoted(name)} (${list}) RETURNS ${returns}\n${traits(choices)}${body}`);
}

export function printEvent(choices: Choices): string[] {
  const name = ['', 'nightly', 'once a `day`'][choices.thing.number] ?? 'event';
  const number = 1 + (choices.number('schedule') % 5);
  const ends = choices.has('ends') ? " ENDS '2037-06-01 00:00:00'" : '';
  const schedule = [
    `EVERY ${number} HOUR STARTS '2035-0${number}-01 00:00:00'${ends}`,
    `AT '2036-0${number}-01 00:00:00'`,
    `EVERY '${number}:10' MINUTE_SECOND STARTS '2035-01-0${number} 10:00:00'${ends}`,
  ][choices.number('schedule') % 3]!;
  return underMode(
    choices,
    `CREATE EVENT ${quoted(name)} ON SCHEDULE ${schedule}${choices.has('preserve') ? ' ON COMPLETION PRESERVE' : ''}` +
      `${choices.has('disabled') ? ' DISABLE' : ''}${choices.has('comment') ? ` COMMENT ${remark(choices.number('comment'))}` : ''}` +
      ` DO SET @event = ${literal(`it's ${choices.number('body') % 9}`)}`,
  );
}
