import type { Kind } from '../schema/kinds.ts';
import type { ObjectId, ObjectOf, SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Change } from './diff.ts';

/** One statement as a driver takes it. */
export interface Statement {
  readonly sql: string;
  /** False: it stands alone, outside a transaction. */
  readonly transactional?: false;
  /** The server keeps it as it is written, blanks and all: it is not to be indented. */
  readonly verbatim?: true;
  /** Why it is there, where that is not plain: `users is rebuilt: SQLite cannot change the type of a column.` */
  readonly note?: string;
  /** What a reviewer must know: `Data loss: every value in media.legacy_path.` */
  readonly hazard?: string;
  /** Tables and columns whose rows or values it gives up. */
  readonly loses?: readonly ObjectId[];
}

/** What becomes of an object: what a rule may ask of the others. */
export type Fate = 'keep' | 'create' | 'drop' | 'alter' | 'replace';

/** The first of two steps, then the second; nothing where the plan does not have both. */
export type Order = readonly [Step, Step];

type Step = readonly ['create' | 'alter' | 'drop', ObjectId];

export interface PlanContext {
  readonly from: Schema;
  readonly to: Schema;
  /** Of the server whose catalogs both sides come from: 150020. */
  readonly version: number;
  readonly flavor: string;
  /** Expressions that give rows a value where a change asks for one they do not have, by the column's id. */
  readonly fills?: ReadonlyMap<ObjectId, string> | undefined;
  /** False: statements do not say how the server is to carry them out. */
  readonly assertions?: boolean | undefined;
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
  /**
   * Replaces it and all its parts in one go, rows and all, where nothing has to come in between: its parts that do not come
   * with it follow. Absent: it is dropped and created, or moved aside.
   */
  remake?(from: ObjectOf<K>, to: ObjectOf<K>, context: CreateContext): Statement[];
  /** Another path, the same definition. Absent: it cannot be renamed. */
  rename?(from: ObjectOf<K>, to: ObjectOf<K>, context: PlanContext): Statement[];
  /** One that is gone and a like one that is new may be a rename, which only people can tell. */
  readonly renamedAsked?: {
    loses(object: ObjectOf<K>, schema: Schema): boolean;
    /** What both must have alike to be one and the same; `null`: this one is renamed with another, or not at all. */
    sign?(object: ObjectOf<K>, schema: Schema): string | null;
  };
  /** The names within it that can be renamed one by one: the values of an enum. */
  members?(object: ObjectOf<K>): readonly string[];
  renameMember?(object: ObjectOf<K>, from: string, to: string): Statement[];
  /** Its rows, values or counters do not hang on its name: one that differs in its name alone is renamed unasked. */
  readonly renamedUnasked?: boolean;
  /**
   * What tells it from others besides its name, where something does: the column that owns a sequence. One that is gone and
   * one that is new with the same are one and the same, renamed.
   */
  identity?(object: ObjectOf<K>, schema: Schema): string | undefined;
  /** The names it takes up, such as `relation public.users`; no two objects can hold one at a time. */
  occupies?(object: ObjectOf<K>, context?: PlanContext): readonly string[];
  /** Names by which another could be taken for it: one that goes is gone before it comes, if that can be. */
  resembles?(object: ObjectOf<K>): readonly string[];
  /** Whether the statement that creates it can create that part of it as well. */
  absorbs?(whole: ObjectOf<K>, part: SchemaObject, context: PlanContext): boolean;
  /** Whether it stays when what it uses is replaced or goes: it only comes after it, and goes before it. */
  outlives?(object: ObjectOf<K>, needed: SchemaObject): boolean;
  /** Whether it changes or goes only once what it uses is gone, and changes before that comes; others the other way round. */
  lingers?(object: ObjectOf<K>, needed: SchemaObject, context: PlanContext): boolean;
  /**
   * What must be replaced because this one cannot become what it is to be in any other way: its table, for a column.
   * Asked of what is created, altered or replaced.
   */
  rebuilds?(object: ObjectOf<K>, context: PlanContext): readonly ObjectId[];
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
    /** It never has rows of its own, so that nothing needs to be carried over. */
    isEmpty?(object: ObjectOf<K>): boolean;
    /** Whether this one is replaced so; absent: each is. */
    applies?(from: ObjectOf<K>, to: ObjectOf<K>): boolean;
    /** It is always replaced this way, and these statements carry its rows to the new one. */
    carry?(moved: ObjectOf<K>, from: ObjectOf<K>, to: ObjectOf<K>, context: PlanContext): Statement[];
  };
  /** Texts in its definition that name other objects without the server knowing: they should exist before, if they can. */
  mentions?(object: ObjectOf<K>): string | undefined;
  /** What it should come, change or go after, though it does not need it: the column it stands behind. */
  behind?(object: ObjectOf<K>, context: PlanContext): readonly ObjectId[];
  /** What must come before what, besides what needs say; left out where it would close a circle. */
  orders?(object: ObjectOf<K>, context: PlanContext): readonly Order[];
  /** Statements of objects that share this text go to {@link PlanRules.combine} together, where their order allows. */
  group?(object: SchemaObject): string;
  /** When it is to come or to go if nothing else decides: before all else, among the rest, after all else. */
  readonly moment?: {
    readonly create?: 'first' | 'last';
    readonly drop?: 'first' | 'last';
    /** `first`: ahead of everything, also of dropping what depends on it. `last`: when all that is created is there. */
    readonly alter?: 'first' | 'last';
  };
}

/** What a dialect has no rules for, and why. */
export interface Unsupported {
  /** `SQLite has no domains` */
  readonly unsupported: string;
}

/** A dialect's answer for every kind. */
export type KindTable = { readonly [K in Kind]: KindRules<K> | Unsupported };

/** What a dialect brings to a plan. */
export interface PlanRules {
  readonly kinds: KindTable;
  /** What has to be replaced as a whole, since not all of these changes can be made to it part by part. */
  rebuilt?(changes: readonly Change[], context: PlanContext): Iterable<ObjectId>;
  /** What comes before statements that run in one transaction, such as its settings. */
  prologue?(statements: readonly Statement[], context: PlanContext): Statement[];
  /**
   * What an object needs right after the statement that creates it, whatever its kind.
   *
   * @param isPart whether it came with the statement for a whole that took it in
   */
  afterCreate?(object: SchemaObject, context: PlanContext, isPart: boolean): Statement[];
  /** The last word on the whole plan: settings of the session around what needs them, assertions. */
  finish?(statements: readonly Statement[], context: PlanContext): Statement[];
  /** Fewer statements that do the same as those of one {@link KindRules.group}: one ALTER TABLE for a table. */
  combine?(statements: readonly Statement[]): Statement[];
}
