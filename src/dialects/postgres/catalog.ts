import type { Kind, LooseKinds } from '../../schema/kinds.ts';
import { keyOf, objectOf, type ObjectId, type Path, type SchemaObject } from '../../schema/object.ts';
import type { Need } from '../../schema/schema.ts';

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

/** What pg_depend says: what depends (class, oid, column), on what, how. */
export type DependRow = readonly [number, number, number, number, number, number, string];

/** Collects what the readers of the kinds find, and joins it by what the server says depends on what. */
export class Catalog {
  /** Of the server: 150020. */
  readonly version: number;
  readonly #objects: SchemaObject[] = [];
  readonly #byAddress = new Map<number, ObjectId>();
  readonly #needs = new Map<ObjectId, Need[]>();
  readonly #later: (() => void)[] = [];
  /** Needs of wholes of their parts, which are left out. */
  readonly #circles = new Set<string>();

  constructor(version: number) {
    this.version = version;
  }

  /** @param addresses where pg_depend may point when it means this object: its own first, then those of its inner parts */
  put<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K], ...addresses: readonly Address[]): ObjectId {
    const object = objectOf(kind, path, definition) as unknown as SchemaObject;
    const id = keyOf(object);
    this.#objects.push(object);
    this.alias(id, ...addresses);
    return id;
  }

  /** More addresses that mean this object. */
  alias(id: ObjectId, ...addresses: readonly Address[]): void {
    for (const [cls, oid, sub = 0] of addresses) this.#byAddress.set(addressOf(CLASSES[cls], oid, sub), id);
  }

  /** The object at an address; of a column that is no object of its own, the relation. */
  at([cls, oid, sub = 0]: Address): ObjectId | undefined {
    return this.#find(CLASSES[cls], oid, sub);
  }

  /** What pg_depend does not say, or says otherwise. */
  need(id: ObjectId, needed: ObjectId | undefined, strength: Need['strength']): void {
    if (needed === undefined || needed === id) return;
    const list = this.#needs.get(id);
    if (list === undefined) {
      this.#needs.set(id, [{ id: needed, strength }]);
      return;
    }
    const at = list.findIndex((need) => need.id === needed);
    if (at === -1) list.push({ id: needed, strength });
    else if (STRENGTH[strength] > STRENGTH[list[at]!.strength]) list[at] = { id: needed, strength };
  }

  /**
   * Two that need each other: the server depends on `part` for `whole`, yet `part` cannot be without `whole` either (the
   * input function of a type, which returns that type). It counts as a part, and the whole as not needing it.
   */
  partOf(part: ObjectId | undefined, whole: ObjectId): void {
    if (part === undefined) return;
    this.need(part, whole, 'own');
    this.#circles.add(`${whole} ${part}`);
  }

  /** Runs once all readers have put what they found: for needs between kinds, by {@link at}. */
  later(work: () => void): void {
    this.#later.push(work);
  }

  /** Takes in pg_depend, after all readers. */
  link(rows: readonly DependRow[]): void {
    // What belongs to an extension stands for it.
    for (const [classId, oid, , , refOid, , type] of rows) {
      if (type !== 'e' || !NUMBERS.has(classId)) continue;
      const extension = this.#find(CLASSES.pg_extension, refOid, 0);
      const key = addressOf(classId, oid, 0);
      if (extension !== undefined && !this.#byAddress.has(key)) this.#byAddress.set(key, extension);
    }
    for (const work of this.#later) work();
    for (const [classId, oid, sub, refClassId, refOid, refSub, type] of rows) {
      if (type === 'e' || type === 'x') continue;
      const id = this.#find(classId, oid, sub);
      const needed = this.#find(refClassId, refOid, refSub);
      if (id === undefined || needed === undefined || id === needed || this.#circles.has(`${id} ${needed}`)) continue;
      const strength = strengthOf(id, needed, type);
      if (strength !== null) this.need(id, needed, strength);
    }
  }

  get objects(): readonly SchemaObject[] {
    return this.#objects;
  }

  get needs(): ReadonlyMap<ObjectId, readonly Need[]> {
    return this.#needs;
  }

  #find(classId: number, oid: number, sub: number): ObjectId | undefined {
    const found = sub === 0 ? undefined : this.#byAddress.get(addressOf(classId, oid, sub));
    return found ?? this.#byAddress.get(addressOf(classId, oid, 0));
  }
}

/** What needs a thing in two ways has the stronger. */
const STRENGTH: Record<Need['strength'], number> = { fate: 0, use: 1, own: 2 };

/**
 * One number for an address: a map of those is half the memory of one of texts. An oid has 32 bits, a column 11 (1,600 at
 * most); the catalogs are numbered anew, since their oids would not leave room.
 */
function addressOf(classId: number, oid: number, sub: number): number {
  return ((NUMBERS.get(classId) ?? 0) * 2 ** 32 + oid) * 2 ** 11 + sub;
}

const NUMBERS: ReadonlyMap<number, number> = new Map(Object.values(CLASSES).map((oid, at) => [oid, at + 1]));

const isTable = (id: ObjectId): boolean => id.startsWith('table:');

/** https://www.postgresql.org/docs/current/catalog-pg-depend.html */
function strengthOf(id: ObjectId, needed: ObjectId, type: string): Need['strength'] | null {
  // A table and its parents are joined by `partition` and `inheritance`, which can be taken away from both.
  if (isTable(id) && isTable(needed)) return type === 'a' ? 'fate' : null;
  // A sequence and the column that owns it: `sequenceOwner`.
  if (id.startsWith('sequence:')) return type === 'a' ? 'fate' : 'use';
  return type === 'n' ? 'use' : 'own';
}
