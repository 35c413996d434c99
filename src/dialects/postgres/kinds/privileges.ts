import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import type { Kind } from '../../../schema/kinds.ts';
import { idOf, keyOf, type ObjectOf, type Path, type SchemaObject } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { builtInRights, mergeRights, rightsAfter, rightsOf, rowsOf, stepsBetween, withOwner } from './acl.ts';
import type { AclClass, Rights } from './acl.ts';
import type { Catalog } from '../catalog.ts';
import { qualified } from '../ident.ts';
import { identitySequence } from './column-sql.ts';
import { defaultRights } from './default-privileges.ts';
import { grantStatements } from './grants.ts';
import { ownerOf } from './owner.ts';
import { PRIVILEGES, PRIVILEGES_ASK, type PrivilegesRow } from './privileges-query.ts';
import type { Reader } from '../reader.ts';
import { subjectName, subjectOf, Subjects, type RawAddress, type Subject } from './subject.ts';

export const privilegesReader: Reader<PrivilegesRow> = {
  name: 'privileges',
  asks: PRIVILEGES_ASK,
  sql: PRIVILEGES,
  read: (rows, catalog) => {
    catalog.later(() => {
      const subjects = new Subjects(catalog);
      for (const row of rows) putPrivileges(row, subjects, catalog);
    });
  },
};

function putPrivileges(row: PrivilegesRow, subjects: Subjects, catalog: Catalog): void {
  const address: RawAddress = [row.class, row.oid, 0];
  const exact = subjects.exactly(address);
  // Sequences of identity columns, and members of extensions, are no objects and yet have rights.
  const whole = exact ?? subjects.whole(address);
  if (whole === undefined) return;
  const path = exact === undefined ? (row.path ?? null) : [exact.kind, ...exact.path];
  if (path === null) return;
  const usual = rightsOf(row.initial ?? row.usual ?? []);
  const definition = rowsOf(stepsBetween(usual, rightsOf(row.entries ?? [])));
  if (definition.grants.length === 0 && definition.revokes.length === 0) return;
  const id = catalog.put('privileges', path, definition);
  catalog.need(id, keyOf(whole), 'own');
  // Rights are taken back before the owner changes, and granted by the new one.
  catalog.need(id, idOf('owner', path), 'use');
  for (const [, , , , attribute] of row.entries ?? []) {
    if (typeof attribute === 'number') catalog.need(id, catalog.at(['pg_class', row.oid, attribute]), 'use');
  }
}

type Privileges = ObjectOf<'privileges'>;

export const privileges: KindRules<'privileges'> = {
  noun: () => 'privileges',
  create: ({ path, definition }, context) => {
    const usual = usualRights(path, ownerIn(path, context.to, context), context.version);
    const current = isNew(path, context) ? givenRights(path, context) : usual;
    return grants(path, current, rightsAfter(usual, definition), context.to, context);
  },
  drop: ({ path, definition }, context) => {
    const usual = usualRights(path, ownerIn(path, context.from, context), context.version);
    return grants(path, rightsAfter(usual, definition), usual, context.from, context);
  },
  alter: (before, after, context) => {
    if (context.fate(idOf('owner', after.path)) !== 'keep') return null;
    const usual = usualRights(after.path, ownerIn(after.path, context.to, context), context.version);
    const rights = ({ definition }: Privileges): Rights => rightsAfter(usual, definition);
    return grants(after.path, rights(before), rights(after), context.to, context);
  },
  outlives: (_object, needed) => needed.kind === 'owner',
  moment: { drop: 'first' },
};

/**
 * What a new object without rights of its own needs: to be rid of those that default privileges give it, which are no
 * part of what was asked for.
 */
export function grantsOfNew(object: SchemaObject, context: PlanContext): Statement[] {
  return newSubjects(object).flatMap((path) => {
    if (aclClassOf(subjectOf(path)) === null || context.to.has(idOf('privileges', path))) return [];
    const usual = usualRights(path, 'CURRENT_USER', context.version);
    return grants(path, newRights(path, context), usual, context.to, context, 'CURRENT_USER');
  });
}

/** What comes into being with an object: itself, and the sequence of an identity column. */
function newSubjects(object: SchemaObject): Path[] {
  if (object.kind !== 'column') return [[object.kind, ...object.path]];
  return object.definition.identity === undefined ? [] : [['sequence', ...identitySequence(object)]];
}

function isNew(path: Path, context: PlanContext): boolean {
  const { to } = context;
  const whole = to.needs(idOf('privileges', path)).find(({ strength }) => strength === 'own');
  if (whole === undefined || to.get(whole.id)!.kind === 'extension') return false;
  const fate = context.fate(whole.id);
  return fate === 'create' || fate === 'replace';
}

/** What a new object has by itself, once it is its owner's. */
function givenRights(path: Path, context: PlanContext): Rights {
  return withOwner(newRights(path, context), 'CURRENT_USER', ownerIn(path, context.to, context));
}

function newRights(path: Path, context: PlanContext): Rights {
  const { kind, path: own } = subjectOf(path);
  return defaultRights(aclClassOf({ kind, path: own })!, own.length > 1 ? own[0]! : '', context);
}

/** What an object has where nobody granted or revoked anything. */
function usualRights(path: Path, owner: string, version: number): Rights {
  const subject = subjectOf(path);
  const rights = builtInRights(aclClassOf(subject)!, owner, version);
  if (subject.kind !== 'schema' || subject.path[0] !== 'public') return rights;
  const forAll = version >= 150000 ? ['USAGE'] : ['USAGE', 'CREATE'];
  return mergeRights(rights, new Map([['', new Map(forAll.map((privilege) => [privilege, 1]))]]));
}

function ownerIn(path: Path, schema: Schema, { version }: PlanContext): string {
  const isPublic = path[0] === 'schema' && path[1] === 'public';
  if (isPublic && version >= 150000 && !schema.has(idOf('owner', path))) return 'pg_database_owner';
  return ownerOf(path, schema);
}

const ACL_CLASSES: Partial<Record<Kind, AclClass>> = {
  schema: 'n',
  language: 'l',
  enum: 'T',
  compositeType: 'T',
  domain: 'T',
  rangeType: 'T',
  baseType: 'T',
  sequence: 's',
  table: 'r',
  view: 'r',
  materializedView: 'r',
  routine: 'f',
  aggregate: 'f',
  foreignDataWrapper: 'F',
  server: 'S',
};

const aclClassOf = ({ kind }: Subject): AclClass | null => ACL_CLASSES[kind] ?? null;

function grants(
  path: Path,
  from: Rights,
  to: Rights,
  schema: Schema,
  context: PlanContext,
  owner: string = ownerIn(path, schema, context),
): Statement[] {
  const subject = subjectOf(path);
  const on = grantName(subject, schema);
  return grantStatements({ aclClass: aclClassOf(subject)!, on, owner, version: context.version }, from, to);
}

/** `public.users`, `FUNCTION public.add(integer, integer)`, as GRANT ON takes it. */
function grantName(subject: Subject, schema: Schema): string {
  return GRANT_NAMES[subject.kind]?.(subject.path, schema) ?? subjectName(subject, schema);
}

/** Of kinds that GRANT calls otherwise than COMMENT ON does. */
const GRANT_NAMES: Partial<Record<Kind, (path: Path, schema: Schema) => string>> = {
  table: qualified,
  view: qualified,
  materializedView: qualified,
  domain: (path) => `TYPE ${qualified(path)}`,
  server: (path) => `FOREIGN SERVER ${qualified(path)}`,
  // As a function an ordered-set aggregate has its direct and its aggregated arguments in one list.
  aggregate: (path, schema) => {
    const types = schema.find('aggregate', path)?.definition.arguments ?? path[2]!;
    return `FUNCTION ${qualified(path.slice(0, 2))}(${types})`;
  },
};
