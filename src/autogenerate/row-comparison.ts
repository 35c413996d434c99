import type { RowRules, TallyRequest } from '../dialects/row-rules.ts';
import type { Statement } from '../diff/rules.ts';
import type { Kind } from '../schema/kinds.ts';
import { idOf, keyOf, sameDefinition, type ObjectId, type ObjectOf, type Path } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { RowReach } from './row-reach.ts';

/** A table or a column that has another name afterwards. */
export interface Renamed {
  readonly kind: Kind;
  readonly from: Path;
  readonly to: Path;
}

/** What is to be looked at in one table, by its names before and after. */
export interface ComparedTable {
  readonly id: ObjectId;
  readonly before: TallyRequest;
  /** Undefined where the table is gone. */
  readonly after: TallyRequest | undefined;
  /** The columns of which values are counted, by their ids before; those without a name after are gone. */
  readonly counted: readonly { readonly id: ObjectId; readonly after: string | undefined }[];
  /** Tables among which rows may move: those of a partitioned table, or of parents and their heirs. */
  readonly tree: string;
  /** Its own id and those of what it is a part of: one of them named as lost excuses it. */
  readonly excusedBy: readonly ObjectId[];
}

export interface Comparison {
  readonly tables: readonly ComparedTable[];
  /** Tables that are new: rows may have moved there. */
  readonly newcomers: readonly { readonly request: TallyRequest; readonly tree: string }[];
}

/** What to look at, so that rows before and after can be told to be the same. */
export function comparisonOf(
  from: Schema,
  to: Schema,
  statements: readonly Statement[],
  renames: readonly Renamed[],
  rules: Pick<RowRules, 'converts'> = {},
  reach: RowReach | null = null,
): Comparison {
  const tablesOf = (schema: Schema): ObjectOf<'table'>[] => tablesIn(schema, schema === from ? reach?.from : reach?.to);
  const excused = new Set(statements.flatMap(({ loses }) => loses ?? []));
  const keeps: Keeps = (before, after) =>
    isKept(from, to, before, after, excused) &&
    rules.converts?.({ column: before, schema: from }, { column: after!, schema: to }) !== true;
  const names = new Names(renames);
  const trees = treesOf(from, to, names, tablesOf);
  const befores = tablesOf(from).map((table) => ({ table, path: names.table(table.path) }));
  const common = commonColumns(from, to, befores, tablesOf(to), trees, names, excused, keeps);
  const known = new Set(befores.map(({ path }) => idOf('table', path)));
  const tables = befores.map(({ table, path }) => {
    const id = keyOf(table);
    const tree = trees(idOf('table', path));
    const after = to.find('table', path);
    const columns = columnsOf(from, table.path).map((column) => {
      const name = names.column(column.path).at(-1)!;
      const now = after === undefined ? undefined : to.find('column', [...path, name]);
      return { column, name, now, isKept: keeps(column, now) };
    });
    const kept = columns
      .filter(({ column, now, isKept }) => isKept && !becomesNotNull(column, now))
      .map(({ column, name }) => [column.path.at(-1)!, name] as const);
    const counted = columns
      .filter(
        ({ column, now, isKept }) =>
          after !== undefined && (!isKept || becomesNotNull(column, now)) && column.definition.generated === undefined,
      )
      .map(({ column, now }) => ({ id: keyOf(column), name: column.path.at(-1)!, after: now?.path.at(-1) }));
    const shared = common.get(tree) ?? [];
    const ownBefore = (name: string): string => columns.find((column) => column.name === name)!.column.path.at(-1)!;
    return {
      id,
      tree,
      excusedBy: [id, idOf('table', path), ...wholesOf(from, table.path)],
      before: {
        id,
        path: table.path,
        own: kept.map(([name]) => name),
        common: shared.map(ownBefore),
        counted: counted.map(({ name }) => name),
      },
      after:
        after === undefined
          ? undefined
          : {
              id,
              path,
              own: kept.map(([, name]) => name),
              common: shared,
              counted: counted.flatMap(({ after: now }) => now ?? []),
            },
      counted: counted.map(({ id: column, after: now }) => ({ id: column, after: now })),
    };
  });
  const newcomers = tablesOf(to)
    .filter((table) => !known.has(keyOf(table)) && common.has(trees(keyOf(table))))
    .map((table) => {
      const tree = trees(keyOf(table));
      return { tree, request: { id: keyOf(table), path: table.path, own: [], common: common.get(tree)!, counted: [] } };
    });
  return { tables, newcomers };
}

const tablesIn = (schema: Schema, tried: ReadonlySet<ObjectId> | undefined): ObjectOf<'table'>[] => {
  const objects = tried === undefined ? [...schema.objects()] : [...tried].flatMap((id) => schema.get(id) ?? []);
  return objects.filter(
    (object): object is ObjectOf<'table'> => object.kind === 'table' && object.definition.server === undefined,
  );
};

const columnsOf = (schema: Schema, table: Path): ObjectOf<'column'>[] => schema.parts(idOf('table', table), 'column');

/** Names afterwards. */
class Names {
  readonly #moved: ReadonlyMap<ObjectId, Path>;

  constructor(renames: readonly Renamed[]) {
    this.#moved = new Map(renames.map(({ kind, from, to }) => [idOf(kind, from), to]));
  }

  table(path: Path): Path {
    const moved = this.#moved.get(idOf('table', path));
    if (moved !== undefined) return moved;
    const [schema, ...rest] = path;
    return rest.length === 0 ? path : [...(this.#moved.get(idOf('schema', [schema!])) ?? [schema!]), ...rest];
  }

  column(path: Path): Path {
    const table = path.slice(0, -1);
    const now = this.table(table);
    // A rename may be said by the name that the table has before or after its own.
    const moved = this.#moved.get(idOf('column', path)) ?? this.#moved.get(idOf('column', [...now, path.at(-1)!]));
    return [...now, moved?.at(-1) ?? path.at(-1)!];
  }
}

type Keeps = (before: ObjectOf<'column'>, after: ObjectOf<'column'> | undefined) => boolean;

/** Whether a column's values are to be there afterwards, each as it was. */
function isKept(
  from: Schema,
  to: Schema,
  before: ObjectOf<'column'>,
  after: ObjectOf<'column'> | undefined,
  excused: ReadonlySet<ObjectId>,
): boolean {
  if (after === undefined || excused.has(keyOf(before)) || excused.has(keyOf(after))) return false;
  if (before.definition.generated !== undefined || after.definition.generated !== undefined) return false;
  return before.definition.type === after.definition.type && sameTypes(from, to, keyOf(before), keyOf(after));
}

/** NULL may have become something else. */
const becomesNotNull = (before: ObjectOf<'column'>, after: ObjectOf<'column'> | undefined): boolean =>
  before.definition.notNull !== true && after?.definition.notNull === true;

const TYPES: ReadonlySet<string> = new Set<Kind>(['enum', 'domain', 'compositeType', 'rangeType', 'baseType']);

/** A type that is the same by name may say its values otherwise, such as an enum whose label was renamed. */
function sameTypes(from: Schema, to: Schema, before: ObjectId, after: ObjectId): boolean {
  const typesOf = (schema: Schema, id: ObjectId): ObjectId[] =>
    schema
      .needs(id)
      .map((need) => need.id)
      .filter((needed) => TYPES.has(schema.get(needed)!.kind));
  const old = typesOf(from, before);
  return old.every((id) => {
    const now = to.get(id);
    return (
      now !== undefined &&
      typesOf(to, after).includes(id) &&
      sameDefinition(from.get(id)!.definition, now.definition) &&
      sameTypes(from, to, id, id)
    );
  });
}

const parentsOf = (schema: Schema, table: Path): Path[] => {
  const partition = schema.find('partition', table);
  const heirs = [...schema.parts(idOf('table', table), 'inheritance')].map(({ path }) => path.slice(2, 4));
  return [...(partition === undefined ? [] : [partition.definition.of]), ...heirs];
};

/** The partitioned tables above a table go with it. */
function wholesOf(schema: Schema, table: Path): ObjectId[] {
  const partition = schema.find('partition', table);
  return partition === undefined
    ? []
    : [idOf('table', partition.definition.of), ...wholesOf(schema, partition.definition.of)];
}

/** Tells of a table, by its id afterwards, the tree that it is in before or after. */
function treesOf(
  from: Schema,
  to: Schema,
  names: Names,
  tablesOf: (schema: Schema) => readonly ObjectOf<'table'>[],
): (id: ObjectId) => string {
  const above = new Map<ObjectId, ObjectId>();
  const root = (id: ObjectId): ObjectId => {
    let at = id;
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next;
    return at;
  };
  const join = (schema: Schema, name: (path: Path) => Path): void => {
    for (const { path } of tablesOf(schema)) {
      for (const parent of parentsOf(schema, path)) {
        const [one, other] = [root(idOf('table', name(path))), root(idOf('table', name(parent)))];
        if (one !== other) above.set(one, other);
      }
    }
  };
  join(from, (path) => names.table(path));
  join(to, (path) => path);
  return root;
}

/** By tree, the columns that all its tables have, of one type and kept in each. */
function commonColumns(
  from: Schema,
  to: Schema,
  befores: readonly { readonly table: ObjectOf<'table'>; readonly path: Path }[],
  afters: readonly ObjectOf<'table'>[],
  trees: (id: ObjectId) => string,
  names: Names,
  excused: ReadonlySet<ObjectId>,
  keeps: Keeps,
): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, Map<string, string>[]>();
  const add = (tree: string, columns: Map<string, string>): void =>
    void members.set(tree, [...(members.get(tree) ?? []), columns]);
  const usable = (column: ObjectOf<'column'>): boolean =>
    column.definition.generated === undefined && !excused.has(keyOf(column));
  for (const { table, path } of befores) {
    const columns = columnsOf(from, table.path).filter((column) => {
      const now = to.find('column', names.column(column.path));
      return usable(column) && (now === undefined || (keeps(column, now) && !becomesNotNull(column, now)));
    });
    add(
      trees(idOf('table', path)),
      new Map(columns.map((column) => [names.column(column.path).at(-1)!, column.definition.type])),
    );
  }
  for (const table of afters) {
    const tree = trees(keyOf(table));
    if (!members.has(tree)) continue;
    add(
      tree,
      new Map(
        columnsOf(to, table.path)
          .filter(usable)
          .map((column) => [column.path.at(-1)!, column.definition.type]),
      ),
    );
  }
  return new Map(
    [...members].map(([tree, lists]) => {
      const [first, ...rest] = lists;
      return [
        tree,
        [...first!].filter(([name, type]) => rest.every((list) => list.get(name) === type)).map(([name]) => name),
      ];
    }),
  );
}
