import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf } from '../../../schema/object.ts';
import { builtInRights, mergeRights, rightsAfter, rightsOf, rowsOf, stepsBetween } from './acl.ts';
import type { AclClass, Entry, Rights } from './acl.ts';
import { ident } from '../ident.ts';
import { grantStatements } from './grants.ts';
import { roleName } from './owner.ts';
import type { Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly role: string;
  readonly schema?: string;
  readonly namespace: number;
  readonly type: string;
  readonly entries?: readonly Entry[];
  readonly usual?: readonly Entry[];
}

/** By the letter of pg_default_acl: the word of ALTER DEFAULT PRIVILEGES and the letter of acldefault(). */
const CLASSES: Readonly<Record<string, readonly [string, AclClass]>> = {
  r: ['TABLES', 'r'],
  S: ['SEQUENCES', 's'],
  f: ['FUNCTIONS', 'f'],
  T: ['TYPES', 'T'],
  n: ['SCHEMAS', 'n'],
  L: ['LARGE OBJECTS', 'L'],
};
const CLASS_OF = new Map(Object.values(CLASSES));
const WORD_OF = new Map(Object.values(CLASSES).map(([word, aclClass]) => [aclClass, word]));

const entries = (acl: string): string => `
  (SELECT json_agg(json_build_array(
      CASE e.grantee WHEN 0 THEN '' WHEN d.datdba THEN 'CURRENT_USER' ELSE COALESCE(g.rolname, e.grantee::text) END,
      e.privilege_type, e.is_grantable))
    FROM pg_catalog.aclexplode(${acl}) e LEFT JOIN pg_catalog.pg_roles g ON g.oid = e.grantee)`;

export const defaultPrivilegesReader: Reader<Row> = {
  name: 'default_privileges',
  onlyWith: 'pg_default_acl.oid',
  // In one schema they add to those of all schemas, which stand in place of the built-in ones.
  sql: () => `
    SELECT a.oid::int8, CASE a.defaclrole WHEN d.datdba THEN '' ELSE r.rolname END AS role, n.nspname AS schema,
      a.defaclnamespace::int8 AS namespace, a.defaclobjtype AS type, ${entries('a.defaclacl')} AS entries,
      CASE a.defaclnamespace WHEN 0 THEN ${entries(
        `pg_catalog.acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's' ELSE a.defaclobjtype END, a.defaclrole)`,
      )} END AS usual
    FROM pg_catalog.pg_default_acl a
    JOIN pg_catalog.pg_roles r ON r.oid = a.defaclrole
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace`,
  read: (rows, catalog) => {
    for (const { oid, role, schema, namespace, type, entries: list, usual } of rows) {
      const definition = rowsOf(stepsBetween(rightsOf(usual ?? []), rightsOf(list ?? [])));
      if (definition.grants.length === 0 && definition.revokes.length === 0) continue;
      const path = [role, schema ?? '', CLASSES[type]?.[0] ?? type];
      const id = catalog.put('defaultPrivileges', path, definition, ['pg_default_acl', oid]);
      if (namespace !== 0) catalog.later(() => catalog.need(id, catalog.at(['pg_namespace', namespace]), 'own'));
    }
  },
};

type DefaultPrivileges = ObjectOf<'defaultPrivileges'>;

/** Rules that come late and go early, so that what a plan creates is only under those that stay. */
export const defaultPrivileges: KindRules<'defaultPrivileges'> = {
  noun: () => 'default privileges',
  create: (object, { version }) => statements(object, usualRights(object, version), rights(object, version), version),
  drop: (object, { version }) => statements(object, rights(object, version), usualRights(object, version), version),
  alter: (from, to, { version }) => statements(to, rights(from, version), rights(to, version), version),
  moment: { create: 'last', alter: 'last', drop: 'first' },
};

/** Who has what on an object that is created now, while the default privileges are still those of before. */
export function defaultRights(aclClass: AclClass, schema: string, context: PlanContext): Rights {
  const { from, version } = context;
  const builtIn = builtInRights(aclClass, 'CURRENT_USER', version);
  const word = WORD_OF.get(aclClass);
  if (word === undefined) return builtIn;
  const inForce = (path: readonly string[]): DefaultPrivileges | undefined => {
    const theirs = context.fate(idOf('defaultPrivileges', path));
    return theirs === 'keep' || theirs === 'alter' ? from.find('defaultPrivileges', path) : undefined;
  };
  const everywhere = rightsAfter(builtIn, inForce(['', '', word])?.definition ?? {});
  const here = schema === '' ? undefined : inForce(['', schema, word]);
  return here === undefined ? everywhere : mergeRights(everywhere, rightsAfter(new Map(), here.definition));
}

const ownerOf = ({ path: [role] }: DefaultPrivileges): string => (role === '' ? 'CURRENT_USER' : role!);
const classOf = ({ path: [, , word] }: DefaultPrivileges): AclClass => CLASS_OF.get(word!)!;

function usualRights(object: DefaultPrivileges, version: number): Rights {
  const isEverywhere = object.path[1] === '';
  return isEverywhere ? builtInRights(classOf(object), ownerOf(object), version) : new Map();
}

function rights(object: DefaultPrivileges, version: number): Rights {
  return rightsAfter(usualRights(object, version), object.definition);
}

function statements(object: DefaultPrivileges, from: Rights, to: Rights, version: number): Statement[] {
  const [role = '', schema = '', word = ''] = object.path;
  const forRole = role === '' ? '' : ` FOR ROLE ${roleName(role)}`;
  const inSchema = schema === '' ? '' : ` IN SCHEMA ${ident(schema)}`;
  const before = `ALTER DEFAULT PRIVILEGES${forRole}${inSchema} `;
  return grantStatements({ aclClass: classOf(object), before, on: word, owner: ownerOf(object), version }, from, to);
}
