import type { CreateContext, Statement } from '../../../diff/rules.ts';
import { objectOf, sameDefinition, type ObjectOf, type Path, type SchemaObject } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { afterColumn } from './column-storage.ts';
import { columnDefinition, foreignOptions } from './column-sql.ts';
import { afterConstraint, constraintClause, inColumn } from './constraint-sql.ts';
import { defaultIn, inheritedDifferences } from './inherited-column.ts';
import { withOptions } from './options.ts';
import { serialOf, serialSequence } from './serial.ts';

type Table = ObjectOf<'table'>;
type Column = ObjectOf<'column'>;

/** CREATE TABLE with all that comes in one statement, and what it has no words for behind it. */
export function createTable(table: Table, context: CreateContext): Statement[] {
  const partition = partsOf(context, 'partition')[0];
  const parents = partsOf(context, 'inheritance')
    .toSorted((a, b) => (a.definition.position ?? 0) - (b.definition.position ?? 0))
    .map(({ path }) => path.slice(2));
  const above = partition === undefined ? parents : [partition.definition.of];
  const columns = partsOf(context, 'column');
  const isOwn = (column: Column): boolean =>
    above.length === 0 || column.definition.inherited !== true || column.definition.local === true;
  const constraints = partsOf(context, 'constraint').filter(({ definition }) => definition.parent === undefined);
  const inline = new Map<string, string[]>();
  const lines: string[] = [];
  for (const constraint of constraints) {
    const short = inColumn(constraint, context);
    const column = columns.find(({ path }) => path[2] === short?.column);
    if (short === null || column === undefined || !isOwn(column)) lines.push(constraintClause(constraint, context));
    else inline.set(short.column, [...(inline.get(short.column) ?? []), short.clause]);
  }
  const defined = columns.filter(isOwn).map((column) => columnLine(table, column, inline, context));
  const inherited = columns
    .filter((column) => !isOwn(column))
    .map((column) => inheritedDifferences(column, above, context));
  if (partition !== undefined) defined.push(...inherited.flatMap(({ words }) => words));
  return [
    {
      sql: [
        head(table, partition),
        body([...defined, ...lines], partition, table),
        ...tail(table, partition, parents),
      ].join(''),
    },
    ...inherited.flatMap(({ statements }) => statements),
    ...columns.filter(isOwn).flatMap((column) => afterColumn(column, context)),
    ...constraints.flatMap((constraint) => afterConstraint(constraint)),
    ...rowSecurity(objectOf('table', table.path, {}), table),
  ];
}

function partsOf<K extends SchemaObject['kind']>({ parts }: CreateContext, kind: K): (SchemaObject & { kind: K })[] {
  return parts.filter((part): part is SchemaObject & { kind: K } => part.kind === kind);
}

function head({ path, definition }: Table, partition: ObjectOf<'partition'> | undefined): string {
  const kind =
    definition.server !== undefined ? 'FOREIGN TABLE' : definition.unlogged === true ? 'UNLOGGED TABLE' : 'TABLE';
  const typed = definition.ofType === undefined ? '' : ` OF ${qualified(definition.ofType)}`;
  const of = partition === undefined ? typed : ` PARTITION OF ${qualified(partition.definition.of)}`;
  return `CREATE ${kind} ${qualified(path)}${of}`;
}

function body(lines: readonly string[], partition: ObjectOf<'partition'> | undefined, { definition }: Table): string {
  if (lines.length > 0) return ` (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;
  return partition === undefined && definition.ofType === undefined ? ' ()' : '';
}

function tail({ definition }: Table, partition: ObjectOf<'partition'> | undefined, parents: readonly Path[]): string[] {
  return [
    ...(partition === undefined ? [] : [` ${partition.definition.bound}`]),
    ...(parents.length === 0 ? [] : [`\nINHERITS (${parents.map((parent) => qualified(parent)).join(', ')})`]),
    ...(definition.partitionBy === undefined ? [] : [`\nPARTITION BY ${definition.partitionBy}`]),
    ...(definition.accessMethod === undefined ? [] : [`\nUSING ${ident(definition.accessMethod)}`]),
    ...(definition.server === undefined ? [] : [`\nSERVER ${ident(definition.server)}`]),
    ...(definition.foreignOptions === undefined ? [] : [`\n${foreignOptions(definition.foreignOptions)}`]),
    withOptions(allOptions(definition)).replace(/^ /, '\n'),
    ...(definition.tablespace === undefined ? [] : [`\nTABLESPACE ${ident(definition.tablespace)}`]),
  ];
}

function columnLine(
  { definition: table }: Table,
  column: Column,
  inline: ReadonlyMap<string, readonly string[]>,
  context: CreateContext,
): string {
  const constraints = inline.get(column.path[2]!) ?? [];
  const isSerial = context.parts.some(
    ({ kind, path }) => kind === 'sequence' && sameDefinition(path, serialSequence(column.path)),
  );
  const beside = {
    default: defaultIn(context.parts, column.path),
    serial: isSerial ? (serialOf(column, context) ?? undefined) : undefined,
    constraints,
  };
  if (table.ofType === undefined) return columnDefinition(column, beside);
  return columnDefinition({ ...column, definition: { ...column.definition, type: 'WITH OPTIONS' } }, beside);
}

/** Those of the TOAST table have its name before their own. */
export function allOptions({ options, toastOptions }: Table['definition']): readonly string[] | undefined {
  const all = [...(options ?? []), ...(toastOptions ?? []).map((option) => `toast.${option}`)];
  return all.length === 0 ? undefined : all;
}

/** https://www.postgresql.org/docs/current/ddl-rowsecurity.html */
export function rowSecurity(from: Table, to: Table): Statement[] {
  const words = `ALTER TABLE ${qualified(to.path)}`;
  const before = from.definition;
  const after = to.definition;
  return [
    ...(before.rowSecurity === after.rowSecurity
      ? []
      : [{ sql: `${words} ${after.rowSecurity === true ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY` }]),
    ...(before.forceRowSecurity === after.forceRowSecurity
      ? []
      : [{ sql: `${words} ${after.forceRowSecurity === true ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY` }]),
  ];
}
