import type { Kind } from '../schema/kinds.ts';
import type { ObjectId, ObjectOf, SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';

/** One statement as a driver takes it. */
export interface Statement {
  readonly sql: string;
  /** False: it stands alone, outside a transaction. */
  readonly transactional?: false;
  /** What a reviewer must know: `Data loss: every value in media.legacy_path.` */
  readonly hazard?: string;
  /** Tables and columns whose rows or values it gives up. */
  readonly loses?: readonly ObjectId[];
}

/** What becomes of an object: what a rule may ask of the others. */
export type Fate = 'keep' | 'create' | 'drop' | 'alter' | 'replace';

export interface PlanContext {
  readonly from: Schema;
  readonly to: Schema;
  /** Of the server whose catalogs both sides come from: 150020. */
  readonly version: number;
  readonly flavor: string;
  /** What this plan does with an object. While fates are still being found, what is known so far. */
  fate(id: ObjectId): Fate;
}

export interface CreateContext extends PlanContext {
  /** What this statement creates as well: what {@link KindRules.absorbs} took in. */
  readonly parts: readonly SchemaObject[];
}

/** All that a dialect knows of one kind: how it comes, changes and goes. Pure: objects in, statements out. */
export interface KindRules<K extends Kind> {
  /** What people call one: `table`, `foreign key`. */
  noun(object: ObjectOf<K>): string;
  create(object: ObjectOf<K>, context: CreateContext): Statement[];
  /** Not called where it goes with what it is a part of. */
  drop(object: ObjectOf<K>, context: PlanContext): Statement[];
  /**
   * The same object with another definition; `null` where the server cannot change it in place, so that it is dropped and
   * created. Absent: it never can.
   */
  alter?(from: ObjectOf<K>, to: ObjectOf<K>, context: PlanContext): Statement[] | null;
  /** Another path, the same definition. Absent: it cannot be renamed. */
  rename?(from: ObjectOf<K>, to: ObjectOf<K>, context: PlanContext): Statement[];
  /** Its rows, values or counters do not hang on its name: one that differs in its name alone is renamed unasked. */
  readonly renamedUnasked?: boolean;
  /** The names it takes up, such as `relation public.users`; no two objects can hold one at a time. */
  occupies?(object: ObjectOf<K>): readonly string[];
  /** Whether the statement that creates it can create that part of it as well. */
  absorbs?(whole: ObjectOf<K>, part: SchemaObject): boolean;
  /**
   * Whether a dependent that stays as it is must be out of the way while this one is altered.
   *
   * @param followed its statements are those of {@link KindRules.follow}
   */
  disturbs?(
    from: ObjectOf<K>,
    to: ObjectOf<K>,
    dependent: SchemaObject,
    context: PlanContext,
    followed: boolean,
  ): boolean;
  /**
   * What it uses is replaced by another of that name, the old one moved aside: statements that take it over to the new
   * one, rows and all. `null`, or absent: it has to be dropped and created.
   */
  follow?(from: ObjectOf<K>, to: ObjectOf<K>, replaced: SchemaObject, context: PlanContext): Statement[] | null;
  /** How it is replaced while something that follows still holds on to it, or while its rows must be kept. */
  readonly aside?: {
    /** Moves it out of the way; answers with what it is then. */
    move(object: ObjectOf<K>, context: PlanContext): { statements: Statement[]; moved: ObjectOf<K> };
    /** Whether a dependent must be there before the rows are carried over; the others come after. */
    beforeRows?(dependent: SchemaObject): boolean;
    /** It is always replaced this way, and these statements carry its rows to the new one. */
    carry?(moved: ObjectOf<K>, from: ObjectOf<K>, to: ObjectOf<K>, context: PlanContext): Statement[];
  };
  /** Texts in its definition that name other objects without the server knowing: they should exist before, if they can. */
  mentions?(object: ObjectOf<K>): string | undefined;
  /** When it is to come or to go if nothing else decides: before all else, among the rest, after all else. */
  readonly moment?: { readonly create?: 'first' | 'last'; readonly drop?: 'first' | 'last' };
}

/** What a dialect has no rules for, and why. */
export interface Unsupported {
  /** `SQLite has no domains` */
  readonly unsupported: string;
}

/** A dialect's answer for every kind. */
export type KindTable = { readonly [K in Kind]: KindRules<K> | Unsupported };

/** What one plan of a dialect begins with, where the statements ask for it. */
export interface PlanRules {
  readonly kinds: KindTable;
  /** Statements before all others, such as settings for the transaction. */
  prologue?(statements: readonly Statement[], context: PlanContext): Statement[];
}
