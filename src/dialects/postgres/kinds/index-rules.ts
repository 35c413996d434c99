import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { outsideOf } from '../parentheses.ts';
import { comesWithPartition, isFollowedIndex, isPartOf, makesParts, wholeOf } from './index-names.ts';
import { keyTaking } from './index-to-key.ts';
import { keysName, relationName } from './names.ts';
import { changeOptions, withOptions } from './options.ts';
import { holdsKeys, indexesHeldByKeys, isTakenPart } from './partition-key.ts';

type Index = ObjectOf<'index'>;

export const index: KindRules<'index'> = {
  noun: () => 'index',
  create: (object, context) => {
    if (isFollowedIndex(object, context)) return [];
    if (comesWithPartition(object, context) && object.definition.given !== undefined)
      return renameGiven(object, context);
    return createIndex(object, context);
  },
  drop: (object, context) => {
    if (keyTaking(object, context) !== null || isTakenPart(object, context)) return [];
    return [{ sql: `DROP INDEX ${qualified(nameIn(object.path))}${holdsKeys(object, context) ? ' CASCADE' : ''}` }];
  },
  rebuilds: indexesHeldByKeys,
  alter,
  rename: (from, to) => [{ sql: `ALTER INDEX ${qualified(nameIn(from.path))} RENAME TO ${ident(to.path[2]!)}` }],
  renamedUnasked: true,
  occupies: ({ path, definition }, context) => [
    relationName(nameIn(path)),
    ...(context === undefined || definition.unique !== true ? [] : [keysName(path)]),
  ],
  outlives: (_object, needed) => needed.kind === 'partition',
  lingers: (object, needed, context) =>
    needed.kind === 'partition' && context.from.get(keyOf(object)) === object && goesDetached(object, context),
  absorbs: (whole, part, { to }) => part.kind === 'index' && isPartOf(part, whole.path, to) && makesParts(whole, to),
};

/** While its table is a partition it cannot go but with the index that it is a part of, which stays or goes later. */
function goesDetached({ path, definition: { parent } }: Index, context: PlanContext): boolean {
  if (parent === undefined || context.fate(idOf('index', path)) === 'keep') return false;
  const ids = [idOf('index', parent), idOf('table', parent.slice(0, 2))];
  if (ids.every((id) => ['keep', 'alter'].includes(context.fate(id)))) return true;
  const above = context.from.find('index', parent);
  return above !== undefined && goesDetached(above, context);
}

/** An index has its name in the schema, not in the table. */
const nameIn = (path: Path): Path => [path[0]!, path[2]!];

function createIndex(object: Index, context: PlanContext): Statement[] {
  const { unique, definition, parent } = object.definition;
  const table = object.path.slice(0, 2);
  const only = isOfPartitioned(table, context) && !makesParts(object, context.to) ? 'ONLY ' : '';
  const words = unique === true ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX';
  const isNew = context.fate(idOf('table', table)) === 'create' || unique !== true;
  const clauses = withStorage(definition, object.definition.options);
  const statement = { sql: `${words} ${ident(object.path[2]!)} ON ${only}${qualified(table)} ${clauses}` };
  const hazard = `Fails where two rows of ${nameOf(table)} are alike in what ${nameOf(object.path.slice(2))} is on.`;
  const plain = { ...object, definition: { definition, options: object.definition.options } } as Index;
  return [
    isNew ? statement : { ...statement, hazard },
    ...(parent === undefined ? [] : [attach(parent, object)]),
    ...changeStorage(plain, object),
  ];
}

function isOfPartitioned(table: Path, { to }: PlanContext): boolean {
  return to.find('table', table)?.definition.partitionBy !== undefined;
}

/** WITH has its place before WHERE. */
function withStorage(definition: string, options: Index['definition']['options']): string {
  const at = outsideOf(definition, ' WHERE ');
  return definition.slice(0, at) + withOptions(options) + definition.slice(at);
}

function renameGiven(object: Index, context: PlanContext): Statement[] {
  const given = [object.path[0]!, object.definition.given!];
  const options = wholeOf(object, context.to)?.definition.options;
  const plain = { ...object, definition: { definition: object.definition.definition, options } } as Index;
  return [
    { sql: `ALTER INDEX ${qualified(given)} RENAME TO ${ident(object.path[2]!)}` },
    ...changeStorage(plain, object),
  ];
}

function attach(parent: Path, { path }: Index): Statement {
  return { sql: `ALTER INDEX ${qualified(nameIn(parent))} ATTACH PARTITION ${qualified(nameIn(path))}` };
}

/** https://www.postgresql.org/docs/current/sql-alterindex.html */
function alter(from: Index, to: Index, context: PlanContext): Statement[] | null {
  const before = from.definition;
  const after = to.definition;
  if (before.definition !== after.definition || before.unique !== after.unique || before.invalid !== after.invalid)
    return null;
  // https://www.postgresql.org/docs/current/sql-alterindex.html has no SET for partitioned indexes.
  const isOtherStorage = !sameDefinition(before.options, after.options);
  if (isOtherStorage && isOfPartitioned(to.path.slice(0, 2), context)) return null;
  const storage = changeStorage(from, to);
  const isRenamed = before.parent !== undefined && context.from.find('index', before.parent) === undefined;
  if (isRenamed || sameDefinition(before.parent, after.parent)) return storage;
  // Along with the tables the server attaches and detaches their indexes.
  const [was, is] = [context.from, context.to].map((side) => side.find('partition', to.path.slice(0, 2)));
  if (was === undefined || is === undefined || !sameDefinition(was.definition, is.definition)) return storage;
  return before.parent === undefined ? [attach(after.parent!, to), ...storage] : null;
}

function changeStorage(from: Index, to: Index): Statement[] {
  const words = `ALTER INDEX ${qualified(nameIn(to.path))}`;
  const before = from.definition;
  const after = to.definition;
  const statements = changeOptions(words, before.options, after.options);
  if (before.tablespace !== after.tablespace) {
    statements.push({ sql: `${words} SET TABLESPACE ${ident(after.tablespace ?? 'pg_default')}` });
  }
  for (const column of new Set([...Object.keys(before.statistics ?? {}), ...Object.keys(after.statistics ?? {})])) {
    const target = after.statistics?.[column] ?? '-1';
    if (before.statistics?.[column] === target) continue;
    statements.push({ sql: `${words} ALTER COLUMN ${column} SET STATISTICS ${target}` });
  }
  return statements;
}
