import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { keyOf, nameOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import { ident, qualified, text } from '../ident.ts';
import { alterColumnWords, identityClause, identitySequence } from './column-sql.ts';
import { changeStorage } from './column-storage.ts';
import { conversionOf } from './column-type.ts';
import { cutBytes } from './default-name.ts';
import { becomesCounted, isNeverNull, isRenamedNotNull, namedNotNull } from './named-not-null.ts';
import { hasChildren, steadyBelow, steadyParents } from './relation-tree.ts';
import { changeSequence } from './sequence-alter.ts';
import { afterType, fullOptions } from './sequence-options.ts';
import { refuseWhereStored } from './row-type.ts';
import { serialBefore, setToRows } from './serial.ts';

type Column = ObjectOf<'column'>;

/** All of a column but its default, in the order the server wants it. */
export function alterColumn(from: Column, to: Column, context: PlanContext): Statement[] | null {
  const generated = changeGenerated(from, to, context);
  if (generated === null) return null;
  return [
    ...generated,
    ...(from.definition.identity !== undefined && to.definition.identity === undefined ? dropIdentity(to) : []),
    ...changeType(from, to, context),
    ...changeNotNull(from, to, context),
    ...changeIdentity(from, to, context),
    ...changeStorage(onlyStorage(from, to), to, context, hasChildren(to.path.slice(0, 2), context)),
  ];
}

/** A new type has its own storage, unless it is told otherwise. */
function onlyStorage(from: Column, to: Column): Column {
  if (from.definition.type === to.definition.type) return from;
  const { storage: _, ...rest } = from.definition;
  return { ...from, definition: rest };
}

function reaches(
  from: Column,
  to: Column,
  context: PlanContext,
  isAlike: (above: [Column, Column]) => boolean,
): boolean {
  if (from.definition.inherited !== true || to.definition.inherited !== true) return false;
  return steadyParents(to.path.slice(0, 2), context).some((parent) => {
    const path = [...parent, to.path[2]!];
    const [before, after] = [context.from.find('column', path), context.to.find('column', path)];
    return before !== undefined && after !== undefined && isAlike([before, after]);
  });
}

/** https://www.postgresql.org/docs/current/ddl-generated-columns.html */
function changeGenerated(from: Column, to: Column, context: PlanContext): Statement[] | null {
  const before = from.definition;
  const after = to.definition;
  if (before.expression === after.expression && before.generated === after.generated) {
    // USING cannot be said of a generated column; its values are derived again.
    return before.expression !== undefined && before.type !== after.type ? null : [];
  }
  const isCovered = reaches(
    from,
    to,
    context,
    ([above, below]) =>
      above.definition.expression === before.expression && below.definition.expression === after.expression,
  );
  const words = alterColumnWords(to.path);
  if (after.expression === undefined) {
    if (before.generated !== 'stored') return null;
    return isCovered ? [] : [{ sql: `${words} DROP EXPRESSION` }];
  }
  const canSet = context.version >= 170_000 && before.type === after.type && before.generated === after.generated;
  if (before.expression === undefined || !canSet) return null;
  return isCovered ? [] : [{ sql: `${words} SET EXPRESSION AS (${after.expression})` }];
}

function changeType(from: Column, to: Column, context: PlanContext): Statement[] {
  const { type, collation } = to.definition;
  if (from.definition.type === type && from.definition.collation === collation) return [];
  const isCovered = reaches(
    from,
    to,
    context,
    ([above, below]) =>
      above.definition.type !== below.definition.type || above.definition.collation !== below.definition.collation,
  );
  if (isCovered || isOfType(to, context)) return [];
  if (context.fate(keyOf(to)) === 'alter') refuseWhereStored(to, context);
  const { using, hazard } = conversionOf(to.path, from.definition.type, type, context);
  return [
    {
      sql: [
        `${alterColumnWords(to.path)} TYPE ${type}`,
        ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
        ...(using === undefined ? [] : [`USING ${using}`]),
      ].join(' '),
      ...(hazard === undefined ? {} : { hazard }),
    },
  ];
}

/** The columns of a typed table change with the type. */
function isOfType(column: Column, { from, to }: PlanContext): boolean {
  const table = column.path.slice(0, 2);
  return [from, to].every((side) => side.find('table', table)?.definition.ofType !== undefined);
}

function changeNotNull(from: Column, to: Column, context: PlanContext): Statement[] {
  const { notNull } = to.definition;
  if (isRenamedNotNull(from, to, context)) return [];
  if (becomesCounted(to, from) && namedNotNull(from.path, context.from) !== undefined) {
    return isNeverNull(to, context.to) ? [] : dropNotNull(to, context);
  }
  if (from.definition.notNull === notNull) return [];
  const isCovered = reaches(from, to, context, ([above, below]) => {
    const [was, is] = [isNeverNull(above, context.from), isNeverNull(below, context.to)];
    return was !== is && is === (notNull === true);
  });
  if (isCovered) return [];
  const words = alterColumnWords(to.path);
  const name = ident(to.path[2]!);
  if (notNull !== true) return dropNotNull(to, context);
  // With another type it has made the values already.
  const fill = from.definition.type === to.definition.type ? context.fills?.get(keyOf(to)) : undefined;
  if (fill !== undefined) {
    const update = `UPDATE ${qualified(to.path.slice(0, 2))} SET ${name} = ${fill} WHERE ${name} IS NULL`;
    return [{ sql: update }, { sql: `${words} SET NOT NULL` }];
  }
  return [{ sql: `${words} SET NOT NULL`, hazard: `Fails where a row has no value in ${nameOf(to.path)}.` }];
}

/** DROP NOT NULL reaches the tables below; partitions cannot be left out, and from 18 on none that inherits it. */
function dropNotNull(to: Column, context: PlanContext): Statement[] {
  const below = steadyBelow(to.path.slice(0, 2), context).map((table) => [...table, to.path[2]!]);
  const isKept = (path: Path): boolean => context.to.find('column', path)?.definition.notNull === true;
  const drop = (path: Path, isOnly: boolean): Statement => ({ sql: `${alterColumnWords(path, isOnly)} DROP NOT NULL` });
  if (!below.some(isKept)) return [drop(to.path, false)];
  const isPartitioned = context.to.find('table', to.path.slice(0, 2))?.definition.partitionBy !== undefined;
  if (!isPartitioned && context.version < 180_000) {
    return [to.path, ...below.filter((path) => !isKept(path))].map((path) => drop(path, true));
  }
  return [
    drop(to.path, false),
    ...below.filter(isKept).map((path) => ({ sql: `${alterColumnWords(path)} SET NOT NULL` })),
  ];
}

function dropIdentity(to: Column): Statement[] {
  return [{ sql: `${alterColumnWords(to.path)} DROP IDENTITY` }];
}

function changeIdentity(from: Column, to: Column, context: PlanContext): Statement[] {
  const before = from.definition;
  const after = to.definition;
  if (after.identity === undefined) return [];
  const words = alterColumnWords(to.path);
  const sequence = identitySequence(to);
  const full = fullOptions(after.identityOptions, after.type);
  if (before.identity === undefined) {
    const add = { sql: `${words} ADD ${identityClause(to)}` };
    const serial = serialBefore(to.path, context);
    const isNull = after.notNull !== true && !isNeverNull(from, context.from);
    const demand = isNull ? [{ sql: `${words} SET NOT NULL` }] : [];
    if (serial === null) return [...demand, add, setToRows(sequence, to.path, full)];
    return takeOver(serial, sequence, add);
  }
  const statements: Statement[] = [];
  if (before.identity !== after.identity) statements.push({ sql: `${words} SET GENERATED ${after.identity}` });
  const known = identitySequence(from);
  if (!sameDefinition(known, sequence)) {
    // An identity sequence stays in the schema of its table.
    statements.push({ sql: `ALTER SEQUENCE ${qualified(known)} RENAME TO ${ident(sequence[1]!)}` });
  }
  const reached = afterType(fullOptions(before.identityOptions, before.type), after.type);
  return [...statements, ...changeSequence(sequence, reached, full)];
}

/** The counter of a serial column goes on where it was. */
function takeOver(serial: readonly string[], sequence: readonly string[], add: Statement): Statement[] {
  const isSame = sameDefinition(serial, sequence);
  const old = isSame ? [serial[0]!, `${cutBytes(serial[1]!, 59)}_old`] : serial;
  return [
    ...(isSame ? [{ sql: `ALTER SEQUENCE ${qualified(serial)} RENAME TO ${ident(old[1]!)}` }] : []),
    add,
    { sql: `SELECT setval(${text(qualified(sequence))}, last_value, is_called) FROM ${qualified(old)}` },
    { sql: `DROP SEQUENCE ${qualified(old)}` },
  ];
}
