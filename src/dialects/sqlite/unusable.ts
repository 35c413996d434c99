import type { Session } from '../../session/session.ts';
import { brokenDependents } from './rebuilding/dependents.ts';

/** What an application brings with its connection: https://www.sqlite.org/appfunc.html */
const OF_THE_APPLICATION = /^(?:no such (?:function|collation sequence|module)|wrong number of arguments to function)/;

/** Views and triggers that cannot be compiled: SQLite takes them, and DROP COLUMN in a rebuild does not look at them. */
export async function unusable(session: Session): Promise<ReadonlyMap<string, string>> {
  const broken = [...(await brokenDependents(session)).values()];
  return new Map(broken.filter(({ why }) => !OF_THE_APPLICATION.test(why)).map(({ what, why }) => [what, why]));
}
