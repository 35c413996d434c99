import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import {
  idOf,
  keyOf,
  nameOf,
  sameDefinition,
  type ObjectId,
  type ObjectOf,
  type Path,
  type SchemaObject,
} from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified, text } from '../ident.ts';
import { spareName } from './aside.ts';
import { changedForeignOptions, identitySequence } from './column-sql.ts';
import { isOfReplacedType } from './column-local.ts';
import { conversionOf } from './column-type.ts';
import { allOptions, createTable, rowSecurity } from './create-table.ts';
import { isFollowedIndex } from './index-names.ts';
import { relationName, typeName } from './names.ts';
import { changeOptions } from './options.ts';
import { serialOf } from './serial.ts';

type Table = ObjectOf<'table'>;

export const table: KindRules<'table'> = {
  noun: ({ definition }) => (definition.server === undefined ? 'table' : 'foreign table'),
  create: createTable,
  drop: (object, context) => {
    const words = isForeign(object) ? 'DROP FOREIGN TABLE' : 'DROP TABLE';
    const statement = { sql: `${words} ${qualified(object.path)}` };
    // Under the name it was moved to, its rows have been carried over.
    const isLost = !isForeign(object) && context.fate(keyOf(object)) !== 'keep';
    return [
      isLost
        ? { ...statement, hazard: `Data loss: every row of ${nameOf(object.path)}.`, loses: [keyOf(object)] }
        : statement,
    ];
  },
  alter,
  rename: (from, to) => moveTo(from.path, to.path),
  renamedAsked: {
    loses: (object) => !isForeign(object),
    // Partitions come and go by the month, under names that differ by little.
    sign: ({ path }, schema) => schema.find('partition', path)?.definition.bound ?? '',
  },
  occupies: ({ path }) => [relationName(path), typeName(path)],
  behind: (object, context) => (context.fate(keyOf(object)) === 'alter' ? loggedBefore(object, context) : []),
  absorbs,
  aside: {
    isEmpty: (object) => isForeign(object),
    move: (object, context) => {
      const [schema, name] = object.path as [string, string];
      const spare = spareName(schema, name, context);
      return {
        statements: [
          { sql: `ALTER TABLE ${qualified(object.path)} RENAME TO ${ident(spare)}` },
          ...identitySequences(object, context).map(({ path }) => ({
            sql: `ALTER SEQUENCE ${qualified(path)} RENAME TO ${ident(spareName(path[0]!, path[1]!, context))}`,
          })),
        ],
        moved: { ...object, path: [schema, spare] },
      };
    },
    beforeRows: ({ kind }) => BEFORE_ROWS.has(kind),
    carry: carryRows,
  },
};

const BEFORE_ROWS: ReadonlySet<string> = new Set(['column', 'default', 'partition', 'inheritance']);

const isForeign = ({ definition }: Table): boolean => definition.server !== undefined;

/** https://www.postgresql.org/docs/current/sql-altertable.html */
function alter(from: Table, to: Table, context: PlanContext): Statement[] | null {
  const { version } = context;
  const before = from.definition;
  const after = to.definition;
  if (before.partitionBy !== after.partitionBy || before.server !== after.server) return null;
  const isOtherMethod = before.accessMethod !== after.accessMethod;
  if (isOtherMethod && (version < 150_000 || (after.partitionBy !== undefined && version < 170_000))) return null;
  const words = `ALTER TABLE ${qualified(to.path)}`;
  const statements: Statement[] = [];
  const add = (action: string): unknown => statements.push({ sql: `${words} ${action}` });
  if (isOtherMethod) add(`SET ACCESS METHOD ${ident(after.accessMethod ?? 'heap')}`);
  if (before.unlogged !== after.unlogged) {
    add(after.unlogged === true ? 'SET UNLOGGED' : 'SET LOGGED');
    statements.push(...otherwiseLogged(to, context));
  }
  if (before.tablespace !== after.tablespace) add(`SET TABLESPACE ${ident(after.tablespace ?? 'pg_default')}`);
  if (!sameDefinition(before.ofType, after.ofType))
    add(after.ofType === undefined ? 'NOT OF' : `OF ${qualified(after.ofType)}`);
  statements.push(...changeOptions(words, allOptions(before), allOptions(after)));
  const foreign = changedForeignOptions(before.foreignOptions, after.foreignOptions);
  if (foreign !== null) add(foreign);
  return [...statements, ...rowSecurity(from, to)];
}

/** Nothing that is logged may refer to what is not. */
function loggedBefore({ path, definition }: Table, { from, to }: PlanContext): ObjectId[] {
  if (from.find('table', path)?.definition.unlogged === definition.unlogged) return [];
  const found: ObjectId[] = [];
  for (const object of to.objects()) {
    if (object.kind !== 'constraint' || object.definition.references === undefined) continue;
    const [referring, referred] = [idOf('table', object.path.slice(0, 2)), idOf('table', object.definition.references)];
    if (definition.unlogged === true && referred === idOf('table', path)) found.push(referring);
    if (definition.unlogged !== true && referring === idOf('table', path)) found.push(referred);
  }
  return found;
}

/** From 15 on the sequences that a table owns become logged or unlogged with it. */
function otherwiseLogged({ path, definition }: Table, { from, to, version }: PlanContext): Statement[] {
  const owned =
    version < 150_000 ? [] : from.parts(idOf('table', path), 'column').flatMap((column) => sequencesOf(column, from));
  return owned.flatMap((sequence) => {
    const after = to.find('sequence', sequence);
    if (after === undefined || after.definition.unlogged === definition.unlogged) return [];
    return [
      { sql: `ALTER SEQUENCE ${qualified(sequence)} SET ${definition.unlogged === true ? 'LOGGED' : 'UNLOGGED'}` },
    ];
  });
}

function sequencesOf(column: ObjectOf<'column'>, side: Schema): Path[] {
  const owners = side.dependents(keyOf(column)).map(({ id }) => side.get(id)!);
  return owners.filter(({ kind }) => kind === 'sequenceOwner').map(({ path }) => path);
}

function moveTo(from: Path, to: Path): Statement[] {
  const isElsewhere = from[0] !== to[0];
  return [
    ...(isElsewhere ? [{ sql: `ALTER TABLE ${qualified(from)} SET SCHEMA ${ident(to[0]!)}` }] : []),
    ...(from[1] === to[1] ? [] : [{ sql: `ALTER TABLE ${qualified([to[0]!, from[1]!])} RENAME TO ${ident(to[1]!)}` }]),
  ];
}

const ABSORBED: ReadonlySet<string> = new Set(['column', 'default', 'partition', 'inheritance']);

function absorbs(whole: Table, part: SchemaObject, context: PlanContext): boolean {
  if (part.kind === 'sequence' || part.kind === 'sequenceOwner') return isSerialOf(whole, part.path, context);
  if (!isOn(whole, part)) return false;
  // In CREATE TABLE the server checks nothing, and takes NOT VALID for valid.
  if (part.kind === 'constraint') {
    const { definition, parent, given, attached, invalid } = part.definition;
    if ((attached ?? invalid) !== undefined) return false;
    if (parent !== undefined) {
      const whole = context.to.find('constraint', parent)?.definition;
      return given === undefined && sameDefinition(part.definition.options, whole?.options);
    }
    return !definition.endsWith(' NOT VALID') && !isMergedKey(part, context);
  }
  return ABSORBED.has(part.kind) || (part.kind === 'index' && isFollowedIndex(part, context));
}

/** In CREATE TABLE the server makes one key of two on the same columns. */
function isMergedKey(key: ObjectOf<'constraint'>, { to }: PlanContext): boolean {
  if (key.definition.type !== 'UNIQUE') return false;
  return to.parts(idOf('table', key.path.slice(0, 2)), 'constraint').some(({ path, definition: { type, columns } }) => {
    const isBefore = type === 'PRIMARY KEY' || (type === 'UNIQUE' && path[2]! < key.path[2]!);
    return isBefore && sameDefinition(columns, key.definition.columns);
  });
}

function isSerialOf(table: Table, sequence: Path, context: PlanContext): boolean {
  const owner = context.to.find('sequenceOwner', sequence);
  const column = owner === undefined ? undefined : context.to.find('column', owner.definition.column);
  return column !== undefined && isOn(table, column) && serialOf(column, context) !== null;
}

function isOn({ path: [schema, name] }: Table, { path }: { readonly path: Path }): boolean {
  return path[0] === schema && path[1] === name;
}

function identitySequences(table: Table, { from }: PlanContext): { column: ObjectOf<'column'>; path: Path }[] {
  return from
    .parts(keyOf(table), 'column')
    .filter(({ definition }) => definition.identity !== undefined)
    .map((column) => ({ column, path: identitySequence(column) }));
}

/** What a column of the new table gets of a row of the old one. */
function carriedValue(
  before: ObjectOf<'column'> | undefined,
  after: ObjectOf<'column'>,
  context: PlanContext,
): string | undefined {
  if (after.definition.expression !== undefined) return undefined;
  const fill = context.fills?.get(keyOf(after));
  if (before === undefined) return fill;
  const name = ident(after.path[2]!);
  const { type } = after.definition;
  const isSame = before.definition.type === type;
  if (isSame && isOfReplacedType(before, context)) return `${name}::text${type.endsWith('[]') ? '[]' : ''}::${type}`;
  if (isSame && fill !== undefined && after.definition.notNull === true) return `COALESCE(${name}, ${fill})`;
  return conversionOf(after.path, before.definition.type, after.definition.type, context).using ?? name;
}

/** Rows and counters go to the new table. */
function carryRows(moved: Table, from: Table, to: Table, context: PlanContext): Statement[] {
  if (isForeign(from) || isForeign(to)) return [];
  const names: string[] = [];
  const values: string[] = [];
  let isOverriding = false;
  for (const column of context.to.parts(idOf('table', to.path), 'column')) {
    const before = context.from.find('column', column.path);
    const value = carriedValue(before, column, context);
    if (value === undefined) continue;
    if (column.definition.identity === 'ALWAYS') isOverriding = true;
    names.push(ident(column.path[2]!));
    values.push(value);
  }
  if (names.length === 0) return [];
  const overriding = isOverriding ? ' OVERRIDING SYSTEM VALUE' : '';
  return [
    {
      sql:
        `INSERT INTO ${qualified(to.path)} (${names.join(', ')})${overriding}\n` +
        `SELECT ${values.join(', ')}\nFROM ${qualified(moved.path)}`,
    },
    ...identitySequences(from, context).flatMap(({ column, path }) => {
      const after = context.to.find('column', column.path);
      if (after?.definition.identity === undefined) return [];
      const spare = [path[0]!, spareName(path[0]!, path[1]!, context)];
      const target = text(qualified(identitySequence(after)));
      return [{ sql: `SELECT setval(${target}, last_value, is_called) FROM ${qualified(spare)}` }];
    }),
  ];
}
