import type { Statement } from '../diff/rules.ts';
import type { Kind } from '../schema/kinds.ts';
import { idOf, keyOf, type ObjectId, type ObjectOf, type Path, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';

/** The tables whose rows are to be tried, before and after. */
export interface RowReach {
  readonly from: ReadonlySet<ObjectId>;
  readonly to: ReadonlySet<ObjectId>;
}

/** About tables alone, by their names. */
const OF_TABLES =
  /^\s*(?:(?:ALTER|CREATE|DROP) TABLE|CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX|(?:ALTER|DROP) INDEX|COMMENT ON|PRAGMA|INSERT INTO|UPDATE)\b/;

/** What a part of a table may need without running code of the schema's own. */
const PLAIN: ReadonlySet<Kind> = new Set<Kind>([
  'schema',
  'extension',
  'enum',
  'collation',
  'sequence',
  'table',
  'column',
  'default',
  'constraint',
  'index',
]);

/**
 * The tables that statements can reach: those that they name, those whose keys refer to these, and what the rows of either
 * must refer to. Null where more may happen than the statements say (a trigger, a rule, a function of the schema's own, a
 * partition, anything that is no table): then it may be any table.
 */
export function reachOf(from: Schema, to: Schema, statements: readonly Statement[]): RowReach | null {
  if (!statements.every(({ sql }) => OF_TABLES.test(sql))) return null;
  const words = new Set(statements.flatMap(({ sql }) => wordsOf(sql)));
  const isNamed = (name: string): boolean => wordsOf(name).every((word) => words.has(word));
  const sides = [from, to].map((schema) => new Side(schema, isNamed));
  if (sides.some((side) => side.hasHiddenWays)) return null;
  const tried = sides.flatMap((side) => [...side.tried]);
  return { from: new Set(tried.filter((id) => from.has(id))), to: new Set(tried.filter((id) => to.has(id))) };
}

/** In any writing, quoted or not: what names a table holds all words of its name. */
function wordsOf(sql: string): string[] {
  return sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
}

type ForeignKey = ObjectOf<'constraint'>;

class Side {
  readonly tried: ReadonlySet<ObjectId>;
  readonly hasHiddenWays: boolean;
  readonly #schema: Schema;

  constructor(schema: Schema, isNamed: (name: string) => boolean) {
    this.#schema = schema;
    const keys: ForeignKey[] = [];
    const named = new Set<ObjectId>();
    const ofTrees = new Set<ObjectId>();
    let isOpaque = false;
    for (const object of schema.objects()) {
      const { kind, path } = object;
      if (kind === 'constraint' && object.definition.type === 'FOREIGN KEY') keys.push(object);
      else if (kind === 'table' && isNamed(path.at(-1)!)) named.add(keyOf(object));
      else if (kind === 'partition') ofTrees.add(idOf('table', path)).add(idOf('table', object.definition.of));
      else if (kind === 'inheritance')
        ofTrees.add(idOf('table', path.slice(0, 2))).add(idOf('table', path.slice(2, 4)));
      else if (kind === 'routine') isOpaque ||= path.some((part) => part !== '' && isNamed(part));
      else isOpaque ||= kind === 'eventTrigger';
    }
    const touched = withReferring(named, keys);
    this.tried = this.#withReferred(touched, keys);
    this.hasHiddenWays =
      isOpaque ||
      [...this.tried].some((id) => ofTrees.has(id)) ||
      [...touched].some((id) => !this.#partsOf(id).every((part) => this.#isPlain(part)));
  }

  #partsOf(id: ObjectId): SchemaObject[] {
    return this.#schema.dependents(id).flatMap((one) => (one.strength === 'own' ? this.#schema.get(one.id)! : []));
  }

  #isPlain(part: SchemaObject): boolean {
    if (part.kind === 'trigger' || part.kind === 'rule') return false;
    return this.#schema.needs(keyOf(part)).every(({ id }) => PLAIN.has(this.#schema.get(id)!.kind));
  }

  /** With the tables that they refer to; of what those refer to in turn only what no row of theirs can do without. */
  #withReferred(touched: ReadonlySet<ObjectId>, keys: readonly ForeignKey[]): Set<ObjectId> {
    const byFolded = Map.groupBy(
      [...this.#schema.objects()].filter(({ kind }) => kind === 'table').map((table) => keyOf(table)),
      folded,
    );
    const byChild = Map.groupBy(keys, ({ path }) => idOf('table', path.slice(0, -1)));
    const found = new Set(touched);
    for (const id of found) {
      for (const key of byChild.get(id) ?? []) {
        if (!touched.has(id) && !this.#isMandatory(key)) continue;
        for (const parent of byFolded.get(folded(idOf('table', key.definition.references!))) ?? []) found.add(parent);
      }
    }
    return found;
  }

  #isMandatory({ path, definition }: ForeignKey): boolean {
    const table: Path = path.slice(0, -1);
    const primary = this.#schema
      .parts(idOf('table', table), 'constraint')
      .find((constraint) => constraint.definition.type === 'PRIMARY KEY');
    const inKey = new Set(primary?.definition.columns);
    return (definition.columns ?? []).every((name) => {
      const column = this.#schema.find('column', [...table, name]);
      return column === undefined || column.definition.notNull === true || inKey.has(name);
    });
  }
}

/** With the tables that refer to them; where a change of a row is handed on, with those that refer to these as well. */
function withReferring(named: ReadonlySet<ObjectId>, keys: readonly ForeignKey[]): Set<ObjectId> {
  const byParent = Map.groupBy(keys, ({ definition }) => folded(idOf('table', definition.references!)));
  const touched = new Set(named);
  const handed = new Set<ObjectId>();
  const refer = (id: ObjectId): void => {
    for (const { path, definition } of byParent.get(folded(id)) ?? []) {
      const child = idOf('table', path.slice(0, -1));
      touched.add(child);
      if (/\bON (?:DELETE|UPDATE) (?:CASCADE|SET)\b/i.test(definition.definition)) handed.add(child);
    }
  };
  for (const id of named) refer(id);
  for (const id of handed) refer(id);
  return touched;
}

/** Names may differ in case where they are one name; where they are two, both are meant. */
const folded = (id: ObjectId): string => id.toLowerCase();
