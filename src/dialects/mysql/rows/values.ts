import { numberOfDays } from './candidates.ts';
import type { RowColumn } from './catalog.ts';

/** A value as SQL writes it. */
export type Value = string;

export const NULL: Value = 'NULL';

/** A text as a literal, where backslashes are escapes. */
function textValue(text: string): Value {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

interface Type {
  /** The first word. */
  readonly word: string;
  /** The numbers in parentheses. */
  readonly sizes: readonly number[];
  readonly isUnsigned: boolean;
}

function readType(type: string): Type {
  const [, word = '', inside = ''] = /^([a-z]\w*)(?:\(([\d,]+)\))?/.exec(type) ?? [];
  return {
    word,
    sizes: inside === '' ? [] : inside.split(',').map(Number),
    isUnsigned: / unsigned| zerofill/.test(type),
  };
}

/** The words of an enum or a set, in their quotes. */
function membersOf(type: string): string[] {
  return [...type.matchAll(/'(?:[^']|'')*'/g)].map(([member]) => member.replaceAll('\\', '\\\\'));
}

/** https://mariadb.com/kb/en/numeric-data-type-overview/ */
const BYTES: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, mediumint: 3, int: 4, bigint: 8 };

export const isWhole = ({ type }: RowColumn): boolean => readType(type).word in BYTES;

const two = (at: number): string => String((at % 28) + 1).padStart(2, '0');
const digits = (at: number, width: number): string => String(at + 1).padStart(width, '0');

/** The value number `at` of a column, another for each as far as its type has them. */
export function valueOf({ type, isJson }: RowColumn, at: number): Value {
  const { word, sizes } = readType(type);
  const size = sizes[0];
  switch (word) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
      return String((at % (word === 'tinyint' ? 120 : 30_000)) + 1);
    case 'decimal':
      return decimalOf(at + 1, size ?? 10, sizes[1] ?? 0);
    case 'float':
    case 'double':
      return sizes.length === 2 ? decimalOf(at + 1, sizes[0]!, sizes[1]!) : String(at + 1.5);
    case 'bit':
      return `b'${(((at % 2 ** Math.min(size ?? 1, 16)) + 1) % 2 ** Math.min(size ?? 1, 16)).toString(2)}'`;
    case 'year':
      return String(2000 + (at % 150));
    case 'date':
      return `'${numberOfDays(738_000 + at)}'`;
    case 'datetime':
    case 'timestamp':
      return `'2024-01-${two(at)} 0${at % 10}:${two(Math.floor(at / 28))}:00${fraction(size, at)}'`;
    case 'time':
      return `'0${at % 10}:${two(at)}:00${fraction(size, at)}'`;
    case 'enum':
    case 'set':
      return membersOf(type)[at % Math.max(membersOf(type).length, 1)] ?? "''";
    case 'uuid':
      return `'00000000-0000-4000-8000-${digits(at, 12)}'`;
    case 'inet4':
      return `'10.0.${Math.floor(at / 250) % 250}.${(at % 250) + 1}'`;
    case 'inet6':
      return `'2001:db8::${(at + 1).toString(16)}'`;
    case 'binary':
    case 'varbinary':
      return `X'${digits(at, 2 * Math.min(size ?? 1, 6)).slice(-2 * Math.min(size ?? 1, 6))}'`;
    case 'vector':
      return `VEC_FromText('[${Array.from({ length: size ?? 1 }, (_, index) => at + index + 1).join(',')}]')`;
    default:
  }
  const shape = geometryOf(word, at);
  if (shape !== undefined) return shape;
  if (isJson) return `'{"n": ${at + 1}}'`;
  // The number first: a prefix of it is in many a key.
  return textValue(`${at + 1} value`.slice(0, size ?? 20).trim());
}

const fraction = (size: number | undefined, at: number): string =>
  size === undefined ? '' : `.${digits(at, size).slice(-size)}`;

function decimalOf(value: number, precision: number, scale: number): string {
  const whole = precision - scale;
  const before = whole === 0 ? '0' : String(value % 10 ** Math.min(whole, 9));
  return scale === 0 ? before : `${before}.${'25'.slice(0, scale)}`;
}

const GEOMETRIES: Readonly<Record<string, (at: number) => string>> = {
  geometry: (at) => `POINT(${at} 1)`,
  point: (at) => `POINT(${at} 1)`,
  linestring: (at) => `LINESTRING(0 0,${at + 1} 1)`,
  polygon: (at) => `POLYGON((0 0,${at + 1} 0,0 1,0 0))`,
  multipoint: (at) => `MULTIPOINT(0 0,${at} 1)`,
  multilinestring: (at) => `MULTILINESTRING((0 0,${at + 1} 1))`,
  multipolygon: (at) => `MULTIPOLYGON(((0 0,${at + 1} 0,0 1,0 0)))`,
  geometrycollection: (at) => `GEOMETRYCOLLECTION(POINT(${at} 1))`,
  geomcollection: (at) => `GEOMETRYCOLLECTION(POINT(${at} 1))`,
};

function geometryOf(word: string, at: number): Value | undefined {
  const text = GEOMETRIES[word];
  return text === undefined ? undefined : `ST_GeomFromText('${text(at)}')`;
}

/** What a character set has that few expect. */
function strangeText(charset: string): string {
  if (charset === 'utf8mb4' || charset.startsWith('utf16') || charset === 'utf32') return 'ß 漢 🙂';
  if (['utf8', 'utf8mb3', 'ucs2'].includes(charset)) return 'ß 漢';
  return ['latin1', 'latin2', 'cp1250', 'cp850'].includes(charset) ? 'ß' : '~';
}

/** What migrations stumble over: the ends of a type, and what is rarely thought of. */
export function edgeOf(column: RowColumn): Value {
  const { type, charset } = column;
  const { word, sizes, isUnsigned } = readType(type);
  const size = sizes[0];
  const bytes = BYTES[word];
  if (bytes !== undefined) {
    const all = 1n << BigInt(8 * bytes);
    return String(isUnsigned ? all - 1n : -all / 2n);
  }
  switch (word) {
    case 'decimal': {
      const [precision = 10, scale = 0] = sizes;
      const nines = `${'9'.repeat(precision - scale) || '0'}${scale === 0 ? '' : `.${'9'.repeat(scale)}`}`;
      return isUnsigned ? nines : `-${nines}`;
    }
    case 'float':
      return isUnsigned ? '1.25e30' : '-1.25e30';
    case 'double':
      return isUnsigned ? '1.2345678901234567e300' : '-1.2345678901234567e300';
    case 'bit':
      return `b'${'1'.repeat(size ?? 1)}'`;
    case 'year':
      return '2155';
    case 'date':
      return "'9999-12-31'";
    case 'datetime':
      return `'9999-12-31 23:59:59${size === undefined ? '' : `.${'9'.repeat(size)}`}'`;
    case 'timestamp':
      return `'2038-01-19 03:14:07'`;
    case 'time':
      return "'-838:59:58'";
    case 'enum':
      return membersOf(type).at(-1) ?? "''";
    case 'set':
      return `'${membersOf(type)
        .map((member) => member.slice(1, -1))
        .join(',')}'`;
    case 'binary':
    case 'varbinary':
      return `X'${'FF'.repeat(Math.min(size ?? 1, 300))}'`;
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return "X'00FF27'";
    case 'char':
    case 'varchar': {
      const text = `${strangeText(charset)} it's \\ "odd" %s\n`;
      return textValue(
        Array.from(text.padEnd(Math.min(size ?? 1, 300), 'Z'))
          .slice(0, size ?? 1)
          .join(''),
      );
    }
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      if (column.isJson) return `'[1, null, {"a": "ß"}]'`;
      return textValue(`${strangeText(charset)} it's \\ "odd" %s\n${'Z'.repeat(word === 'tinytext' ? 100 : 300)}`);
    default:
      return valueOf(column, 4);
  }
}

/** The values that stand for none without being NULL. */
export function emptyOf(column: RowColumn): Value {
  const { word } = readType(column.type);
  if (word in BYTES || ['decimal', 'float', 'double', 'year'].includes(word)) return '0';
  switch (word) {
    case 'date':
      return "'0000-00-00'";
    case 'datetime':
    case 'timestamp':
      return "'0000-00-00 00:00:00'";
    case 'time':
      return "'00:00:00'";
    case 'bit':
      return "b'0'";
    case 'set':
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return "''";
    default:
      if (/text$|blob$/.test(word) && !column.isJson) return "''";
      return valueOf(column, 3);
  }
}
