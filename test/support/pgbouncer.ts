import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { postgresRows } from './raw.ts';

export const NEEDS_PGBOUNCER = 'PgBouncer: install pgbouncer';

export function pgbouncerProgram(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** It refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

/**
 * A PgBouncer of one test's own in front of the server of `url`, on a port of its own, ended when the test ends.
 *
 * @returns `url` through it
 */
export async function startPgbouncer(url: string, mode: 'transaction' | 'session' | 'statement'): Promise<string> {
  const target = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), 'torale-test-pgbouncer-'));
  const port = await freePort();
  const user = unprivileged();
  const file = join(folder, 'pgbouncer.ini');
  const log = join(folder, 'log');
  const password = target.password === '' ? '' : ` password=${decodeURIComponent(target.password)}`;
  writeFileSync(
    file,
    `[databases]
* = host=${target.hostname} port=${target.port || 5432} user=${decodeURIComponent(target.username)}${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
logfile = ${log}
`,
  );
  chmodSync(folder, 0o755);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const child = spawn(pgbouncerProgram()!, ['-q', file], { ...user, stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode === null) {
      const over = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await over;
    }
    rmSync(folder, { recursive: true, force: true });
  });
  target.port = String(port);
  target.hostname = '127.0.0.1';
  for (let round = 0; ; round++) {
    try {
      await postgresRows(target.href, 'SELECT 1');
      return target.href;
    } catch (error) {
      if (round > 100 || child.exitCode !== null) {
        throw new Error(existsSync(log) ? readFileSync(log, 'utf8') : String(error), { cause: error });
      }
      await pause(50);
    }
  }
}
