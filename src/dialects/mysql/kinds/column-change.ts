import { sameDefinition, type ObjectOf } from '../../../schema/object.ts';

type Column = ObjectOf<'column'>;

/** What becomes of a column, as far as it matters to its values and to the server's work. */
export interface ColumnChange {
  /**
   * `wider`: the same with room for more. `longer list`: an enum or set with more members at its end. `larger`: another type
   * that has room for every value.
   */
  readonly type: 'same' | 'wider' | 'longer list' | 'larger' | 'other';
  /** The server gives digits up without a word. */
  readonly rounds: boolean;
  readonly becomesNotNull: boolean;
  readonly becomesNullable: boolean;
  /** The other clauses; `said`: they differ in what is written down about the column, not in its values. */
  readonly rest: 'same' | 'said' | 'other';
}

export function changeOf(from: Column, to: Column): ColumnChange {
  const [before, after] = [from.definition, to.definition];
  const wasNull = before.notNull !== true;
  const isNull = after.notNull !== true;
  const type = before.collation === after.collation ? typeChange(before.type, after.type, after.collation) : 'other';
  return {
    type,
    rounds: type === 'other' && rounds(before.type, after.type),
    becomesNotNull: wasNull && !isNull,
    becomesNullable: !wasNull && isNull,
    rest: restChange(before.clauses ?? [], after.clauses ?? []),
  };
}

/** Whether a foreign key on either end of it does not mind. */
export function isFixed({ type, becomesNotNull }: ColumnChange): boolean {
  return type === 'same' && !becomesNotNull;
}

/** https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/ */
const SAID =
  /^(?:DEFAULT (?:NULL|[-+]?[\d.]+|(?:[bx]|_\w+ )?'.*'|current_timestamp\(\d?\)(?: ON UPDATE .*)?)$|COMMENT\b|INVISIBLE\b)/is;

/** Whether each row is looked at for it: a check, or a default that is an expression. */
export function isWeighty({ definition: { clauses = [] } }: Column): boolean {
  return clauses.some((clause) => clause.startsWith('CHECK ') || (clause.startsWith('DEFAULT ') && !SAID.test(clause)));
}

function restChange(before: readonly string[], after: readonly string[]): ColumnChange['rest'] {
  if (sameDefinition(before, after)) return 'same';
  const values = (clauses: readonly string[]): string[] => clauses.filter((clause) => !SAID.test(clause));
  return sameDefinition(values(before), values(after)) ? 'said' : 'other';
}

function typeChange(before: string, after: string, collation = 'binary'): ColumnChange['type'] {
  if (before === after) return 'same';
  const [old, now] = [before, after].map((type) => /^(varchar|varbinary|enum|set)\((.*)\)$/s.exec(type));
  if (!old || !now || old[1] !== now[1]) return isLarger(before, after) ? 'larger' : 'other';
  const [left, right] = [old[2]!, now[2]!];
  if (old[1] === 'enum' || old[1] === 'set') return right.startsWith(`${left},`) ? 'longer list' : 'other';
  if (Number(right) < Number(left)) return 'other';
  return isShort(left, collation) === isShort(right, collation) ? 'wider' : 'larger';
}

/** The most bytes that a character takes, of those character sets where it is more than one. */
const BYTES: Readonly<Record<string, number>> = {
  utf8mb4: 4, utf16: 4, utf16le: 4, utf32: 4, gb18030: 4, utf8mb3: 3, utf8: 3, ujis: 3, eucjpms: 3, ucs2: 2, big5: 2, gbk: 2,
  gb2312: 2, sjis: 2, cp932: 2, euckr: 2,
}; // prettier-ignore

/** Whether one byte holds a value's length: a second one is in every row. */
function isShort(length: string, collation: string): boolean {
  return Number(length) * (BYTES[collation.split('_')[0]!] ?? 1) < 256;
}

const OWN_FAMILIES = [/^(?:point|linestring|polygon|multi\w+|geom\w+)/, /^uuid\b/, /^inet6\b/, /^inet4\b/, /^vector\b/];
const TEXT = /^(?:json|enum|set|(?:var)?(?:char|binary)|(?:tiny|medium|long)?(?:text|blob))\b/;

/**
 * Whether the server turns values of one type into the other at all: geometries, addresses and identifiers become none but
 * texts and bytes (error 4078 of MariaDB, 1416 of MySQL).
 */
export function converts(before: string, after: string): boolean {
  if (TEXT.test(before) || TEXT.test(after)) return true;
  return OWN_FAMILIES.every((family) => family.test(before) === family.test(after));
}

const RISING = [
  ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['tinyblob', 'blob', 'mediumblob', 'longblob'],
];

/** Display widths say nothing of values. */
function isLarger(before: string, after: string): boolean {
  const [old, now] = [before, after].map((type) => /^([a-z]+)(?:\(\d+\))?(.*)$/s.exec(type)!);
  if (old![2] !== now![2]) return false;
  return RISING.some((names) => {
    const [left, right] = [names.indexOf(old![1]!), names.indexOf(now![1]!)];
    return left !== -1 && right >= left;
  });
}

const NUMBER = /^(?:(?:tiny|small|medium|big)?int|decimal|float|double|bit)\b/;

/** Fractions of a number or of a second that the new type has no room for. */
function rounds(before: string, after: string): boolean {
  const time = /^(?:datetime|timestamp|time)(?:\((\d)\))?/;
  if (time.test(before) && time.test(after))
    return Number(time.exec(after)![1] ?? 0) < Number(time.exec(before)![1] ?? 0);
  if (/^(?:datetime|timestamp)/.test(before) && /^(?:date|time|year)\b/.test(after)) return true;
  if (!NUMBER.test(before) || !NUMBER.test(after)) return false;
  const scale = (type: string): number =>
    /^(?:float|double)/.test(type) ? (type.includes(',') ? scaleIn(type) : 17) : scaleIn(type);
  return scale(after) < scale(before);
}

function scaleIn(type: string): number {
  return Number(/,(\d+)\)/.exec(type)?.[1] ?? 0);
}
