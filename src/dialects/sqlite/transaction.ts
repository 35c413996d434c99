import type { Session } from '../../session/session.ts';
import type { RevisionTransaction, RevisionTransactionOptions } from '../dialect.ts';
import { pollLock } from '../waiting.ts';
import { BUSY_TIMEOUT_MS, type SqliteSession } from './connect.ts';
import { isBusy } from './errors.ts';
import { dataVersionOf, forgetKeys, keyBaseline, refuseBrokenKeys, type KeyBaseline } from './foreign-keys.ts';
import { isHeldByAnother } from './outside.ts';

interface Flags {
  readonly foreign_keys: number;
  readonly legacy_alter_table: number;
}

/** How they were found, while they stay as a revision has them: the next one begins with nothing between. */
const kept = new WeakMap<Session, { readonly found: Flags; readonly foreignKeys: number }>();

/** When the last transaction of each began. */
const dataVersions = new WeakMap<Session, unknown>();

/**
 * BEGIN IMMEDIATE is the migration lock: a reader that became a writer later would fail at once with SQLITE_BUSY
 * whatever the timeout (https://www.sqlite.org/rescode.html#busy_snapshot).
 *
 * Foreign keys are off while a revision runs, so that tables can be rebuilt; the pragma is ignored inside a
 * transaction (https://www.sqlite.org/pragma.html#pragma_foreign_keys). legacy_alter_table is off when it begins, and
 * afterwards as it was found: a rebuild turns it on for one RENAME, no rollback turns it off again, and a later RENAME
 * would leave views and triggers behind.
 */
export async function beginRevision(
  session: Session,
  { lock, foreignKeys }: RevisionTransactionOptions,
): Promise<RevisionTransaction> {
  const before = kept.get(session);
  kept.delete(session);
  const now = await flagsOf(session, before?.foreignKeys);
  const found = before?.found ?? now;
  const wanted = foreignKeys ? 1 : 0;
  if (now.foreign_keys !== wanted) set(session, 'foreign_keys', wanted);
  if (now.legacy_alter_table === 1) set(session, 'legacy_alter_table', 0);
  const restore = async (): Promise<void> => {
    if (found.foreign_keys !== wanted) set(session, 'foreign_keys', found.foreign_keys);
    const left = await flag(session, 'legacy_alter_table');
    if (left !== found.legacy_alter_table) set(session, 'legacy_alter_table', found.legacy_alter_table);
  };
  let known: KeyBaseline | undefined;
  let shape: unknown;
  let isUndisturbed = false;
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
    const dataVersion = await dataVersionOf(session);
    isUndisturbed = dataVersion === dataVersions.get(session);
    dataVersions.set(session, dataVersion);
    if (foreignKeys) shape = await schemaVersion(session);
    else known = await keyBaseline(session, dataVersion);
  } catch (error) {
    if (await session.inTransaction()) await session.query('ROLLBACK');
    set(session, 'busy_timeout', BUSY_TIMEOUT_MS);
    await restore();
    throw error;
  }
  return {
    isUndisturbed,
    async commit(end) {
      if (known !== undefined) await refuseBrokenKeys(session, known);
      await commitWhenReadersLeave(session, lock);
      // Keys that are enforced are not checked: there may be new ones, over rows that break them.
      if (known === undefined && (await schemaVersion(session)) !== shape) forgetKeys(session);
      // Setting foreign_keys has SQLite prepare all statements anew.
      if (end?.isFollowed === true) kept.set(session, { found, foreignKeys: wanted });
      else await restore();
    },
    async rollback() {
      if (await session.inTransaction()) await session.query('ROLLBACK');
      await restore();
    },
  };
}

/** @param foreignKeys where it is known; inside a transaction nothing can change it */
async function flagsOf(session: Session, foreignKeys: number | undefined): Promise<Flags> {
  return {
    foreign_keys: foreignKeys ?? (await flag(session, 'foreign_keys')),
    legacy_alter_table: await flag(session, 'legacy_alter_table'),
  };
}

/** A flag is part of its prepared statement, and setting any flag has all statements prepared anew. */
async function flag(session: Session, name: keyof Flags): Promise<number> {
  return Number((await session.prepared(`PRAGMA ${name}`, [])).rows[0]?.[name]);
}

async function schemaVersion(session: Session): Promise<unknown> {
  return (await session.prepared('PRAGMA schema_version', [])).rows[0]?.['schema_version'];
}

/**
 * Not as a statement of the session: the driver frees those only with its garbage, and setting foreign_keys goes
 * through all there are, which took a tenth of an upgrade of 1,000 revisions.
 */
function set(session: Session, pragma: 'foreign_keys' | 'busy_timeout' | 'legacy_alter_table', value: number): void {
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
