import type { Kind, LooseKinds } from '../../schema/kinds.ts';
import {
  idOf,
  idWithin,
  nameIn,
  type ObjectId,
  type ObjectOf,
  type Path,
  type SchemaObject,
} from '../../schema/object.ts';
import type { ObjectPool } from '../../schema/pool.ts';
import { Schema, type Entry, type Need } from '../../schema/schema.ts';

/** The catalogs by their fixed oids (src/include/catalog/*.h), as pg_depend's `classid` has them. */
export const CLASSES = {
  pg_default_acl: 826,
  pg_type: 1247,
  pg_proc: 1255,
  pg_class: 1259,
  pg_foreign_server: 1417,
  pg_user_mapping: 1418,
  pg_foreign_data_wrapper: 2328,
  pg_am: 2601,
  pg_amop: 2602,
  pg_amproc: 2603,
  pg_attrdef: 2604,
  pg_cast: 2605,
  pg_constraint: 2606,
  pg_conversion: 2607,
  pg_language: 2612,
  pg_namespace: 2615,
  pg_opclass: 2616,
  pg_operator: 2617,
  pg_rewrite: 2618,
  pg_trigger: 2620,
  pg_opfamily: 2753,
  pg_extension: 3079,
  pg_policy: 3256,
  pg_statistic_ext: 3381,
  pg_collation: 3456,
  pg_event_trigger: 3466,
  pg_transform: 3576,
  pg_ts_dict: 3600,
  pg_ts_parser: 3601,
  pg_ts_config: 3602,
  pg_ts_template: 3764,
  pg_subscription: 6100,
  pg_publication: 6104,
  pg_publication_rel: 6106,
  pg_publication_namespace: 6237,
} as const;

export type CatalogClass = keyof typeof CLASSES;

/** Where pg_depend finds something: catalog, oid, and the number of a column or 0. */
export type Address = readonly [CatalogClass, number, number?];

/** What pg_depend says, all of one sort together: what depends (class; oids, columns), on what, how. */
export interface Depends {
  readonly class: number;
  readonly refClass: number;
  readonly type: string;
  readonly oids: readonly number[];
  readonly columns: readonly number[];
  readonly refOids: readonly number[];
  readonly refColumns: readonly number[];
}

/** What is known of a database before its objects are read. */
export interface Ground {
  /** Of the server: 150020. */
  readonly version: number;
  /** The names of the schemas that are no system's, by oid. */
  readonly schemas: ReadonlyMap<number, string>;
  /** Of what the readers ask for (`onlyWith`, `asks`): what there is. */
  readonly present: ReadonlySet<string>;
}

/** An object that was found, with what is known beside it so far. */
export class Found implements Entry {
  readonly text = undefined;
  needs: readonly Need[];
  readonly id: ObjectId;
  readonly object: SchemaObject;

  constructor(id: ObjectId, object: SchemaObject, needs: readonly Need[]) {
    this.id = id;
    this.object = object;
    this.needs = needs;
  }
}

/** Collects what the readers of the kinds find, and joins it by what the server says depends on what. */
export class Catalog implements Ground {
  readonly version: number;
  readonly schemas: ReadonlyMap<number, string>;
  readonly present: ReadonlySet<string>;
  readonly #pool: ObjectPool;
  readonly #entries = new Map<ObjectId, Found>();
  /** Catalog, oid. Maps of small integers: one of a number for the whole address takes 25 MB more at 5,000 tables. */
  readonly #whole = new Map<number, Map<number, Found>>();
  /** Columns, by the oid of the relation and their number. */
  readonly #columns = new Map<number, (Found | undefined)[]>();
  readonly #later: (() => void)[] = [];
  /** Needs of wholes of their parts, which are left out. */
  readonly #circles = new Map<ObjectId, Set<ObjectId>>();
  #latest: { readonly whole: Found; readonly needs: readonly Need[]; readonly name: string } | undefined;

  constructor({ version, schemas, present }: Ground, pool: ObjectPool) {
    this.version = version;
    this.schemas = schemas;
    this.present = present;
    this.#pool = pool;
  }

  /** @param addresses where pg_depend may point when it means this object: its own first, then those of its inner parts */
  put<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K], ...addresses: readonly Address[]): ObjectId {
    const id = idOf(kind, path);
    this.#enter(id, this.#pool.make(kind, path, definition), NOTHING);
    this.alias(id, ...addresses);
    return id;
  }

  /**
   * Puts what there may be a hundred thousand of: a part of `whole`, with the definition that {@link define} made.
   *
   * @param name none for what has the path of the whole
   */
  putPart<K extends Kind>(
    kind: K,
    whole: Found,
    name: string | null,
    definition: ObjectOf<K>['definition'],
    [cls, oid, column = 0]: Address,
  ): Found {
    // The parts of one whole mostly come one after the other: what all of them have is made once.
    if (this.#latest?.whole !== whole) {
      const needs = [{ id: whole.id, strength: 'own' }] as const;
      this.#latest = { whole, needs, name: nameIn(whole.id, whole.object.kind) };
    }
    const { needs, name: wholeName } = this.#latest;
    const { path } = whole.object;
    const found =
      name === null
        ? this.#enter([kind, wholeName].join(':'), { kind, path, definition }, needs)
        : this.#enter(idWithin(kind, wholeName, name), { kind, path: [...path, name], definition }, needs);
    this.#address(found, CLASSES[cls], oid, column);
    return found;
  }

  /** A definition for {@link putPart}, one for all that are equal; see {@link ObjectPool.definition}. */
  define<K extends Kind>(kind: K, definition: LooseKinds[K], said?: string): ObjectOf<K>['definition'] {
    return this.#pool.definition(kind, definition, said);
  }

  /** The one text for all that are equal, where there may be thousands of them. */
  name(text: string): string {
    return this.#pool.name(text);
  }

  /** More addresses that mean this object. */
  alias(id: ObjectId, ...addresses: readonly Address[]): void {
    const found = this.#entries.get(id)!;
    for (const [cls, oid, column = 0] of addresses) this.#address(found, CLASSES[cls], oid, column);
  }

  /** The object at an address; of a column that is no object of its own, the relation. */
  at([cls, oid, column = 0]: Address): ObjectId | undefined {
    return this.#find(CLASSES[cls], oid, column)?.id;
  }

  get(id: ObjectId): SchemaObject | undefined {
    return this.#entries.get(id)?.object;
  }

  /** A table, view or materialized view that is there already; none for those of extensions and of the system. */
  relation(oid: number): Found | undefined {
    return this.#find(CLASSES.pg_class, oid, 0);
  }

  /** A column of a table that is there already. */
  column(relation: number, number: number): Found | undefined {
    return this.#columns.get(relation)?.[number];
  }

  /** What pg_depend does not say, or says otherwise. */
  need(id: ObjectId, needed: ObjectId | undefined, strength: Need['strength']): void {
    if (needed !== undefined) addNeed(this.#entries.get(id)!, needed, strength);
  }

  /**
   * Two that need each other: the server depends on `part` for `whole`, yet `part` cannot be without `whole` either (the
   * input function of a type, which returns that type). It counts as a part, and the whole as not needing it.
   */
  partOf(part: ObjectId | undefined, whole: ObjectId): void {
    if (part === undefined) return;
    this.need(part, whole, 'own');
    const parts = this.#circles.get(whole);
    if (parts === undefined) this.#circles.set(whole, new Set([part]));
    else parts.add(part);
  }

  /** Runs once all readers have put what they found: for needs between kinds, by {@link at}. */
  later(work: () => void): void {
    this.#later.push(work);
  }

  /** Takes in pg_depend, after all readers. */
  link(depends: readonly Depends[]): void {
    // What belongs to an extension stands for it.
    for (const { class: classId, type, oids, refOids } of depends) {
      if (type !== 'e' || !KNOWN.has(classId)) continue;
      const members = this.#of(classId);
      for (const [at, oid] of oids.entries()) {
        const extension = this.#find(CLASSES.pg_extension, refOids[at]!, 0);
        if (extension !== undefined && !members.has(oid)) members.set(oid, extension);
      }
    }
    for (const work of this.#later) work();
    for (const { class: classId, refClass, type, oids, columns, refOids, refColumns } of depends) {
      if (type === 'e' || type === 'x') continue;
      for (let at = 0; at < oids.length; at++) {
        const found = this.#find(classId, oids[at]!, columns[at]!);
        const needed = found === undefined ? undefined : this.#find(refClass, refOids[at]!, refColumns[at]!);
        if (found === undefined || needed === undefined || found === needed) continue;
        if (this.#circles.get(found.id)?.has(needed.id) === true) continue;
        const strength = strengthOf(found.object.kind, needed.object.kind, type);
        if (strength !== null) addNeed(found, needed.id, strength);
      }
    }
  }

  /** All that was found, once it is linked. */
  schema(): Schema {
    return new Schema(this.#pool.settle(this.#entries));
  }

  #enter<K extends Kind>(id: ObjectId, object: ObjectOf<K>, needs: readonly Need[]): Found {
    // Not only when all is read: until then 96,000 paths and ids would be there twice, 17 MiB at 5,000 tables.
    const known = this.#pool.known(id, object);
    const found = new Found(known?.id ?? id, known?.object ?? (object as unknown as SchemaObject), needs);
    this.#entries.set(found.id, found);
    return found;
  }

  #address(found: Found, classId: number, oid: number, column: number): void {
    if (column === 0) {
      this.#of(classId).set(oid, found);
      return;
    }
    let columns = this.#columns.get(oid);
    if (columns === undefined) this.#columns.set(oid, (columns = []));
    columns[column] = found;
  }

  #of(classId: number): Map<number, Found> {
    let found = this.#whole.get(classId);
    if (found === undefined) this.#whole.set(classId, (found = new Map()));
    return found;
  }

  #find(classId: number, oid: number, column: number): Found | undefined {
    const found = column > 0 && classId === CLASSES.pg_class ? this.#columns.get(oid)?.[column] : undefined;
    return found ?? this.#whole.get(classId)?.get(oid);
  }
}

const NOTHING: readonly Need[] = [];

/** Makes a new list, which is just as long as it is: most are shared, and one that grows keeps room for 17. */
function addNeed(found: Found, needed: ObjectId, strength: Need['strength']): void {
  const { id, needs } = found;
  if (needed === id) return;
  for (let at = 0; at < needs.length; at++) {
    if (needs[at]!.id !== needed) continue;
    if (STRENGTH[strength] > STRENGTH[needs[at]!.strength]) found.needs = needs.with(at, { id: needed, strength });
    return;
  }
  found.needs = [...needs, { id: needed, strength }];
}

/** What needs a thing in two ways has the stronger. */
const STRENGTH: Record<Need['strength'], number> = { fate: 0, use: 1, own: 2 };

const KNOWN: ReadonlySet<number> = new Set(Object.values(CLASSES));

/** https://www.postgresql.org/docs/current/catalog-pg-depend.html */
function strengthOf(kind: Kind, needed: Kind, type: string): Need['strength'] | null {
  // A table and its parents are joined by `partition` and `inheritance`, which can be taken away from both.
  if (kind === 'table' && needed === 'table') return type === 'a' ? 'fate' : null;
  // A sequence and the column that owns it: `sequenceOwner`.
  if (kind === 'sequence') return type === 'a' ? 'fate' : 'use';
  return type === 'n' ? 'use' : 'own';
}
