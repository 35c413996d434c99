import { BUILTIN_TYPES, typeOf, type Trait, type Type } from './types.ts';
import { nameOf, type Choices, type Column, type Printed, type Printer } from './world.ts';

const schema: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = ['', 's1', '"Schema 2"', 's3'][number]!;
  world.names.set(`schema ${number}`, name);
  return {
    // What owners of relations must reach, whatever is granted besides.
    sql: [`CREATE SCHEMA ${name}`, `GRANT USAGE ON SCHEMA ${name} TO PUBLIC`],
    subject: `SCHEMA ${name}`,
    owned: `SCHEMA ${name}`,
    granted: { on: `SCHEMA ${name}`, privileges: ['CREATE', 'USAGE'] },
  };
};

const collation: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('coll', number)}`;
  world.names.set(`collation ${number}`, name);
  const options = choices.has('provider') ? `provider = icu, locale = 'de', deterministic = false` : `locale = 'C'`;
  return { sql: [`CREATE COLLATION ${name} (${options})`], subject: `COLLATION ${name}`, owned: `COLLATION ${name}` };
};

function typePrinted(sql: readonly string[], name: string, what = 'TYPE'): Printed {
  return {
    sql,
    subject: `${what} ${name}`,
    owned: `${what} ${name}`,
    granted: { on: `${what} ${name}`, privileges: ['USAGE'] },
  };
}

const LABELS = ['new', 'open', 'on hold', "won't do", 'done', 'Übrig', 'closed', 'gone'];

const enumType: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number + 1)}.${nameOf('state', number)}`;
  const from = choices.number('from') % 4;
  const labels = LABELS.slice(from, from + 1 + (choices.number('length') % 5));
  if (choices.has('odd')) labels.splice(choices.number('odd') % labels.length, 0, 'inserted');
  const quoted = labels.map((label) => `'${label.replaceAll("'", "''")}'`);
  world.types.set(
    `enum ${number}`,
    typeOf(name, 'btree hash', (n) => `${quoted[n % quoted.length]!}::${name}`),
  );
  return typePrinted([`CREATE TYPE ${name} AS ENUM (${quoted.join(', ')})`], name);
};

const domain: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number + 2)}.${nameOf('dom', number)}`;
  const own = world.types.get(`enum ${1 + (choices.number('base') % 3)}`);
  const base =
    choices.number('base') % 5 === 4 && own !== undefined ? own : BUILTIN_TYPES[choices.number('base') % 20]!;
  const checks = ['check', 'second'].flatMap((check) => {
    const choice = choices.number(check);
    if (choice === 0) return [];
    return [
      `CONSTRAINT ${name.split('.')[1]!.replaceAll('"', '').replaceAll(' ', '_')}_${check} CHECK (${domainCondition(choice, base)})`,
    ];
  });
  const collates = base.traits.has('collates') ? world.collation(choices.number('collation')) : undefined;
  const sql = [
    [
      `CREATE DOMAIN ${name} AS ${base.sql}`,
      ...(collates === undefined ? [] : [`COLLATE ${collates}`]),
      ...(choices.has('default') ? [`DEFAULT ${base.literal(choices.number('default'))}`] : []),
      ...(choices.has('notNull') ? ['NOT NULL'] : []),
      ...(choices.has('notValid') ? [] : checks),
    ].join(' '),
    ...(choices.has('notValid') ? checks.map((check) => `ALTER DOMAIN ${name} ADD ${check} NOT VALID`) : []),
  ];
  const traits = new Set<Trait>([...base.traits].filter((trait) => trait !== 'builtin' && trait !== 'key'));
  world.types.set(`domain ${number}`, { sql: name, traits, literal: (n) => `(${base.literal(n)})::${name}` });
  return typePrinted(sql, name, 'DOMAIN');
};

function domainCondition(choice: number, base: Type): string {
  if (base.traits.has('integer')) return `VALUE >= ${-(choice % 9)}`;
  if (base.traits.has('text'))
    return choice % 2 === 0 ? `VALUE <> 'x${choice % 50}'` : `length(VALUE) < ${100 + choice}`;
  return choice % 2 === 0 ? `VALUE IS NULL OR VALUE IS NOT NULL` : `true`;
}

const composite: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('pair', number)}`;
  const columns: Column[] = ['first', 'second', 'third'].flatMap((attribute, at) => {
    const choice = choices.number(attribute);
    if (choice === 0) return [];
    const own = world.types.get(choice % 2 === 0 ? 'enum 1' : 'domain 1');
    const type = choice % 5 === 4 && own !== undefined ? own : BUILTIN_TYPES[choice % 20]!;
    const collates = type.traits.has('collates') ? world.collation(choices.number('collation')) : undefined;
    return [{ name: attribute === 'third' ? '"third Part"' : attribute, number: at + 1, type, collation: collates }];
  });
  world.types.set(
    `composite ${number}`,
    typeOf(name, 'toasts', (n) => `ROW(${columns.map(({ type }) => type.literal(n)).join(', ')})::${name}`),
  );
  world.composites.set(number, columns);
  const attributes = columns.map(
    ({ name: attribute, type, collation: own }) =>
      `${attribute} ${type.sql}${own === undefined ? '' : ` COLLATE ${own}`}`,
  );
  return typePrinted([`CREATE TYPE ${name} AS (${attributes.join(', ')})`], name);
};

const range: Printer = (choices, world) => {
  const { number } = choices.thing;
  const local = nameOf('span', number);
  const name = `${world.schema(number + 1)}.${local}`;
  const [subtype, difference] = [
    ['double precision', 'float8mi'],
    ['text', undefined],
    ['integer', 'int4range_subdiff'],
    ['date', 'daterange_subdiff'],
  ][choices.number('subtype') % 4]!;
  const options = [`subtype = ${subtype!}`];
  if (choices.has('difference') && difference !== undefined) options.push(`subtype_diff = ${difference}`);
  if (choices.has('multirange') && world.major >= 14)
    options.push(`multirange_type_name = ${world.schema(number + 1)}.many_${number}`);
  world.types.set(
    `range ${number}`,
    typeOf(name, 'btree hash gist spgist toasts', () => `'empty'::${name}`),
  );
  return typePrinted([`CREATE TYPE ${name} AS RANGE (${options.join(', ')})`], name);
};

const sequence: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number + 1)}.${nameOf('seq', number)}`;
  world.names.set(`sequence ${number}`, name);
  const isUnlogged = choices.has('unlogged') && world.major >= 15;
  const sql = [`CREATE ${isUnlogged ? 'UNLOGGED ' : ''}SEQUENCE ${name}`, ...sequenceOptions(choices)].join(' ');
  return {
    sql: [sql],
    subject: `SEQUENCE ${name}`,
    // A sequence goes with the owner of its table.
    owned: choices.has('ownedBy') ? undefined : `SEQUENCE ${name}`,
    granted: { on: `SEQUENCE ${name}`, privileges: ['SELECT', 'UPDATE', 'USAGE'] },
  };
};

/** Such that any of them go with any others. */
export function sequenceOptions(choices: Choices): string[] {
  const type = choices.of('type', ['bigint', 'integer', 'smallint']);
  const increment = choices.number('increment');
  return [
    ...(type === undefined ? [] : [`AS ${type}`]),
    ...(increment === 0 ? [] : [`INCREMENT BY ${increment % 3 === 0 ? -1 - (increment % 5) : 1 + (increment % 5)}`]),
    ...(choices.has('minimum') ? [`MINVALUE ${-100 - choices.number('minimum')}`] : []),
    ...(choices.has('maximum') ? [`MAXVALUE ${1000 + choices.number('maximum')}`] : []),
    ...(choices.has('start') && choices.has('minimum') ? [`START WITH ${-(choices.number('start') % 100)}`] : []),
    ...(choices.has('cache') ? [`CACHE ${1 + (choices.number('cache') % 20)}`] : []),
    ...(choices.has('cycle') ? ['CYCLE'] : []),
  ];
}

const PARSER_TOKENS = ['asciiword', 'word, asciiword', 'int, uint', 'email'];

const dictionary: Printer = (choices, world) => {
  const name = `${world.schema(choices.thing.number)}.dict1`;
  world.names.set('dictionary 1', name);
  const options = choices.has('template')
    ? ['TEMPLATE = pg_catalog.snowball', `LANGUAGE = ${choices.number('template') % 2 === 0 ? 'german' : 'english'}`]
    : ['TEMPLATE = pg_catalog.simple', ...(choices.has('accept') ? ['ACCEPT = false'] : [])];
  if (choices.has('stopwords')) options.push('STOPWORDS = english');
  const what = `TEXT SEARCH DICTIONARY ${name}`;
  return { sql: [`CREATE ${what} (${options.join(', ')})`], subject: what, owned: what };
};

const textSearch: Printer = (choices, world) => {
  const name = `${world.schema(choices.thing.number + 1)}."Search 1"`;
  const what = `TEXT SEARCH CONFIGURATION ${name}`;
  const sql = [
    `CREATE ${what} (${choices.has('copy') ? 'COPY = pg_catalog.english' : 'PARSER = pg_catalog."default"'})`,
  ];
  const tokens = choices.of('mapping', PARSER_TOKENS);
  const own = choices.has('dictionary') ? world.names.get('dictionary 1') : undefined;
  const dictionaries = [...(own === undefined ? [] : [own]), 'pg_catalog.simple'].join(', ');
  if (tokens !== undefined)
    sql.push(`ALTER ${what} ${choices.has('copy') ? 'ALTER' : 'ADD'} MAPPING FOR ${tokens} WITH ${dictionaries}`);
  return { sql, subject: what, owned: what };
};

const wrapper: Printer = (choices) => {
  const what = 'FOREIGN DATA WRAPPER wrap1';
  const options = choices.has('options') ? ` OPTIONS (debug '${choices.number('options') % 5}', "Odd" 'it''s')` : '';
  return { sql: [`CREATE ${what}${options}`], subject: what, granted: { on: what, privileges: ['USAGE'] } };
};

const server: Printer = (choices, world) => {
  const name = '"Server 1"';
  world.names.set('server', name);
  const sql = [
    `CREATE SERVER ${name}`,
    ...(choices.has('type') ? [`TYPE 'kind${choices.number('type') % 3}'`] : []),
    ...(choices.has('version') ? [`VERSION '${choices.number('version') % 3}'`] : []),
    'FOREIGN DATA WRAPPER wrap1',
    ...(choices.has('options') ? [`OPTIONS (host 'h${choices.number('options') % 4}', port '1')`] : []),
  ].join(' ');
  return {
    sql: [sql],
    subject: `SERVER ${name}`,
    owned: undefined,
    granted: { on: `FOREIGN SERVER ${name}`, privileges: ['USAGE'] },
  };
};

const userMapping: Printer = (choices) => {
  const user = ['td_r1', 'td_r2', 'PUBLIC'][choices.thing.number - 1]!;
  const options = choices.has('options') ? ` OPTIONS ("user" 'u${choices.number('options') % 4}')` : '';
  return { sql: [`CREATE USER MAPPING FOR ${user} SERVER "Server 1"${options}`] };
};

export const typePrinters = {
  schema,
  collation,
  enum: enumType,
  domain,
  composite,
  range,
  sequence,
  dictionary,
  textSearch,
  wrapper,
  server,
  userMapping,
};
