import mysql from 'mysql2/promise';

type Text = Record<string, string>;

/**
 * A schema as SHOW CREATE and information_schema tell it, line by line. Nothing of this is Torale's. Left aside is what says
 * nothing: the order of keys, counters, who is the current user, when an event was made.
 */
export async function factsOf(url: string): Promise<string[]> {
  const connection = await mysql.createConnection({ uri: url, dateStrings: true });
  const ask: Ask = async (sql) => (await connection.query(sql))[0] as Text[];
  try {
    // Modes change how definitions are printed, the time zone how times are.
    await connection.query("SET NAMES utf8mb4, sql_mode = '', time_zone = '+00:00', sql_quote_show_create = 1");
    const [here] = await ask('SELECT DATABASE() AS name, CURRENT_USER() AS user');
    const plain = (text: string): string => withoutUser(text, here!['user']!).replaceAll(`\`${here!['name']!}\`.`, '');
    const lists = await Promise.all(LISTS.map(async (sql) => (await ask(sql)).map(toFact)));
    return [...(await tableFacts(ask)), ...lists.flat()].map(plain).sort();
  } finally {
    await connection.end();
  }
}

type Ask = (sql: string) => Promise<Text[]>;

async function tableFacts(ask: Ask): Promise<string[]> {
  const facts: string[] = [];
  for (const [name, type] of (await ask('SHOW FULL TABLES')).map((row) => Object.values(row) as [string, string])) {
    const quoted = `\`${name.replaceAll('`', '``')}\``;
    const noun = type === 'VIEW' || type === 'SEQUENCE' ? type : 'TABLE';
    const [row] = await ask(`SHOW CREATE ${noun} ${quoted}`);
    const text = row!['Create Table'] ?? row!['Create View']!;
    if (noun === 'TABLE') facts.push(...linesOf(name, text));
    else facts.push(text);
    if (noun !== 'VIEW') continue;
    // A view is made, or left behind, without a word about what it needs.
    const told = await ask(`CHECK TABLE ${quoted}`);
    facts.push(`view ${name}: ${told.some(({ Msg_type: kind }) => /^error$/i.test(kind!)) ? 'broken' : 'whole'}`);
  }
  return facts;
}

/** One fact a line of CREATE TABLE, and one for the order of columns. */
function linesOf(table: string, text: string): string[] {
  const end = text.lastIndexOf('\n) ');
  const [head, ...lines] = text.slice(0, end).split('\n');
  const items = lines.map((line) => line.trim().replace(/,$/, ''));
  const columns = items.filter((item) => item.startsWith('`')).map((item) => /^`(?:[^`]|``)*`/.exec(item)![0]);
  const options = text.slice(end + 3).replace(/ AUTO_INCREMENT=\d+/, '');
  return [
    `${head} ${options}`,
    `columns of ${table}: ${columns.join(', ')}`,
    ...items.map((item) => `${table}: ${item}`),
  ];
}

const toFact = (row: Text): string =>
  Object.entries(row)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');

/** Who made it is who ran the statements. */
function withoutUser(text: string, user: string): string {
  const quoted = user
    .split('@')
    .map((part) => `\`${part}\``)
    .join('@');
  return text.replace(`DEFINER=${quoted} `, '').replace(`definer: ${user}`, 'definer: this user');
}

/** A time that is whole hours from when the event was made or changed was said as such, or not at all. */
const timeOf = (column: string): string => {
  const away = `TIMESTAMPDIFF(SECOND, GREATEST(CREATED, LAST_ALTERED), ${column})`;
  const since = `TIMESTAMPDIFF(SECOND, CREATED, ${column})`;
  const hours = `ROUND(${away} / 3600)`;
  return `CASE WHEN ABS(${since}) <= 1 THEN 'then'
    WHEN ABS(${away} - ${hours} * 3600) <= 1 THEN CONCAT(${hours}, ' hours later') ELSE ${column} END`;
};

const LISTS = [
  `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
   FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`,
  `SELECT TRIGGER_NAME AS 'trigger', EVENT_OBJECT_TABLE AS 'table', ACTION_TIMING AS time, EVENT_MANIPULATION AS event,
     ACTION_ORDER AS place, ACTION_STATEMENT AS body, DEFINER AS definer, SQL_MODE AS mode,
     CHARACTER_SET_CLIENT AS charset, COLLATION_CONNECTION AS collation, DATABASE_COLLATION AS home
   FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()`,
  `SELECT ROUTINE_NAME AS routine, ROUTINE_TYPE AS type, DTD_IDENTIFIER AS returns, IS_DETERMINISTIC AS isFixed,
     SQL_DATA_ACCESS AS data, SECURITY_TYPE AS security, ROUTINE_COMMENT AS said, ROUTINE_DEFINITION AS body,
     DEFINER AS definer, SQL_MODE AS mode, CHARACTER_SET_CLIENT AS charset, COLLATION_CONNECTION AS collation,
     DATABASE_COLLATION AS home
   FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`,
  `SELECT SPECIFIC_NAME AS routine, ROUTINE_TYPE AS type, ORDINAL_POSITION AS place, PARAMETER_MODE AS mode,
     PARAMETER_NAME AS parameter, DTD_IDENTIFIER AS is_a, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
   FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE()`,
  `SELECT EVENT_NAME AS event, EVENT_TYPE AS type, ${timeOf('EXECUTE_AT')} AS at, INTERVAL_VALUE AS every,
     INTERVAL_FIELD AS unit, ${timeOf('STARTS')} AS starts, ${timeOf('ENDS')} AS ends, STATUS AS status,
     ON_COMPLETION AS afterwards, EVENT_COMMENT AS said, EVENT_DEFINITION AS body, DEFINER AS definer, SQL_MODE AS mode,
     CHARACTER_SET_CLIENT AS charset, COLLATION_CONNECTION AS collation, DATABASE_COLLATION AS home
   FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
];
