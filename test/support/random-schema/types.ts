/** What a type can do, as far as what is built on it needs to know. */
export type Trait =
  | 'btree'
  | 'hash'
  | 'key'
  | 'integer'
  | 'text'
  | 'gin'
  | 'gist'
  | 'spgist'
  | 'brin'
  | 'collates'
  | 'toasts'
  /** Of the server's own: what neither a role nor a row filter has to look up. */
  | 'builtin';

export interface Type {
  readonly sql: string;
  readonly traits: ReadonlySet<Trait>;
  /** An expression of this type, another one for another number as far as there are any. */
  literal(number: number): string;
}

export function typeOf(sql: string, traits: string, literal: (number: number) => string): Type {
  return { sql, traits: new Set(traits.split(' ').filter(Boolean) as Trait[]), literal };
}

const number = (n: number): string => String(n % 90);
const word = (n: number): string => `'${n % 7 === 0 ? "it''s " : 'v'}${n % 50}'`;
const date = (n: number): string => `2020-0${1 + (n % 9)}-1${n % 10}`;
const hex = (n: number): string => (n % 256).toString(16).padStart(2, '0');

const ordered = 'builtin btree hash brin key';

/** The frequent ones first, and more than once. */
export const BUILTIN_TYPES: readonly Type[] = [
  typeOf('integer', `${ordered} integer`, number),
  typeOf('text', `${ordered} text spgist collates toasts`, word),
  typeOf('bigint', `${ordered} integer`, number),
  typeOf('integer', `${ordered} integer`, number),
  typeOf('character varying(20)', `${ordered} text spgist collates toasts`, word),
  typeOf('boolean', 'builtin btree hash', (n) => (n % 2 === 0 ? 'true' : 'false')),
  typeOf('timestamp with time zone', 'builtin btree hash brin', (n) =>
    n % 3 === 0 ? 'now()' : `'${date(n)} 10:00+02'`,
  ),
  typeOf('integer', `${ordered} integer`, number),
  typeOf('numeric(10,2)', 'builtin btree hash brin toasts', (n) => `${number(n)}.5`),
  typeOf('jsonb', 'builtin btree hash gin toasts', (n) => `'{"a": [${number(n)}, null]}'`),
  typeOf('uuid', 'builtin btree hash brin', (n) => `'00000000-0000-0000-0000-0000000000${hex(n)}'`),
  typeOf('text', `${ordered} text spgist collates toasts`, word),
  typeOf('smallint', `${ordered} integer`, number),
  typeOf('date', `${ordered}`, (n) => (n % 4 === 0 ? 'CURRENT_DATE' : `'${date(n)}'`)),
  typeOf('character varying(100)', `${ordered} text spgist collates toasts`, word),
  typeOf('character varying', `${ordered} text spgist collates toasts`, word),
  typeOf('numeric', 'builtin btree hash brin toasts', number),
  typeOf('double precision', 'builtin btree hash brin', (n) => `${number(n)}.25`),
  typeOf('real', 'builtin btree hash brin', (n) => `${number(n)}.125`),
  typeOf('timestamp(3) without time zone', 'builtin btree hash brin', (n) => `'${date(n)} 10:00:00.25'`),
  typeOf('time without time zone', 'builtin btree hash brin', (n) => `'1${n % 10}:00'`),
  typeOf('interval', 'builtin btree hash brin', (n) => `'${number(n)} days 2 hours'`),
  typeOf('bytea', 'builtin btree hash toasts', (n) => String.raw`'\x${hex(n)}'`),
  typeOf('json', 'builtin toasts', (n) => `'{"a":  ${number(n)}}'`),
  typeOf('inet', 'builtin btree hash spgist', (n) => `'10.0.0.${number(n)}/24'`),
  typeOf('bit(8)', 'builtin btree', (n) => `B'${(n % 256).toString(2).padStart(8, '0')}'`),
  typeOf('character(5)', `${ordered} text collates toasts`, (n) => `'c${n % 50}'`),
  typeOf('point', 'builtin gist spgist', (n) => `'(${number(n)},1)'`),
  typeOf('tsvector', 'builtin btree gin gist toasts', (n) => `'word${number(n)}'`),
  typeOf('int4range', 'builtin btree hash gist spgist toasts', (n) => `'[1,${2 + (n % 90)})'`),
  typeOf('text[]', 'builtin btree hash gin collates toasts', (n) => `ARRAY[${word(n)}]`),
  typeOf('integer[]', 'builtin btree hash gin toasts', (n) => (n % 2 === 0 ? `'{}'` : `'{${number(n)},NULL}'`)),
  typeOf('oid', 'builtin btree hash', number),
  typeOf('money', 'builtin btree', number),
];

/** Those of the schema itself: by what they are the number of. */
export const OWN_TYPES = [
  'enum 1',
  'domain 1',
  'enum 2',
  'enum 1',
  'composite 1',
  'domain 2',
  'range 1',
  'enum 3',
  'domain 3',
  'composite 2',
  'range 2',
] as const;

/** An array of a type that has none among the ones above. */
export function arrayOf(type: Type): Type {
  const traits = new Set<Trait>(type.traits.has('btree') ? ['btree', 'gin', 'toasts'] : ['toasts']);
  if (type.traits.has('collates')) traits.add('collates');
  if (type.traits.has('builtin')) traits.add('builtin');
  return { sql: `${type.sql}[]`, traits, literal: (n) => `ARRAY[${type.literal(n)}]::${type.sql}[]` };
}
