import type { Run } from '../apply/run.ts';
import type { Config } from '../config/config.ts';
import type { DialectName } from '../dialects/names.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import { ToraleError } from '../errors.ts';
import { ObjectPool } from '../schema/pool.ts';
import type { ScratchHost, SideContext } from './open-side.ts';
import { dialectOfSide, type Side } from './side.ts';

/**
 * What reading these sides takes: their dialect, and a server for scratch databases.
 *
 * @param wanted the dialect that the caller names
 * @throws ToraleError USAGE where no dialect is told, or two are
 */
export function contextFor(run: Run, sides: readonly Side[], wanted: DialectName | null = null): SideContext {
  const dialect = dialectFor(run, sides, wanted);
  return {
    run,
    dialect,
    host: hostFor(run, sides, dialect),
    pool: new ObjectPool('several'),
  };
}

function dialectFor({ config }: Run, sides: readonly Side[], wanted: DialectName | null): DialectName {
  const told = [...new Set([wanted, ...sides.map(dialectOfSide)].filter((name) => name !== null))];
  if (told.length > 1) {
    throw new ToraleError('USAGE', `A schema of ${told[0]} cannot be compared with one of ${told[1]}.`, {
      hint: 'Give both sides in one dialect.',
      data: { dialects: told },
    });
  }
  const dialect = told[0] ?? dialectAtHand(config);
  if (dialect !== undefined) return dialect;
  throw new ToraleError('USAGE', 'Neither side tells which kind of database the schemas are for.', {
    hint: 'Name a database or a scratchUrl, or the dialect: postgres, mysql or sqlite.',
  });
}

/** That of the server for scratch databases, or of the database where several dialects have such a server. */
function dialectAtHand({ scratchUrls, database, dialects }: Config): DialectName | undefined {
  const [first, ...more] = scratchUrls;
  const isForAll = more.length > 0 || (dialects?.length ?? 0) > 1;
  return isForAll ? (database?.dialect ?? first?.dialect) : (first?.dialect ?? database?.dialect);
}

/** The server meant for it, else the configured database's own, else that of a side. */
function hostFor({ config }: Run, sides: readonly Side[], dialect: DialectName): ScratchHost | null {
  const fits = (url: DatabaseUrl | null): url is DatabaseUrl => url?.dialect === dialect;
  const dedicated = config.scratchUrls.find(fits);
  if (dedicated !== undefined) return { url: dedicated, isDedicated: true };
  if (fits(config.database)) return { url: config.database, isDedicated: false };
  const url = sides.map((side) => (side.type === 'database' ? side.url : null)).find(fits);
  return url === undefined ? null : { url, isDedicated: false };
}
