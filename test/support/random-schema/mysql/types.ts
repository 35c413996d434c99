import type { Choices } from '../world.ts';
import { literal, quoted, type MysqlColumn, type ValueClass } from './world.ts';

export interface MysqlType {
  readonly sql: string;
  readonly class: ValueClass;
}

/** The first is the plain case, so that columns fit each other often. */
export const TYPES: readonly MysqlType[] = [
  { sql: 'int', class: 'integer' },
  { sql: 'varchar(40)', class: 'text' },
  { sql: 'int', class: 'integer' },
  { sql: 'bigint unsigned', class: 'integer' },
  { sql: 'tinyint(1)', class: 'integer' },
  { sql: 'smallint', class: 'integer' },
  { sql: 'mediumint unsigned zerofill', class: 'integer' },
  { sql: 'decimal(10,2)', class: 'number' },
  { sql: 'decimal(6,3) unsigned', class: 'number' },
  { sql: 'float', class: 'number' },
  { sql: 'double', class: 'number' },
  { sql: 'char(5)', class: 'text' },
  { sql: 'varchar(60)', class: 'text' },
  { sql: 'varchar(180)', class: 'text' },
  { sql: 'text', class: 'longText' },
  { sql: 'longtext', class: 'longText' },
  { sql: 'tinytext', class: 'longText' },
  { sql: 'binary(16)', class: 'binary' },
  { sql: 'varbinary(20)', class: 'binary' },
  { sql: 'blob', class: 'blob' },
  { sql: 'date', class: 'day' },
  { sql: 'datetime', class: 'moment' },
  { sql: 'datetime(3)', class: 'moment' },
  { sql: 'timestamp', class: 'moment' },
  { sql: 'timestamp(6)', class: 'moment' },
  { sql: 'time(2)', class: 'time' },
  { sql: 'year', class: 'other' },
  { sql: "enum('a','b','it''s')", class: 'list' },
  { sql: "enum('a','b','it''s','ü')", class: 'list' },
  { sql: "set('x','y','z')", class: 'list' },
  { sql: 'bit(3)', class: 'bit' },
  { sql: 'json', class: 'json' },
  { sql: 'point', class: 'shape' },
  { sql: 'geometry', class: 'shape' },
  { sql: 'uuid', class: 'other' },
  { sql: 'inet6', class: 'other' },
  { sql: 'boolean', class: 'integer' },
  { sql: 'varchar(60)', class: 'text' },
];

const CHARSETS = [
  'latin1',
  'utf8mb4 COLLATE utf8mb4_bin',
  'utf8mb4 COLLATE utf8mb4_unicode_ci',
  'utf8mb3',
  'ascii',
  'utf8mb4 COLLATE utf8mb4_general_ci',
  'ucs2',
  'latin1 COLLATE latin1_bin',
];

export const charsetOf = (choices: Choices): string | undefined => choices.of('charset', CHARSETS);

export function defaultOf(choices: Choices, column: MysqlColumn, sequences: readonly string[]): string | undefined {
  const choice = choices.number('default');
  const sequence = sequences[choice % 3];
  if (column.class === 'integer' && choice % 7 === 3 && sequence !== undefined) return `nextval(${quoted(sequence)})`;
  if (choices.has('expression')) return EXPRESSIONS[column.class]?.[choice % EXPRESSIONS[column.class]!.length];
  return LITERALS[column.class]?.[choice % LITERALS[column.class]!.length];
}

const LITERALS: Partial<Record<ValueClass, readonly string[]>> = {
  integer: ['5', '0', '1', "'7'", 'TRUE'],
  number: ['1.5', '0', "'2.25'", '10'],
  text: [literal('a'), literal(''), literal("it's"), literal('b\\c'), "'5'"],
  longText: [literal('long'), literal('')],
  binary: [literal('ab'), "X'00'", literal('')],
  day: ["'2020-02-29'", "'1000-01-01'"],
  moment: ["'2020-01-02 03:04:05'", 'current_timestamp', "'2024-05-06 00:00:00'"],
  time: ["'10:11:12'"],

  bit: ["b'101'", "b'0'"],
};

const EXPRESSIONS: Partial<Record<ValueClass, readonly string[]>> = {
  integer: ['(1 + 2)', "(char_length('abc'))"],
  number: ['(1 / 4)', '(pi())'],
  text: ["(concat('a', 'b'))", '(uuid())', "(left('it''s', 2))"],
  longText: ["(repeat('a', 3))", "(concat('a;', '\\\\'))"],
  binary: ["('a')"],
  blob: ["('abc')"],
  day: ['(curdate())', "('2020-01-01' + interval 1 day)"],
  moment: ['(now() + interval 1 day)'],
  json: ['(json_array())', "('{}')"],
};
