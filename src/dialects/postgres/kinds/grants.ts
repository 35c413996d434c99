import type { Statement } from '../../../diff/rules.ts';
import { allPrivileges, copyRights, levelOf, listOf, setLevel, splitPrivilege, stepsBetween } from './acl.ts';
import type { AclClass, MutableRights, Rights, Step } from './acl.ts';
import { roleName } from './owner.ts';

/** What GRANT and REVOKE statements are about. */
export interface GrantTarget {
  readonly aclClass: AclClass;
  /** `TABLES`, `public.users`, `SEQUENCE public.ids`: what follows ON. */
  readonly on: string;
  /** What stands before: `ALTER DEFAULT PRIVILEGES IN SCHEMA public `. */
  readonly before?: string;
  readonly owner: string;
  readonly version: number;
}

/** The statements that make one set of rights another: first what is taken, then what is given. */
export function grantStatements(target: GrantTarget, from: Rights, to: Rights): Statement[] {
  const taken = stepsBetween(from, to).filter((step) => step.to < step.from);
  const current = copyRights(from);
  const options = taken.filter((step) => step.to === 1);
  const rights = taken.filter((step) => step.to === 0);
  // A right on all columns takes those on single ones along: what is taken with it need not be taken again.
  const isTakenAlong = (step: Step): boolean => {
    const [word, column] = splitPrivilege(step.privilege);
    return (
      column !== undefined && rights.some(({ grantee, privilege }) => grantee === step.grantee && privilege === word)
    );
  };
  const statements = [
    ...revokes(target, options, 'GRANT OPTION FOR ', current),
    ...revokes(
      target,
      rights.filter((step) => !isTakenAlong(step)),
      '',
      current,
    ),
  ];
  for (const step of taken) forget(step, current, target.owner);
  const given = stepsBetween(current, to).filter((step) => step.to > step.from);
  const grants = [1, 2].flatMap((level) =>
    grouped(
      target,
      given.filter((step) => step.to === level),
    ).map(({ privileges, grantees }) => ({
      sql: `${target.before ?? ''}GRANT ${privileges} ON ${target.on} TO ${grantees}${level === 2 ? ' WITH GRANT OPTION' : ''}`,
    })),
  );
  return [...statements, ...grants];
}

function revokes(target: GrantTarget, steps: readonly Step[], option: string, current: Rights): Statement[] {
  return [true, false].flatMap((cascades) =>
    grouped(
      target,
      steps.filter((step) => mayHavePassedOn(step, current, target.owner) === cascades),
    ).map(({ privileges, grantees }) => ({
      sql: `${target.before ?? ''}REVOKE ${option}${privileges} ON ${target.on} FROM ${grantees}${cascades ? ' CASCADE' : ''}`,
    })),
  );
}

/** Others may have the right from who loses it or the option. */
function mayHavePassedOn({ grantee, privilege, from }: Step, rights: Rights, owner: string): boolean {
  return from === 2 && [...rights.keys()].some((other) => isPassedTo(other, grantee, privilege, rights, owner));
}

const isPassedTo = (other: string, grantee: string, privilege: string, rights: Rights, owner: string): boolean =>
  other !== grantee && other !== owner && levelOf(rights, other, privilege) > 0;

/** What REVOKE takes besides what it names: the same right on columns, and what was passed on. */
function forget(step: Step, current: MutableRights, owner: string): void {
  if (mayHavePassedOn(step, current, owner)) {
    for (const other of current.keys()) {
      if (isPassedTo(other, step.grantee, step.privilege, current, owner)) setLevel(current, other, step.privilege, 0);
    }
  }
  const list = current.get(step.grantee);
  for (const [privilege, level] of list ?? []) {
    const [word] = splitPrivilege(privilege);
    if (privilege === step.privilege || word === step.privilege) {
      setLevel(current, step.grantee, privilege, Math.min(level, step.to) as Step['to']);
    }
  }
}

/** Grantees with the same privileges stand in one statement. */
function grouped(target: GrantTarget, steps: readonly Step[]): { privileges: string; grantees: string }[] {
  const byGrantee = new Map<string, string[]>();
  for (const { grantee, privilege } of steps) {
    byGrantee.set(grantee, [...(byGrantee.get(grantee) ?? []), privilege]);
  }
  const all = listOf(allPrivileges(target.aclClass, target.version));
  const byPrivileges = new Map<string, string[]>();
  for (const [grantee, privileges] of byGrantee) {
    const list = listOf(privileges);
    const words = list === all && all.includes(',') ? 'ALL' : list;
    byPrivileges.set(words, [...(byPrivileges.get(words) ?? []), roleName(grantee)]);
  }
  return [...byPrivileges].map(([privileges, grantees]) => ({ privileges, grantees: grantees.join(', ') }));
}
