import { isKind, type Kind } from '../../../schema/kinds.ts';
import type { Path, SchemaObject } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { CLASSES, type Catalog, type CatalogClass } from '../catalog.ts';
import { ident, qualified } from '../ident.ts';

/** What a comment, an owner or rights are on. */
export interface Subject {
  readonly kind: Kind;
  readonly path: Path;
}

/** Takes [kind, …path] apart. */
export function subjectOf([kind, ...path]: Path): Subject {
  if (kind === undefined || !isKind(kind)) throw new TypeError(`'${kind ?? ''}' is no kind`);
  return { kind, path };
}

/** Which kinds an address of a catalog means; others that are found there are wholes of which it is an inner part. */
const KINDS_OF: Partial<Record<CatalogClass, readonly Kind[]>> = {
  pg_class: ['table', 'view', 'materializedView', 'sequence', 'index'],
  pg_type: ['enum', 'compositeType', 'domain', 'rangeType', 'baseType'],
  pg_proc: ['routine', 'aggregate'],
  pg_constraint: ['constraint', 'domainConstraint'],
  pg_rewrite: ['rule'],
  pg_trigger: ['trigger'],
  pg_policy: ['policy'],
  pg_namespace: ['schema'],
  pg_extension: ['extension'],
  pg_language: ['language'],
  pg_am: ['accessMethod'],
  pg_collation: ['collation'],
  pg_conversion: ['conversion'],
  pg_statistic_ext: ['statistics'],
  pg_operator: ['operator'],
  pg_opfamily: ['operatorFamily'],
  pg_opclass: ['operatorClass'],
  pg_cast: ['cast'],
  pg_transform: ['transform'],
  pg_ts_parser: ['textSearchParser'],
  pg_ts_template: ['textSearchTemplate'],
  pg_ts_dict: ['textSearchDictionary'],
  pg_ts_config: ['textSearchConfiguration'],
  pg_foreign_data_wrapper: ['foreignDataWrapper'],
  pg_foreign_server: ['server'],
  pg_publication: ['publication'],
  pg_subscription: ['subscription'],
  pg_event_trigger: ['eventTrigger'],
};

const CLASS_NAMES = new Map<number, CatalogClass>(
  Object.entries(CLASSES).map(([name, oid]) => [oid, name as CatalogClass]),
);

/** Where a catalog says that something is: class, oid, and the number of a column or 0. */
export type RawAddress = readonly [number, number, number];

/** Finds what is at an address once all readers are done. */
export class Subjects {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** What is there or has it as an inner part. */
  whole([classId, oid, sub]: RawAddress): SchemaObject | undefined {
    const name = CLASS_NAMES.get(classId);
    const id = name === undefined ? undefined : this.#catalog.at([name, oid, sub]);
    return id === undefined ? undefined : this.#catalog.get(id);
  }

  /** What is there itself. */
  exactly(address: RawAddress): SchemaObject | undefined {
    const found = this.whole(address);
    const name = CLASS_NAMES.get(address[0]);
    if (found === undefined || name === undefined) return undefined;
    const kinds = address[2] > 0 ? (['column'] as const) : KINDS_OF[name];
    return kinds?.some((kind) => kind === found.kind) === true ? found : undefined;
  }
}

/** `TABLE public.users`, as COMMENT ON and ALTER … OWNER take it. */
export function subjectName({ kind, path }: Subject, schema: Schema): string {
  return NAMES[kind]?.(path, schema) ?? `${WORDS[kind] ?? kind.toUpperCase()} ${qualified(path)}`;
}

type Name = (path: Path, schema: Schema) => string;

const onRelation =
  (word: string): Name =>
  ([schema, relation, name]) =>
    `${word} ${ident(name!)} ON ${qualified([schema!, relation!])}`;

const usingMethod =
  (words: string): Name =>
  ([schema, name, method]) =>
    `${words} ${qualified([schema!, name!])} USING ${ident(method!)}`;

/** Of kinds whose name is not just their path. */
const NAMES: Partial<Record<Kind, Name>> = {
  table: (path, schema) =>
    `${schema.find('table', path)?.definition.server === undefined ? 'TABLE' : 'FOREIGN TABLE'} ${qualified(path)}`,
  index: ([schema, , name]) => `INDEX ${qualified([schema!, name!])}`,
  constraint: onRelation('CONSTRAINT'),
  domainConstraint: ([schema, domain, name]) => `CONSTRAINT ${ident(name!)} ON DOMAIN ${qualified([schema!, domain!])}`,
  trigger: onRelation('TRIGGER'),
  rule: onRelation('RULE'),
  policy: onRelation('POLICY'),
  routine: (path, schema) => `${schema.find('routine', path)?.definition.type ?? 'ROUTINE'} ${call(path)}`,
  aggregate: (path) => `AGGREGATE ${call(path[2] === '' ? [...path.slice(0, 2), '*'] : path)}`,
  operator: (path) => `OPERATOR ${operatorName(path)} (${path[2]!}, ${path[3]!})`,
  operatorFamily: usingMethod('OPERATOR FAMILY'),
  operatorClass: usingMethod('OPERATOR CLASS'),
  cast: ([source, target]) => `CAST (${source!} AS ${target!})`,
  transform: ([type, language]) => `TRANSFORM FOR ${type!} LANGUAGE ${ident(language!)}`,
};

const call = ([schema, name, types]: Path): string => `${qualified([schema!, name!])}(${types!})`;

/** An operator's name is never quoted. */
export function operatorName([schema = '', name = '']: Path): string {
  return `${ident(schema)}.${name}`;
}

const WORDS: Partial<Record<Kind, string>> = {
  accessMethod: 'ACCESS METHOD',
  enum: 'TYPE',
  compositeType: 'TYPE',
  rangeType: 'TYPE',
  baseType: 'TYPE',
  materializedView: 'MATERIALIZED VIEW',
  textSearchParser: 'TEXT SEARCH PARSER',
  textSearchTemplate: 'TEXT SEARCH TEMPLATE',
  textSearchDictionary: 'TEXT SEARCH DICTIONARY',
  textSearchConfiguration: 'TEXT SEARCH CONFIGURATION',
  foreignDataWrapper: 'FOREIGN DATA WRAPPER',
  eventTrigger: 'EVENT TRIGGER',
};
