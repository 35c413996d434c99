import type { RowType } from './row-catalog.ts';

/** A made-up value as the text that its type's input function reads. */
type Maker = (at: number, modifier: number) => string;

const DAY_MS = 86_400_000;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
const day = (at: number): string => new Date(Date.UTC(2024, 0, 1) + (at % 20_000) * DAY_MS).toISOString().slice(0, 10);
const clock = (at: number): string => new Date((at % 86_400) * 1000).toISOString().slice(11, 19);
const address = (at: number): string => `10.${(at >> 16) % 256}.${(at >> 8) % 256}.${(at % 256) + 1}`;
const whole: Maker = (at) => String((at % 30_000) + 1);
const fixed =
  (...texts: readonly string[]): Maker =>
  (at) =>
    texts[at % texts.length]!;

function letters(at: number, length: number): string {
  let rest = at;
  let word = '';
  while (word.length < Math.min(length, 4)) {
    word = String.fromCodePoint(97 + (rest % 26)) + word;
    rest = Math.floor(rest / 26);
  }
  return word;
}

/** `varchar(n)` has n + 4 as its modifier. */
const word: Maker = (at, modifier) => {
  const length = modifier < 4 ? 100 : modifier - 4;
  return length >= 12 ? `value ${at + 1}` : letters(at, length);
};

const bits: Maker = (at, modifier) => {
  const length = modifier < 1 ? 8 : modifier;
  return (at + 1).toString(2).padStart(length, '0').slice(-length);
};

function precision(modifier: number): { digits: number; scale: number } {
  // The scale has eleven bits with a sign since version 15.
  return { digits: ((modifier - 4) >> 16) & 0xffff, scale: (((modifier - 4) & 0x7ff) ^ 1024) - 1024 };
}

const numeric: Maker = (at, modifier) => {
  if (modifier < 4) return `${at + 1}.5`;
  const { digits, scale } = precision(modifier);
  const wholes = digits - Math.max(scale, 0);
  if (wholes >= 1) return String((at % (10 ** Math.min(wholes, 9) - 1)) + 1) + '0'.repeat(Math.max(-scale, 0));
  return `0.${String((at % (10 ** Math.min(digits, 9) - 1)) + 1).padStart(scale, '0')}`;
};

function lowestNumeric(modifier: number): string {
  if (modifier < 4) return '-12345678901234567890.123456789';
  const { digits, scale } = precision(modifier);
  const nines = '9'.repeat(digits);
  if (scale <= 0) return `-${nines}${'0'.repeat(-scale)}`;
  return scale >= digits ? `-0.${nines.padStart(scale, '0')}` : `-${nines.slice(0, -scale)}.${nines.slice(-scale)}`;
}

/** https://www.postgresql.org/docs/current/datatype.html */
const BUILT_IN: Readonly<Record<string, Maker>> = {
  int2: whole,
  int4: whole,
  int8: whole,
  oid: whole,
  xid: whole,
  xid8: whole,
  cid: whole,
  numeric,
  float4: (at) => `${at + 1}.5`,
  float8: (at) => `${at + 1}.25`,
  money: whole,
  bool: fixed('true', 'false'),
  text: word,
  varchar: word,
  bpchar: word,
  name: word,
  refcursor: word,
  char: (at) => letters(at, 1),
  bytea: (at) => String.raw`\x${hex(at + 1, 6)}`,
  uuid: (at) => `00000000-0000-4000-8000-${hex(at + 1, 12)}`,
  date: day,
  timestamp: (at) => `${day(at)} 12:00:00`,
  timestamptz: (at) => `${day(at)} 12:00:00+00`,
  time: clock,
  timetz: (at) => `${clock(at)}+00`,
  interval: (at) => `${at + 1} days`,
  json: (at) => `{"n": ${at + 1}}`,
  jsonb: (at) => `{"n": ${at + 1}}`,
  jsonpath: (at) => `$.n${at + 1}`,
  xml: (at) => `<n>${at + 1}</n>`,
  inet: address,
  cidr: (at) => `${address(at)}/32`,
  macaddr: (at) => `02:00:00:00:${hex(at >> 8, 2)}:${hex(at, 2)}`,
  macaddr8: (at) => `02:00:00:00:00:00:${hex(at >> 8, 2)}:${hex(at, 2)}`,
  point: (at) => `(${at},1)`,
  line: (at) => `{1,2,${at}}`,
  lseg: (at) => `[(${at},0),(${at},1)]`,
  box: (at) => `(${at}.5,1),(${at},0)`,
  path: (at) => `[(${at},0),(${at},1)]`,
  polygon: (at) => `((${at},0),(${at},1),(${at}.5,0))`,
  circle: (at) => `<(${at},0),0.25>`,
  bit: (at, modifier) => bits(at, Math.max(modifier, 1)),
  varbit: bits,
  tsvector: (at) => `'value${at + 1}':1`,
  tsquery: (at) => `'value${at + 1}'`,
  pg_lsn: (at) => `0/${hex(at + 1, 6)}`,
  txid_snapshot: (at) => `${at + 1}:${at + 1}:`,
  pg_snapshot: (at) => `${at + 1}:${at + 1}:`,
  tid: (at) => `(0,${(at % 200) + 1})`,
  int2vector: whole,
  oidvector: whole,
  regclass: fixed('pg_catalog.pg_class', 'pg_catalog.pg_type'),
  regtype: fixed('integer', 'text'),
  regproc: fixed('pg_catalog.now', 'pg_catalog.version'),
  regprocedure: fixed('pg_catalog.now()', 'pg_catalog.version()'),
  regoper: fixed('pg_catalog.^@'),
  regoperator: fixed('pg_catalog.+(integer,integer)', 'pg_catalog.-(integer,integer)'),
  regnamespace: fixed('pg_catalog', 'information_schema'),
  regrole: fixed('pg_monitor', 'pg_signal_backend'),
  regconfig: fixed('pg_catalog.simple'),
  regdictionary: fixed('pg_catalog.simple'),
  regcollation: fixed('pg_catalog."C"', 'pg_catalog."POSIX"'),
  aclitem: fixed('pg_monitor=r/pg_monitor', 'pg_monitor=w/pg_monitor'),
};

/** What migrations stumble over: the ends of a type, and what is rarely thought of. */
const EDGES: Readonly<Record<string, (modifier: number) => string>> = {
  int2: () => '-32768',
  int4: () => '-2147483648',
  int8: () => '-9223372036854775808',
  numeric: lowestNumeric,
  float4: () => '-1e30',
  float8: () => '-1e300',
  money: () => '-92233720368547758.08',
  bool: () => 'false',
  varchar: (modifier) => 'Z'.repeat(modifier < 4 ? 300 : Math.min(modifier - 4, 1000)),
  bpchar: (modifier) => 'Z'.repeat(modifier < 4 ? 300 : Math.min(modifier - 4, 1000)),
  bytea: () => String.raw`\x00ff`,
  date: () => '0001-01-01',
  timestamp: () => '1969-12-31 23:59:59.999999',
  timestamptz: () => '1969-12-31 23:59:59.999999+00',
  time: () => '23:59:59.999999',
  timetz: () => '23:59:59.999999-12',
  interval: () => '-1 year -2 days -00:00:00.000001',
  json: () => '[1, "two", null]',
  jsonb: () => '[1, "two", null]',
  inet: () => '2001:db8::1/64',
  cidr: () => '2001:db8::/32',
  varbit: () => '',
};

/** Texts that one or another type of an extension reads: a case-blind text, a map, a path of labels, a shape, a vector … */
const GUESSES = [
  'value 1',
  'a.b1',
  'a=>1',
  'POINT(1 1)',
  'SRID=4326;POINT(1 1)',
  '1',
  '(1,1)',
  '[1,1]',
  '{1}',
  '1.0.0',
  '01',
  '',
  'a',
  '#ffffff',
  '0-393-04002-X',
  '1436-4522',
  '979-0-2600-0043-8',
];

const quoteItem = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** Makes up values of any type that a database knows. */
export class RowValues {
  readonly #types: ReadonlyMap<number, RowType>;
  readonly #isUtf8: boolean;
  /** What the server took, where it had to be asked: of domains and of types that are not built in. */
  readonly #accepted = new Map<string, readonly string[]>();

  constructor(types: readonly RowType[], isUtf8: boolean) {
    this.#types = new Map(types.map((type) => [type.oid, type]));
    this.#isUtf8 = isUtf8;
  }

  type(oid: number): RowType | undefined {
    return this.#types.get(oid);
  }

  /** What a domain stands on in the end; any other type itself. */
  baseOf(oid: number, modifier: number): { readonly type: RowType | undefined; readonly modifier: number } {
    const type = this.#types.get(oid);
    return type?.type === 'd' ? this.baseOf(type.base, type.modifier) : { type, modifier };
  }

  accept(oid: number, modifier: number, texts: readonly string[]): void {
    this.#accepted.set(`${oid} ${modifier}`, texts);
  }

  isAsked(oid: number, modifier: number): boolean {
    return this.#accepted.has(`${oid} ${modifier}`);
  }

  /** Whether only the server can tell what it takes. */
  isForeign(oid: number): boolean {
    const type = this.#types.get(oid);
    return type?.type === 'b' && !this.#isArray(type) && !(type.schema === 'pg_catalog' && type.name in BUILT_IN);
  }

  guesses(modifier: number): readonly string[] {
    // A vector's modifier is its length.
    return modifier < 1 || modifier > 16_000
      ? GUESSES
      : [`[${Array.from({ length: modifier }, (_, at) => at).join(',')}]`, ...GUESSES];
  }

  /** The value number `at` of a type: another for each, as far as the type has so many. Undefined where it has none. */
  text(oid: number, modifier: number, at: number): string | undefined {
    const accepted = this.#accepted.get(`${oid} ${modifier}`);
    if (accepted !== undefined) return accepted[at % Math.max(accepted.length, 1)];
    const type = this.#types.get(oid);
    if (type === undefined) return undefined;
    const builtIn = type.schema === 'pg_catalog' ? BUILT_IN[type.name] : undefined;
    if (builtIn !== undefined) return builtIn(at, modifier);
    return this.#compound(type, modifier, (part, partModifier) => this.text(part, partModifier, at), at);
  }

  /** A value from the end of a type. */
  edge(oid: number, modifier: number): string | undefined {
    const accepted = this.#accepted.get(`${oid} ${modifier}`);
    if (accepted !== undefined) return accepted.at(-1);
    const type = this.#types.get(oid);
    if (type === undefined) return undefined;
    if (type.schema === 'pg_catalog' && type.name === 'text') return this.#oddText();
    const edge = type.schema === 'pg_catalog' ? EDGES[type.name] : undefined;
    if (edge !== undefined) return edge(modifier);
    if (this.#isArray(type)) return '{}';
    if (type.type === 'e') return type.labels?.at(-1);
    if (type.type === 'r') return 'empty';
    if (type.type === 'c')
      return this.#compound(type, modifier, (part, partModifier) => this.edge(part, partModifier), 0);
    return this.text(oid, modifier, 3);
  }

  #oddText(): string {
    return String.raw`it's "odd" \ %s` + (this.#isUtf8 ? ' ß 漢 🙂' : '') + `\n${'Z'.repeat(300)}`;
  }

  #isArray(type: RowType): boolean {
    return type.category === 'A' && type.element !== 0 && !type.name.endsWith('vector');
  }

  #compound(
    type: RowType,
    modifier: number,
    part: (oid: number, modifier: number) => string | undefined,
    at: number,
  ): string | undefined {
    if (this.#isArray(type)) {
      const item = part(type.element, modifier);
      return item === undefined ? '{}' : `{${quoteItem(item)}${type.delimiter}${quoteItem(item)}}`;
    }
    switch (type.type) {
      case 'e':
        return type.labels?.[at % type.labels.length];
      case 'd':
        return part(type.base, type.modifier);
      case 'c':
        return `(${(type.attributes ?? []).map(([oid, own]) => optional(part(oid, own))).join(',')})`;
      case 'r': {
        const bound = part(type.subtype!, -1);
        return bound === undefined ? 'empty' : `[${quoteItem(bound)},${quoteItem(bound)}]`;
      }
      case 'm':
        return `{${part(type.subtype!, -1) ?? ''}}`;
      default:
        return undefined;
    }
  }
}

const optional = (text: string | undefined): string => (text === undefined ? '' : quoteItem(text));
