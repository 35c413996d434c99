import { createHash } from 'node:crypto';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import {
  readScratchName,
  SCRATCH_HINT,
  scratchName,
  type ScratchDatabase,
  type ScratchDialect,
  type ScratchOptions,
} from '../scratch-dialect.ts';
import type { DatabaseUrl, MysqlUrl } from '../url.ts';
import { readSettings, restore } from './borrow.ts';
import { connect } from './connect.ts';
import { describeError } from './errors.ts';
import { quote } from './quote.ts';
import { leaves } from './scratch-leaves.ts';

export const mysqlScratch: ScratchDialect = { pristine: [], inherent: 'database', create, leaves };

async function create(given: DatabaseUrl | null, options: ScratchOptions): Promise<ScratchDatabase> {
  const url = given as MysqlUrl;
  const connecting = {
    connectTimeoutMs: options.connectTimeoutMs,
    readOnly: false,
    create: false,
    signal: options.signal,
  };
  const admin = await connect(url, connecting);
  let name: string | null = null;
  try {
    await dropLeftovers(admin);
    name = scratchName('m');
    await admin.query('SELECT GET_LOCK(?, 0)', [lockName(name)]);
    await createDatabase(admin, name, url.display);
    const scratchUrl: MysqlUrl = { ...url, database: name, display: `a scratch database on ${url.display}` };
    const session = await connect(scratchUrl, connecting);
    const made = name;
    const settings = await readSettings(session);
    return {
      name: made,
      display: scratchUrl.display,
      session,
      reset: () => restore(session, settings, made),
      drop: async () => {
        await session.close().catch(() => undefined);
        try {
          await admin.query(`DROP DATABASE IF EXISTS ${quote(made)}`);
        } finally {
          await admin.close();
        }
      },
    };
  } catch (error) {
    if (name !== null) await admin.query(`DROP DATABASE IF EXISTS ${quote(name)}`).catch(() => undefined);
    await admin.close().catch(() => undefined);
    throw error;
  }
}

async function createDatabase(admin: Session, name: string, display: string): Promise<void> {
  const { rows } = await admin.query('SELECT @@character_set_database AS charset, @@collation_database AS collation');
  const { charset, collation } = rows[0]!;
  try {
    await admin.query(`CREATE DATABASE ${quote(name)} CHARACTER SET ${String(charset)} COLLATE ${String(collation)}`);
  } catch (error) {
    const { code, message, refusal } = describeError(error);
    const isDenied = refusal === 'denied';
    throw new ToraleError(
      isDenied ? 'DENIED' : 'WRITE_FAILED',
      `${display}: a scratch database could not be made: ${message} (${code}).`,
      {
        cause: error,
        hint: isDenied ? `Let this user:  GRANT ALL ON \`torale\\_scratch\\_%\`.* TO …\n${SCRATCH_HINT}` : SCRATCH_HINT,
        data: { url: display, server: { code, message } },
      },
    );
  }
}

/** Locks are those of one node: on a cluster another node's run would look dead. */
const SURELY_DEAD_MS = 6 * 3_600_000;

async function dropLeftovers(admin: Session): Promise<void> {
  const { rows } = await admin.query(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'torale\\_scratch\\_%'`,
  );
  for (const row of rows) {
    const name = String(row['name']);
    const scratch = readScratchName(name);
    if (scratch === null || Date.now() - scratch.madeAt < SURELY_DEAD_MS) continue;
    const { rows: asked } = await admin.query('SELECT IS_FREE_LOCK(?) AS free', [lockName(name)]);
    if (Number(asked[0]!['free']) !== 1) continue;
    await admin.query(`DROP DATABASE IF EXISTS ${quote(name)}`).catch(() => undefined);
  }
}

function lockName(name: string): string {
  return `torale:${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}
