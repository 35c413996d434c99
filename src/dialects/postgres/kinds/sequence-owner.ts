import type { KindRules, Order, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { qualified } from '../ident.ts';
import { giveOwner, ownerOf } from './owner.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { catchUp } from './serial.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly number: number;
  readonly schema: string;
  readonly name: string;
  readonly column: readonly string[];
}

export const sequenceOwnerReader: Reader<Row> = {
  name: 'sequence_owners',
  onlyWith: 'pg_sequence.seqrelid',
  sql: () => `
    SELECT c.oid::int8, t.oid::int8 AS relation, a.attnum AS number, n.nspname AS schema, c.relname AS name,
      json_build_array(tn.nspname, t.relname, a.attname) AS column
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a'
      AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, relation, number, schema, name, column } of rows) {
      const id = catalog.put('sequenceOwner', [schema, name], { column });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', oid]), 'own');
        // Taken away before the column goes, so that a sequence that stays does not go with it.
        catalog.need(id, catalog.at(['pg_class', relation, number]), 'use');
      });
    }
  },
};

type SequenceOwner = ObjectOf<'sequenceOwner'>;

export const sequenceOwner: KindRules<'sequenceOwner'> = {
  noun: () => 'owner of sequence',
  create: (object, context) => {
    const column = idOf('column', object.definition.column);
    const isCounting = context.fate(idOf('sequence', object.path)) === 'create' && context.fate(column) !== 'create';
    return [
      ...giveToTable(object, context),
      ownedBy(object, object.definition.column),
      ...(isCounting ? catchUp(object, context) : []),
    ];
  },
  drop: (object, context) => [ownedBy(object, null), ...takeFromTable(object, context)],
  alter: (from, to, context) => {
    const [before, after] = [tableRole(from, context.from), tableRole(to, context.to)];
    if (before === after) return [ownedBy(to, to.definition.column)];
    return [ownedBy(from, null), ...giveTo(to, after, context), ownedBy(to, to.definition.column)];
  },
  orders: ownerOrders,
};

function ownedBy({ path }: SequenceOwner, column: readonly string[] | null): Statement {
  return { sql: `ALTER SEQUENCE ${qualified(path)} OWNED BY ${column === null ? 'NONE' : qualified(column)}` };
}

function giveTo({ path }: SequenceOwner, role: string, context: PlanContext): Statement[] {
  return [giveOwner(['sequence', ...path], role, context)];
}

const tableOf = ({ definition: { column } }: SequenceOwner): Path => ['table', ...column.slice(0, 2)];

const tableRole = (owner: SequenceOwner, side: Schema): string => ownerOf(tableOf(owner), side);

function isKept({ path }: SequenceOwner, context: PlanContext): boolean {
  return ['keep', 'alter'].includes(context.fate(idOf('sequence', path)));
}

/** https://www.postgresql.org/docs/current/sql-altersequence.html: a sequence has the owner of the table that owns it. */
function giveToTable(object: SequenceOwner, context: PlanContext): Statement[] {
  const role = tableRole(object, context.to);
  const subject: Path = ['sequence', ...object.path];
  // The change of an owner that is an object has given it away already.
  if (!isKept(object, context) || context.from.has(idOf('owner', subject))) return [];
  const before = context.from.find('sequenceOwner', object.path);
  const known = before === undefined ? ownerOf(subject, context.from) : tableRole(before, context.from);
  return known === role ? [] : giveTo(object, role, context);
}

function takeFromTable(object: SequenceOwner, context: PlanContext): Statement[] {
  if (!isKept(object, context) || context.to.has(idOf('sequenceOwner', object.path))) return [];
  const isOwn = context.to.has(idOf('owner', ['sequence', ...object.path]));
  return isOwn || tableRole(object, context.from) === 'CURRENT_USER' ? [] : giveTo(object, 'CURRENT_USER', context);
}

/** Of a sequence that is there before or afterwards by itself: it is free while owners change. */
function ownerOrders(object: SequenceOwner, context: PlanContext): Order[] {
  if (!isKept(object, context)) return [];
  const id = idOf('sequenceOwner', object.path);
  const own = idOf('owner', ['sequence', ...object.path]);
  const verbs = ['create', 'alter', 'drop'] as const;
  const before = context.from.find('sequenceOwner', object.path);
  const after = context.to.find('sequenceOwner', object.path);
  const last = (after === undefined ? [] : [own, idOf('owner', tableOf(after))]).flatMap((owner) =>
    verbs.flatMap((verb): Order[] => [
      [
        [verb, owner],
        ['create', id],
      ],
      [
        [verb, owner],
        ['alter', id],
      ],
    ]),
  );
  const first = (before === undefined ? [] : [own, idOf('owner', tableOf(before))]).flatMap((owner) =>
    verbs.map((verb): Order => [
      ['drop', id],
      [verb, owner],
    ]),
  );
  return [...first, ...last];
}
