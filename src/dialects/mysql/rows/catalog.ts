import { idOf, keyOf, type ObjectId, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { columnsInOrder } from '../kinds/column.ts';
import { nameIn, tokensOf, wordOf } from '../kinds/text.ts';

/** What making up rows must know of a column. */
export interface RowColumn {
  readonly name: string;
  /** As the server prints it. */
  readonly type: string;
  readonly charset: string;
  readonly notNull: boolean;
  /** It counts by itself where a row says nothing. */
  readonly isCounter: boolean;
  /** Its check asks for JSON, as that of the alias does on MariaDB: https://mariadb.com/kb/en/json/ */
  readonly isJson: boolean;
}

export interface RowForeignKey {
  readonly columns: readonly string[];
  readonly parent: ObjectId;
  readonly referenced: readonly string[];
}

export interface RowTable {
  readonly id: ObjectId;
  readonly name: string;
  /** Those that a row has to give. */
  readonly columns: readonly RowColumn[];
  readonly foreignKeys: readonly RowForeignKey[];
  /** The columns of each unique index by its name, those that a generated column is made of in its place. */
  readonly unique: ReadonlyMap<string, readonly string[]>;
  /** Columns by the name of the check that looks at them. */
  readonly checks: ReadonlyMap<string, readonly string[]>;
  /** What a row is assigned to a partition by. */
  readonly partitionedBy: readonly string[];
  readonly isVersioned: boolean;
  /** All that restricts its rows. */
  readonly text: string;
}

/** Tables whose rows are elsewhere, or are made by the server. */
const ELSEWHERE = new Set(['federated', 'connect', 'spider', 'mrg_myisam', 'ndb', 's3', 'sphinx', 'oqgraph']);

/** The tables of a schema by their ids; of these alone. */
export function rowTablesOf(schema: Schema, only?: ReadonlySet<ObjectId>): ReadonlyMap<ObjectId, RowTable> {
  const tables = [...schema.objects()].filter(
    (object): object is ObjectOf<'table'> => object.kind === 'table' && only?.has(keyOf(object)) !== false,
  );
  return new Map(tables.map((table) => [idOf('table', table.path), rowTableOf(table, schema)]));
}

/** The engine, where rows put into its tables would be somewhere else. */
export function engineElsewhere({ definition: { options = [] } }: ObjectOf<'table'>): string | undefined {
  const engine = options.find((option) => option.startsWith('ENGINE='))?.slice('ENGINE='.length) ?? '';
  return ELSEWHERE.has(engine.toLowerCase()) ? engine : undefined;
}

function rowTableOf(table: ObjectOf<'table'>, schema: Schema): RowTable {
  const id = idOf('table', table.path);
  const all = columnsInOrder(schema.parts(id, 'column'));
  const constraints = schema.parts(id, 'constraint');
  const indexes = schema.parts(id, 'index').filter(({ definition }) => definition.unique);
  const { partitionBy = '', clauses = [] } = table.definition;
  const checksOf = ({ path, definition }: ObjectOf<'column'>): [string, string][] =>
    (definition.clauses ?? []).flatMap((clause): [string, string][] =>
      clause.startsWith('CHECK ') ? [[`${path[0]!}.${path[1]!}`, clause]] : [],
    );
  const checks = [
    ...all.flatMap(checksOf),
    ...constraints.flatMap(({ path, definition }): [string, string][] =>
      definition.type === 'CHECK' ? [[path[1]!, definition.definition]] : [],
    ),
  ];
  const made = new Map(
    all.flatMap(({ path, definition }) =>
      definition.expression === undefined ? [] : [[path[1]!, definition.expression] as const],
    ),
  );
  /** A generated column is nothing by itself: what it is made of is to be changed. */
  const given = (names: readonly string[], depth = 0): string[] => [
    ...new Set(
      names.flatMap((name) => {
        const expression = depth > 9 ? undefined : made.get(name);
        return expression === undefined ? [name] : given(namesIn(expression), depth + 1);
      }),
    ),
  ];
  return {
    id,
    name: table.path[0]!,
    columns: all.filter((column) => isGiven(column)).map((column) => rowColumnOf(column, checks)),
    foreignKeys: constraints.flatMap(({ definition }) => {
      if (definition.type !== 'FOREIGN KEY') return [];
      const parent = idOf('table', definition.references!);
      return [{ columns: definition.columns!, parent, referenced: referencedIn(definition.definition) }];
    }),
    unique: new Map(indexes.map(({ path, definition }) => [path[1]!, given(namesIn(definition.definition))])),
    checks: new Map(checks.map(([name, sql]) => [name, given(namesIn(sql))])),
    partitionedBy: given(namesIn(partitionBy.slice(0, Math.max(partitionBy.indexOf('\n'), 0) || undefined))),
    isVersioned: clauses.includes('WITH SYSTEM VERSIONING'),
    text: [
      ...checks.map(([, sql]) => sql),
      ...made.values(),
      ...indexes.map(({ definition }) => definition.definition),
      partitionBy,
    ].join('\n'),
  };
}

/** Neither generated nor a bound of the period in which a version of a row is the current one. */
function isGiven({ definition: { generated, clauses = [] } }: ObjectOf<'column'>): boolean {
  return generated === undefined && !clauses.some((clause) => clause.startsWith('GENERATED '));
}

function rowColumnOf(
  { path, definition }: ObjectOf<'column'>,
  checks: readonly (readonly [name: string, sql: string])[],
): RowColumn {
  const { type, collation = '', notNull = false, clauses = [] } = definition;
  const name = path[1]!;
  const asks = new RegExp(
    `json_valid\\(\`${name.replaceAll('`', '``').replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}\`\\)`,
    'i',
  );
  return {
    name,
    type: type.toLowerCase(),
    charset: collation.split('_')[0]!,
    // What follows PRIMARY KEY is printed as NOT NULL everywhere.
    notNull,
    isCounter: clauses.includes('AUTO_INCREMENT'),
    isJson: type === 'json' || checks.some(([, sql]) => asks.test(sql)),
  };
}

/** The names in quotes: the server prints all names so. */
function namesIn(sql: string): string[] {
  return tokensOf(sql)
    .filter(({ kind }) => kind === 'name')
    .map((token) => nameIn(sql, token));
}

/** ``FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE CASCADE`` */
function referencedIn(sql: string): string[] {
  const tokens = tokensOf(sql);
  const at = tokens.findIndex((token) => token.kind === 'word' && wordOf(sql, token) === 'REFERENCES');
  return tokens
    .slice(at + 1)
    .filter(({ kind }) => kind === 'name')
    .map((token) => nameIn(sql, token))
    .slice(1);
}
