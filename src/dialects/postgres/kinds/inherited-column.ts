import type { CreateContext, Statement } from '../../../diff/rules.ts';
import { objectOf, sameDefinition, type ObjectOf, type Path, type SchemaObject } from '../../../schema/object.ts';
import { ident } from '../ident.ts';
import { alterColumn } from './column-alter.ts';
import { alterColumnWords } from './column-sql.ts';

type Column = ObjectOf<'column'>;

/** The default of a column, where it is made in the same statement. */
export function defaultIn(parts: readonly SchemaObject[], column: Path): string | undefined {
  const found = parts.find(({ kind, path }) => kind === 'default' && sameDefinition(path, column));
  return found?.kind === 'default' ? found.definition.expression : undefined;
}

/** What a column has otherwise than its parents: words within PARTITION OF (…), and statements. */
export function inheritedDifferences(
  column: Column,
  above: readonly Path[],
  context: CreateContext,
): { words: string[]; statements: Statement[] } {
  const name = column.path[2]!;
  const parents = above.map((parent) => [...parent, name]);
  const known = parents.flatMap((path) => context.to.find('column', path) ?? []);
  const isPartition = context.to.find('partition', column.path.slice(0, 2)) !== undefined;
  const first = known[0]?.definition ?? column.definition;
  const { type, collation, generated, expression, storage, compression } = first;
  const isNotNull = known.some(({ definition }) => definition.notNull === true);
  const { identity, identityOptions, identitySequence } = column.definition;
  const reached = objectOf('column', column.path, {
    type,
    collation,
    generated,
    expression,
    storage,
    compression,
    inherited: true,
    notNull: isNotNull,
    ...(identity === undefined ? {} : { identity, identityOptions, identitySequence }),
  });
  const expected = parents
    .map((path) => context.to.find('default', path)?.definition.expression)
    .find((text) => text !== undefined);
  const own = defaultIn(context.parts, column.path);
  const wantsNotNull = column.definition.notNull === true && !isNotNull;
  const words: string[] = [];
  if (isPartition && (wantsNotNull || (own !== undefined && own !== expected))) {
    const parts = [
      ...(wantsNotNull ? ['NOT NULL'] : []),
      ...(own !== undefined && own !== expected ? [`DEFAULT ${own}`] : []),
    ];
    words.push(`${ident(name)} ${parts.join(' ')}`);
  }
  const after =
    isPartition && wantsNotNull
      ? { ...reached, definition: { ...reached.definition, notNull: true as const } }
      : reached;
  const statements = (alterColumn(after, column, context) ?? []).map(({ sql }) => ({ sql }));
  const isStray = own === undefined && parents.some((path) => hasDefault(path, context));
  const isUnsaid = !isPartition && own !== undefined && own !== expected;
  if (isStray && context.to.find('default', column.path) === undefined && expression === undefined) {
    statements.push({ sql: `${alterColumnWords(column.path)} DROP DEFAULT` });
  }
  if (isUnsaid) statements.push({ sql: `${alterColumnWords(column.path)} SET DEFAULT ${own}` });
  return { words, statements };
}

/** Also one that this plan drops later: the new table has got it meanwhile. */
function hasDefault(column: Path, { from, to }: CreateContext): boolean {
  return (to.find('default', column) ?? from.find('default', column)) !== undefined;
}
