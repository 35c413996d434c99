import { lexer } from '../lex.ts';
import type { RowColumn } from './catalog.ts';

/** As the driver binds it: a number is REAL, a bigint INTEGER. */
export type Value = string | number | bigint | Uint8Array | null;

type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
function affinityOf(type: string): Affinity {
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (type === '' || type.includes('BLOB')) return 'blob';
  if (/REAL|FLOA|DOUB/.test(type)) return 'real';
  return 'numeric';
}

const two = (at: number): string => String((at % 28) + 1).padStart(2, '0');

/** The value number `at` of a column: another for each. */
export function valueOf({ name, type }: RowColumn, at: number): Value {
  const hint = `${name} ${type}`;
  switch (affinityOf(type)) {
    case 'integer':
      return BigInt(at + 1);
    case 'text':
      if (/json/i.test(hint)) return `{"n":${at + 1}}`;
      if (/uuid/i.test(hint)) return `00000000-0000-4000-8000-${String(at + 1).padStart(12, '0')}`;
      return `value ${at + 1}`;
    case 'blob':
      return at % 2 === 0 ? `value ${at + 1}` : new TextEncoder().encode(`value ${at + 1}`);
    case 'real':
      return at + 0.5;
    case 'numeric':
      if (/json/i.test(hint)) return `{"n":${at + 1}}`;
      if (/uuid/i.test(hint)) return `00000000-0000-4000-8000-${String(at + 1).padStart(12, '0')}`;
      if (/bool/i.test(hint)) return BigInt(at % 2);
      if (/time/i.test(hint)) return `2024-01-${two(at)} 0${at % 10}:00:00`;
      if (/date/i.test(hint)) return `2024-01-${two(at)}`;
      return at + 0.25;
  }
}

/** What STRICT takes: https://www.sqlite.org/stricttables.html */
export function strictValueOf(column: RowColumn, at: number): Value {
  if (column.type === 'BLOB') return new TextEncoder().encode(`value ${at + 1}`);
  if (column.type === 'ANY') return [BigInt(at + 1), `0${at + 1}`, at + 0.5][at % 3]!;
  return valueOf(column, at);
}

/** What migrations stumble over: the ends of a type, and what is rarely thought of. */
export function edgeOf({ type }: RowColumn): Value {
  switch (affinityOf(type)) {
    case 'integer':
      return -9_223_372_036_854_775_808n;
    case 'text':
      return `it's "odd" \\ %s ß 漢 🙂\n${'Z'.repeat(300)}`;
    case 'blob':
      return new Uint8Array([0, 255, 39]);
    case 'real':
      return -1.234_567_890_123_456_7e300;
    case 'numeric':
      return 9_007_199_254_740_993n;
  }
}

/** A value of another storage class than the column's type would have, which any table takes that is not STRICT. */
export function strangerOf({ type }: RowColumn): Value {
  switch (affinityOf(type)) {
    case 'integer':
      return '7 of them';
    case 'text':
      return new Uint8Array([97, 0, 98]);
    case 'blob':
      return 12.5;
    case 'real':
      return '1e';
    case 'numeric':
      return '0x1F';
  }
}

const COMMON: readonly Value[] = [
  0n,
  1n,
  -1n,
  10n,
  100n,
  0.5,
  '',
  'a',
  'A',
  'abc',
  '1',
  '12345',
  'a@b.co',
  'https://example.com/a',
  '{}',
  '[]',
  '{"a":1}',
  '2024-01-02',
  '2024-01-02 03:04:05',
  '2024-01-02T03:04:05.000Z',
  new Uint8Array([1, 2]),
  null,
];

/** Values worth trying where an expression restricts them: the constants that it names, and what is near. */
export function candidatesIn(text: string): Value[] {
  const found = new Map<string, Value>();
  const add = (...values: Value[]): void => {
    for (const value of values) found.set(`${typeof value} ${String(value)}`, value);
  };
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    const part = text.slice(token.start, token.end);
    if (token.kind === 'string' && part.startsWith("'")) {
      const named = part.slice(1, -1).replaceAll("''", "'");
      add(named, `${named}a`, `a${named}`, instanceOf(named), instanceOf(`${named}?`));
    } else if (token.kind === 'number' && /^\d{1,15}$/.test(part)) {
      const number = BigInt(part);
      add(number, number + 1n, number - 1n, -number);
      const size = Number(part);
      if (size <= 256) add('a'.repeat(size), '1'.repeat(size), 'a'.repeat(size + 1), new Uint8Array(size).fill(1));
    } else if (token.kind === 'number' && Number.isFinite(Number(part))) {
      add(Number(part), Number(part) + 0.5, Number(part) - 0.5);
    }
  }
  add(...COMMON);
  return [...found.values()];
}

/** A text that LIKE or GLOB takes for the pattern. */
function instanceOf(pattern: string): string {
  return pattern
    .replaceAll(/\[\^[^\]]+\]/g, '~')
    .replaceAll(/\[(.)[^\]]*\]/g, '$1')
    .replaceAll(/[%*]/g, 'x')
    .replaceAll(/[_?]/g, 'y');
}
