import { spawn } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandLine } from '../config/config.ts';
import { pollLock } from '../dialects/waiting.ts';
import type { LockOptions } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { Connected, Run } from './run.ts';

/** What is about to happen to the database. */
export interface Pending {
  /** The revisions that will be applied, in their order. */
  readonly revisions: readonly string[];
  /** Where the database stands. */
  readonly heads: readonly string[];
}

/** Called once under the migration lock, before the first revision that is pending. What it throws stops the run. */
export type BeforeUpgrade = (pending: Pending) => Promise<void> | void;

export interface BackupRequest {
  /** The file that a SQLite database is copied to. */
  readonly backup?: string | null;
  readonly beforeUpgrade?: BeforeUpgrade | null;
}

/** @throws ToraleError USAGE for a file where a server must be asked */
export function refuseBackupOf({ dialect }: Connected, { backup }: BackupRequest): void {
  if (backup == null || dialect.name === 'sqlite') return;
  throw new ToraleError('USAGE', '--backup copies a SQLite file; this database is on a server.', {
    hint: "Name its own program in the configuration: beforeUpgrade: ['pg_dump', '-Fc', '-f', 'before.dump']",
  });
}

/**
 * Makes the backups asked for. The caller holds the lock, where there is one.
 *
 * @param look tells what is pending now
 * @throws ToraleError BACKUP_FAILED; nothing was applied then
 */
export async function backUp(
  run: Run,
  connected: Connected,
  request: BackupRequest,
  lock: LockOptions,
  look: () => Promise<Pending>,
): Promise<void> {
  const { backup, beforeUpgrade } = request;
  if (backup == null && beforeUpgrade == null) return;
  let pending = await look();
  if (pending.revisions.length === 0) return;
  if (beforeUpgrade != null) await callBefore(run, connected, () => beforeUpgrade(pending));
  if (backup == null) return;
  const file = resolve(backup);
  for (;;) {
    await copyTo(connected, file, lock);
    const now = await look();
    if (now.heads.join() === pending.heads.join()) return;
    // Another run was there meanwhile, so this is not what comes before the revisions of this one.
    rmSync(file, { force: true });
    if (now.revisions.length === 0) return;
    pending = now;
  }
}

/** Servers end connections that are idle for long, and the lock with them. */
const KEEP_ALIVE_MS = 30_000;

async function callBefore(run: Run, { session }: Connected, before: () => Promise<void> | void): Promise<void> {
  const timer = setInterval(() => void session.query('SELECT 1').catch(() => undefined), KEEP_ALIVE_MS);
  try {
    await before();
    run.signal.throwIfAborted();
  } catch (error) {
    run.signal.throwIfAborted();
    throw failed(`beforeUpgrade failed: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    clearInterval(timer);
  }
}

async function copyTo({ session, dialect }: Connected, file: string, lock: LockOptions): Promise<void> {
  makeFor(session.driver, file);
  try {
    await pollLock(
      lock,
      async () => {
        try {
          await session.query(`VACUUM INTO ${dialect.literal(file)}`);
          return true;
        } catch (error) {
          if (dialect.describeError(error).refusal === 'busy') return false;
          throw error;
        }
      },
      () => Promise.resolve(null),
    );
    // SQLite leaves the copy to the kernel: https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause
    const copy = openSync(file, 'r+');
    fsyncSync(copy);
    closeSync(copy);
  } catch (error) {
    rmSync(file, { force: true });
    lock.signal?.throwIfAborted();
    throw failed(`${file} could not be written: ${(error as Error).message}`, error);
  }
}

/** An empty file is taken by VACUUM INTO. Made here so that it never is more readable than the database itself. */
function makeFor(driver: object, file: string): void {
  try {
    const { name } = driver as { name?: string };
    const mode = name === undefined || name === ':memory:' || name === '' ? 0o600 : statSync(name).mode & 0o777;
    closeSync(openSync(file, 'wx', mode));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw failed(`${file} cannot be made: ${(error as Error).message}`, error);
    }
    throw new ToraleError(
      'BACKUP_FAILED',
      `${file} exists already: a backup overwrites nothing. Nothing was applied.`,
      {
        hint: 'Name another file, or move that one away.',
        data: { file },
      },
    );
  }
}

function failed(what: string, cause: unknown): ToraleError {
  return new ToraleError('BACKUP_FAILED', `${what.replace(/\.$/, '')}. Nothing was applied.`, { cause });
}

/**
 * Runs the configuration's program. It is told what is pending in its environment, to which no secret is added; what it
 * prints goes to stderr.
 */
export function programBefore({ argv, folder, variables }: CommandLine, signal: AbortSignal): BeforeUpgrade {
  const [program, ...rest] = argv;
  return ({ revisions, heads }) =>
    new Promise((done, fail) => {
      const env = { ...variables, TORALE_PENDING: revisions.join(','), TORALE_HEADS: heads.join(',') };
      const child = spawn(program!, rest, { cwd: folder, env, stdio: ['ignore', 2, 2] });
      const stop = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop);
      child.on('error', (error: NodeJS.ErrnoException) => {
        signal.removeEventListener('abort', stop);
        fail(new Error(error.code === 'ENOENT' ? `${program} was not found` : error.message));
      });
      child.on('close', (code, ended) => {
        signal.removeEventListener('abort', stop);
        if (code === 0) done();
        else fail(new Error(`${program} ended with ${code === null ? String(ended) : `exit code ${code}`}`));
      });
    });
}
