import { ident } from '../ident.ts';

/** Whether a right is held, and whether its holder may pass it on. */
export type Level = 0 | 1 | 2;

/** Who may do what: grantee ('' is PUBLIC) › privilege (`SELECT`, `UPDATE (a)`) › level. */
export type Rights = ReadonlyMap<string, ReadonlyMap<string, Level>>;

/** What has an access control list, by the letter that acldefault() takes; `c` for a column. */
export type AclClass = 'r' | 's' | 'f' | 'n' | 'T' | 'l' | 'F' | 'S' | 'L' | 'c';

const ALL: Readonly<Record<Exclude<AclClass, 'c'>, readonly string[]>> = {
  r: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  s: ['USAGE', 'SELECT', 'UPDATE'],
  f: ['EXECUTE'],
  n: ['USAGE', 'CREATE'],
  T: ['USAGE'],
  l: ['USAGE'],
  F: ['USAGE'],
  S: ['USAGE'],
  L: ['SELECT', 'UPDATE'],
};

/** Every privilege there is for a class, in the order in which people list them. */
export function allPrivileges(aclClass: AclClass, version: number): readonly string[] {
  if (aclClass === 'c') return ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'];
  return aclClass === 'r' && version >= 170000 ? [...ALL.r, 'MAINTAIN'] : ALL[aclClass];
}

/** What the server grants without being asked: https://www.postgresql.org/docs/current/ddl-priv.html */
export function builtInRights(aclClass: AclClass, owner: string, version: number): Rights {
  const rights = new Map([
    [owner, new Map(allPrivileges(aclClass, version).map((name): [string, Level] => [name, 1]))],
  ]);
  const forAll = { f: 'EXECUTE', T: 'USAGE', l: 'USAGE' }[aclClass as string];
  if (forAll !== undefined) rights.set('', new Map([[forAll, 1]]));
  return rights;
}

export function levelOf(rights: Rights, grantee: string, privilege: string): Level {
  return rights.get(grantee)?.get(privilege) ?? 0;
}

export type MutableRights = Map<string, Map<string, Level>>;

export function setLevel(rights: MutableRights, grantee: string, privilege: string, level: Level): void {
  let list = rights.get(grantee);
  if (list === undefined) rights.set(grantee, (list = new Map()));
  list.set(privilege, level);
}

export function copyRights(rights: Rights): MutableRights {
  return new Map([...rights].map(([grantee, list]) => [grantee, new Map(list)]));
}

/** Both together. */
export function mergeRights(a: Rights, b: Rights): Rights {
  const merged = copyRights(a);
  for (const [grantee, list] of b) {
    for (const [privilege, level] of list) {
      setLevel(merged, grantee, privilege, Math.max(level, levelOf(merged, grantee, privilege)) as Level);
    }
  }
  return merged;
}

/** What ALTER … OWNER does to an access control list. */
export function withOwner(rights: Rights, before: string, after: string): Rights {
  if (before === after) return rights;
  const list = rights.get(before);
  const rest = new Map([...rights].filter(([grantee]) => grantee !== before));
  return list === undefined ? rest : mergeRights(rest, new Map([[after, list]]));
}

/** One change: who, what, from which level to which. */
export interface Step {
  readonly grantee: string;
  readonly privilege: string;
  readonly from: Level;
  readonly to: Level;
}

/** What differs, sorted by grantee. */
export function stepsBetween(from: Rights, to: Rights): Step[] {
  const steps: Step[] = [];
  for (const grantee of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const privileges = new Set([...(from.get(grantee)?.keys() ?? []), ...(to.get(grantee)?.keys() ?? [])]);
    for (const privilege of privileges) {
      const step = {
        grantee,
        privilege,
        from: levelOf(from, grantee, privilege),
        to: levelOf(to, grantee, privilege),
      };
      if (step.from !== step.to) steps.push(step);
    }
  }
  return steps;
}

export type Rows = readonly (readonly string[])[];

const OPTION = 'WITH GRANT OPTION';

/** The differences from what is there anyway, as definitions have them. */
export function rowsOf(steps: readonly Step[]): { grants: Rows; revokes: Rows } {
  const grants = steps.filter(({ from, to }) => to > from);
  const revokes = steps.filter(({ from, to }) => to < from);
  return {
    grants: rows(grants, ({ to }) => (to === 2 ? OPTION : '')),
    revokes: rows(revokes, ({ to }) => (to === 1 ? OPTION : '')),
  };
}

function rows(steps: readonly Step[], optionOf: (step: Step) => string): Rows {
  const found = new Map<string, { grantee: string; option: string; privileges: string[] }>();
  for (const step of steps) {
    const option = optionOf(step);
    const key = JSON.stringify([step.grantee, option]);
    const row = found.get(key) ?? { grantee: step.grantee, option, privileges: [] };
    row.privileges.push(step.privilege);
    found.set(key, row);
  }
  return [...found.values()].map(({ grantee, option, privileges }) => [grantee, listOf(privileges), option]);
}

/** What is there anyway, changed as a definition says. */
export function rightsAfter(
  base: Rights,
  definition: { grants?: Rows | undefined; revokes?: Rows | undefined },
): Rights {
  const rights = copyRights(base);
  for (const [grantee = '', privileges = '', option] of definition.grants ?? []) {
    for (const privilege of privilegesIn(privileges)) setLevel(rights, grantee, privilege, option === OPTION ? 2 : 1);
  }
  for (const [grantee = '', privileges = '', option] of definition.revokes ?? []) {
    for (const privilege of privilegesIn(privileges)) setLevel(rights, grantee, privilege, option === OPTION ? 1 : 0);
  }
  return rights;
}

const ORDER = [...ALL.r, 'MAINTAIN', 'USAGE', 'CREATE', 'EXECUTE'];
const rankOf = (privilege: string): number => ORDER.indexOf(/^\w+/.exec(privilege)![0]);

/** `SELECT, UPDATE (a, b)`: the privileges as GRANT takes them, the columns of each together. */
export function listOf(privileges: readonly string[]): string {
  const words = new Map<string, string[]>();
  for (const privilege of privileges.toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))) {
    const [word, column] = splitPrivilege(privilege);
    const key = column === undefined ? word : `${word} (`;
    words.set(key, [...(words.get(key) ?? []), ...(column === undefined ? [] : [column])]);
  }
  return [...words]
    .map(([word, columns]) => (columns.length === 0 ? word : `${word}${columns.join(', ')})`))
    .join(', ');
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[^\s,()"]+)`;

/** What {@link listOf} put together. */
function privilegesIn(list: string): string[] {
  const items = list.matchAll(new RegExp(String.raw`([A-Z]+)(?: \((${NAME}(?:, ${NAME})*)\))?`, 'g'));
  return [...items].flatMap(([, word = '', columns]) =>
    columns === undefined
      ? [word]
      : [...columns.matchAll(new RegExp(NAME, 'g'))].map(([column]) => `${word} (${column})`),
  );
}

/** `UPDATE (a)` → `UPDATE`, `a`. */
export function splitPrivilege(privilege: string): [string, string?] {
  const at = privilege.indexOf(' (');
  return at === -1 ? [privilege] : [privilege.slice(0, at), privilege.slice(at + 2, -1)];
}

function columnPrivilege(word: string, column: string): string {
  return `${word} (${ident(column)})`;
}

/** An entry as aclexplode() has it: grantee, privilege, whether it may be passed on; of a column, its name and number. */
export type Entry = readonly [
  grantee: string,
  privilege: string,
  grantable: boolean,
  column?: string | null,
  attribute?: number | null,
];

/** Who granted it does not count: it says nothing of what one may do. */
export function rightsOf(entries: readonly Entry[]): Rights {
  const rights: MutableRights = new Map();
  for (const [grantee, word, grantable, column] of entries) {
    const privilege = column === undefined || column === null ? word : columnPrivilege(word, column);
    setLevel(rights, grantee, privilege, Math.max(levelOf(rights, grantee, privilege), grantable ? 2 : 1) as Level);
  }
  return rights;
}
