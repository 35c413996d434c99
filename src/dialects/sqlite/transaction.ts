import { ToraleError } from '../../errors.ts';
import type { Row, Session } from '../../session/session.ts';
import type { RevisionTransaction, RevisionTransactionOptions } from '../dialect.ts';
import { pollLock } from '../waiting.ts';
import { BUSY_TIMEOUT_MS, type SqliteSession } from './connect.ts';
import { isBusy } from './errors.ts';
import { isHeldByAnother } from './outside.ts';

/** The violations that are there already, remembered until another connection writes. */
const baselines = new WeakMap<Session, { dataVersion: unknown; violations: ReadonlySet<string> }>();

/**
 * BEGIN IMMEDIATE is the migration lock: a reader that became a writer later would fail at once with SQLITE_BUSY
 * whatever the timeout (https://www.sqlite.org/rescode.html#busy_snapshot).
 *
 * Foreign keys are off while a revision runs, so that tables can be rebuilt; the pragma is ignored inside a
 * transaction (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
 */
export async function beginRevision(
  session: Session,
  { lock, foreignKeys }: RevisionTransactionOptions,
): Promise<RevisionTransaction> {
  const before = (await session.prepared('PRAGMA foreign_keys', [])).rows[0]?.['foreign_keys'];
  const wanted = foreignKeys ? 1 : 0;
  if (before !== wanted) set(session, 'foreign_keys', wanted);
  const restore = (): void => {
    if (before !== wanted) set(session, 'foreign_keys', before === 1 ? 1 : 0);
  };
  try {
    // Short slices: the driver waits without letting a signal through.
    set(session, 'busy_timeout', 250);
    await pollLock(
      lock,
      async () => {
        try {
          await session.prepared('BEGIN IMMEDIATE', []);
          if (!isHeldByAnother(session)) return true;
          await session.prepared('ROLLBACK', []);
          return false;
        } catch (error) {
          if (isBusy(error)) return false;
          throw error;
        }
      },
      // SQLite does not tell who holds a file.
      async () => null,
    );
    set(session, 'busy_timeout', BUSY_TIMEOUT_MS);
  } catch (error) {
    set(session, 'busy_timeout', BUSY_TIMEOUT_MS);
    restore();
    throw error;
  }
  const known = foreignKeys ? undefined : await baseline(session);
  return {
    async commit() {
      if (known !== undefined) await refuseBrokenKeys(session, known);
      await commitWhenReadersLeave(session, lock);
      restore();
    },
    async rollback() {
      if (await session.inTransaction()) await session.query('ROLLBACK');
      restore();
    },
  };
}

/**
 * Not as a statement of the session: the driver frees those only with its garbage, and setting foreign_keys goes
 * through all there are, which took a tenth of an upgrade of 1,000 revisions.
 */
function set(session: Session, pragma: 'foreign_keys' | 'busy_timeout', value: number): void {
  (session as SqliteSession).driver.exec(`PRAGMA ${pragma} = ${value}`);
}

/** A rollback-journal database cannot commit while a reader is inside; the transaction stays, so COMMIT is tried again. */
async function commitWhenReadersLeave(session: Session, lock: RevisionTransactionOptions['lock']): Promise<void> {
  await pollLock(
    lock,
    async () => {
      try {
        await session.prepared('COMMIT', []);
        return true;
      } catch (error) {
        if (isBusy(error)) return false;
        throw error;
      }
    },
    async () => null,
  );
}

async function baseline(session: Session): Promise<ReadonlySet<string>> {
  const dataVersion = (await session.prepared('PRAGMA data_version', [])).rows[0]?.['data_version'];
  const cached = baselines.get(session);
  if (cached !== undefined && cached.dataVersion === dataVersion) return cached.violations;
  const violations = new Set((await violationsOf(session)).map(keyOf));
  baselines.set(session, { dataVersion, violations });
  return violations;
}

async function violationsOf(session: Session): Promise<readonly Row[]> {
  // The function, unlike the pragma, can stay prepared: it looks at the tables when it runs, not when it is prepared.
  return (await session.prepared('SELECT * FROM pragma_foreign_key_check', [])).rows;
}

function keyOf(violation: Row): string {
  return JSON.stringify([violation['table'], violation['rowid'], violation['parent'], violation['fkid']]);
}

async function refuseBrokenKeys(session: Session, known: ReadonlySet<string>): Promise<void> {
  const broken = (await violationsOf(session)).filter((violation) => !known.has(keyOf(violation)));
  if (broken.length === 0) return;
  const first = broken[0]!;
  throw new ToraleError(
    'REVISION_FAILED',
    `${broken.length} row${broken.length === 1 ? '' : 's'} would break a foreign key, the first in ${String(first['table'] as string)} ` +
      `(rowid ${Number(first['rowid'])}), which refers to ${String(first['parent'] as string)}.`,
    {
      hint: 'Foreign keys are off while a revision runs. Mend the rows in the revision, or let it run with: export const options = { foreignKeys: true }',
      data: { violations: broken.slice(0, 10) },
    },
  );
}
