import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, nameOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident } from '../ident.ts';

/** How the values of a column become those of another type. */
export interface Conversion {
  /** Absent where the server converts by itself. */
  readonly using?: string;
  readonly hazard?: string;
}

const TEXTS = ['text', 'character', 'character varying', 'name'];
const OIDS =
  'oid, regproc, regprocedure, regoper, regoperator, regclass, regtype, regconfig, regdictionary, regnamespace, regrole, regcollation';

/**
 * The casts of the server that ALTER COLUMN TYPE takes by itself (`castcontext` of pg_cast is `a` or `i`). Whatever it is,
 * a value becomes text by itself.
 */
const ASSIGNED = casts({
  smallint: `integer, bigint, numeric, real, double precision, ${OIDS}`,
  integer: `smallint, bigint, numeric, real, double precision, money, ${OIDS}`,
  bigint: `smallint, integer, numeric, real, double precision, money, ${OIDS}`,
  numeric: 'smallint, integer, bigint, real, double precision, money',
  real: 'smallint, integer, bigint, numeric, double precision',
  'double precision': 'smallint, integer, bigint, numeric, real',
  money: 'numeric',
  text: '"char", regclass',
  character: '"char"',
  'character varying': '"char", regclass',
  date: 'timestamp without time zone, timestamp with time zone',
  'time without time zone': 'interval, time with time zone',
  'time with time zone': 'time without time zone',
  'timestamp without time zone': 'date, time without time zone, timestamp with time zone',
  'timestamp with time zone': 'date, time without time zone, timestamp without time zone, time with time zone',
  interval: 'time without time zone',
  json: 'jsonb',
  jsonb: 'json',
  bit: 'bit varying',
  'bit varying': 'bit',
  cidr: 'inet',
  inet: 'cidr',
  macaddr: 'macaddr8',
  macaddr8: 'macaddr',
  oid: `integer, bigint, ${OIDS}`,
  point: 'box',
  path: 'polygon',
  polygon: 'path',
});

/** Those it takes only where they are written (`castcontext` is `e`). */
const EXPLICIT = casts({
  boolean: 'integer',
  integer: 'boolean, "char", bit',
  bigint: 'bit',
  bit: 'integer, bigint',
  '"char"': 'integer',
  jsonb: 'boolean, smallint, integer, bigint, numeric, real, double precision',
  lseg: 'point',
  box: 'point, lseg, polygon, circle',
  polygon: 'point, box, circle',
  circle: 'point, box, polygon',
  int4range: 'int4multirange',
  int8range: 'int8multirange',
  numrange: 'nummultirange',
  tsrange: 'tsmultirange',
  tstzrange: 'tstzmultirange',
  daterange: 'datemultirange',
  xid8: 'xid',
});

function casts(table: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(
    Object.entries(table).flatMap(([source, targets]) => targets.split(', ').map((target) => `${source}>${target}`)),
  );
}

/** How ALTER COLUMN TYPE takes the values of one type to another. */
export function conversionOf(path: readonly string[], from: string, to: string, context: PlanContext): Conversion {
  const fill = from === to ? undefined : context.fills?.get(idOf('column', path));
  if (fill !== undefined) return { using: `(${fill})` };
  const name = ident(path[2]!);
  const place = nameOf(path);
  const source = underlying(from, context.from);
  const target = underlying(to, context.to);
  const risk = (text: string): Conversion => ({
    using: text,
    hazard: `Fails where a value of ${place} cannot be read as ${to}.`,
  });
  if (source.isArray !== target.isArray) {
    const element = isCast(source, target) ? '' : '::text';
    if (target.isArray) {
      const using = source.name === target.name ? `ARRAY[${name}]` : `ARRAY[${name}${element}]::${to}`;
      return { using, hazard: `Every value of ${place} becomes an array of one; NULL becomes {NULL}.` };
    }
    if (TEXTS.includes(target.name)) return {};
    const hazard = `Data loss: every value in the arrays of ${place} but the first.`;
    return { using: `${name}[1]${element}::${to}`, hazard };
  }
  const cast = context.to.find('cast', [from, to]);
  if (cast?.definition.context !== undefined) return {};
  if (source.name === target.name || ASSIGNED.has(`${source.name}>${target.name}`)) {
    return isLossless(source, target)
      ? {}
      : { hazard: `Fails or rounds where a value of ${place} does not fit ${to}.` };
  }
  if (TEXTS.includes(target.name)) {
    return target.modifier === '' ? {} : { hazard: `Fails where a value of ${place} does not fit ${to}.` };
  }
  if (cast !== undefined || isCast(source, target)) return risk(`${name}::${to}`);
  return risk(`${name}::text${source.isArray ? '[]' : ''}::${to}`);
}

/** Whether the server has a cast from one to the other, elements of arrays included. */
function isCast({ name: source }: TypeParts, { name: target }: TypeParts): boolean {
  const pair = `${source}>${target}`;
  const isText = [source, target].some((name) => TEXTS.includes(name));
  return source === target || isText || ASSIGNED.has(pair) || EXPLICIT.has(pair);
}

interface TypeParts {
  readonly name: string;
  /** `(8,2)`, ` day to second(2)` or nothing. */
  readonly modifier: string;
  readonly isArray: boolean;
}

/** A type as format_type has it, apart: `numeric(8,2)[]`. */
function partsOf(type: string): TypeParts {
  const isArray = type.endsWith('[]');
  const scalar = isArray ? type.slice(0, -2) : type;
  if (scalar.startsWith('interval')) return { name: 'interval', modifier: scalar.slice('interval'.length), isArray };
  const modifier = /\(\d+(?:,-?\d+)?\)/.exec(scalar)?.[0] ?? '';
  return { name: scalar.replace(modifier, ''), modifier, isArray };
}

/** Casts are looked up by the type a domain is made from. */
export function underlying(type: string, schema: Schema): TypeParts {
  const parts = partsOf(type);
  const domain = [...domainsOf(schema)].find(([name]) => name === parts.name);
  if (domain === undefined) return parts;
  const base = underlying(domain[1], schema);
  return { ...base, isArray: base.isArray || parts.isArray };
}

function* domainsOf(schema: Schema): Iterable<[string, string]> {
  for (const object of schema.objects()) {
    if (object.kind === 'domain') yield [object.path.map(ident).join('.'), object.definition.type];
  }
}

/** Whether only the length or precision differs. */
export function isSameBase(from: string, to: string): boolean {
  const [a, b] = [partsOf(from), partsOf(to)];
  return a.name === b.name && a.isArray === b.isArray;
}

const FAMILIES = [
  ['smallint', 'integer', 'bigint'],
  ['text', 'character varying', 'name'],
];

/** Whether values of the two can be compared, as a foreign key does. */
export function isComparable(from: string, to: string): boolean {
  if (isSameBase(from, to)) return true;
  const names = [partsOf(from).name, partsOf(to).name];
  return (
    !from.endsWith('[]') &&
    !to.endsWith('[]') &&
    FAMILIES.some((family) => names.every((name) => family.includes(name)))
  );
}

const WIDER = new Set(
  [
    'smallint>integer',
    'smallint>bigint',
    'integer>bigint',
    'real>double precision',
    'json>jsonb',
    'jsonb>json',
    'cidr>inet',
  ].concat(
    ['smallint', 'integer', 'bigint'].map((type) => `${type}>numeric`),
    ['timestamp without time zone', 'timestamp with time zone'].map((type) => `date>${type}`),
    ['timestamp without time zone>timestamp with time zone', 'timestamp with time zone>timestamp without time zone'],
    ['smallint>double precision', 'integer>double precision', 'macaddr>macaddr8', 'time without time zone>interval'],
  ),
);

function isLossless(from: TypeParts, to: TypeParts): boolean {
  if (from.name !== to.name) {
    const isText = TEXTS.includes(from.name) && TEXTS.includes(to.name) && to.name !== 'name';
    return (isText || WIDER.has(`${from.name}>${to.name}`)) && to.modifier === '';
  }
  if (to.modifier === '' || from.modifier === to.modifier) return true;
  if (from.modifier === '') return false;
  if (from.name === 'interval') return false;
  const [length, scale] = numbersOf(from.modifier);
  const [newLength, newScale] = numbersOf(to.modifier);
  return newLength - newScale >= length - scale && newScale >= scale;
}

function numbersOf(modifier: string): [number, number] {
  const [first, second] = modifier.slice(1, -1).split(',');
  return [Number(first), Number(second ?? 0)];
}
