// The lease on a Galera cluster of two private nodes: node test/campaigns/galera.mjs
// Needs mariadb-server and galera-4 (Debian), root or a user who may run mariadbd; takes about four minutes.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { takeLease } from '../../src/apply/lock-lease.ts';
import { mysql as dialect } from '../../src/dialects/mysql/index.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { tableNames } from '../../src/journal/tables.ts';

const ROUNDS = Number(process.argv[2] ?? 10);
const BIN = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
const PROVIDER = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'].find((file) =>
  existsSync(file),
);
const folder = mkdtempSync(join(tmpdir(), 'torale-galera-'));
const children = [];
let failures = 0;

function check(what, isTrue, detail = '') {
  if (!isTrue) failures++;
  process.stdout.write(`${isTrue ? 'ok  ' : 'FAIL'}  ${what}${detail === '' ? '' : `: ${detail}`}\n`);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const isRoot = process.getuid() === 0;

async function startNode(name, cluster) {
  const home = join(folder, name);
  const data = join(home, 'data');
  mkdirSync(home);
  mkdirSync(data);
  if (isRoot) execFileSync('chown', ['-R', 'mysql', folder]);
  const user = isRoot ? ['--user=mysql'] : [];
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, ...user, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { stdio: 'pipe' },
  );
  const [port, base, ist, sst] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const args = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(home, 'socket')}`,
    `--pid-file=${join(home, 'pid')}`,
    `--log-error=${join(home, 'log')}`,
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
    '--innodb-flush-log-at-trx-commit=0',
    '--wsrep-on=ON',
    `--wsrep-provider=${PROVIDER}`,
    '--wsrep-cluster-name=torale',
    `--wsrep-node-name=${name}`,
    '--wsrep-node-address=127.0.0.1',
    '--wsrep-sst-method=rsync',
    `--wsrep-sst-receive-address=127.0.0.1:${sst}`,
    `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${base};base_port=${base};ist.recv_addr=127.0.0.1:${ist};gcache.size=16M`,
    ...(cluster === null
      ? ['--wsrep-new-cluster', '--wsrep-cluster-address=gcomm://']
      : [`--wsrep-cluster-address=gcomm://127.0.0.1:${cluster}`]),
  ];
  const child = spawn('mariadbd', args, { stdio: 'ignore' });
  children.push(child);
  for (let round = 0; ; round++) {
    try {
      await (await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })).end();
      return { port, base };
    } catch (error) {
      if (round > 240 || child.exitCode !== null)
        throw new Error(`${name}: ${readFileSync(join(home, 'log'), 'utf8').slice(-2000)}`, { cause: error });
      await pause(250);
    }
  }
}

const sql = async (port, text, database) => {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    database,
    multipleStatements: true,
  });
  try {
    return (await connection.query(text))[0];
  } finally {
    await connection.end();
  }
};

function torale(args) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const result = new Promise((done) => child.on('close', (code) => done({ code, output })));
  return Object.assign(child, { result, text: () => output });
}

function writeVersions(name, bodies) {
  const versions = join(folder, name);
  mkdirSync(versions, { recursive: true });
  Object.entries(bodies).forEach(([id, body], index, all) => {
    const down = index === 0 ? 'null' : `'${all[index - 1][0]}'`;
    writeFileSync(
      join(versions, `${id}.mjs`),
      `export const revision = '${id}';\nexport const downRevision = ${down};\nexport async function upgrade(op) {\n${body}\n}\n`,
    );
  });
  return versions;
}

const url = (port, database) => `mysql://root@127.0.0.1:${port}/${database}`;

async function namedLocks(one, two) {
  const [a, b] = await Promise.all(
    [one, two].map(({ port }) => mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })),
  );
  const [[left]] = await a.query("SELECT GET_LOCK('x', 0) AS got");
  const [[right]] = await b.query("SELECT GET_LOCK('x', 0) AS got");
  check(
    'named locks do not exclude between nodes',
    left.got === 1 && right.got === 1,
    `GET_LOCK answers ${left.got} and ${right.got}`,
  );
  await Promise.all([a.end(), b.end()]);
}

async function race(nodes) {
  let wrong = 0;
  let isTold = true;
  for (let round = 0; round < ROUNDS; round++) {
    const database = `race${round}`;
    await sql(nodes[0].port, `CREATE DATABASE ${database}`);
    const versions = writeVersions(database, {
      a1: "await op.execute('CREATE TABLE t (id integer AUTO_INCREMENT PRIMARY KEY, n integer)');",
      b2: "await op.execute('INSERT INTO t (n) VALUES (2)');",
      c3: "await op.execute('ALTER TABLE t ADD COLUMN m integer'); await op.execute('INSERT INTO t (n) VALUES (3)');",
    });
    const runs = Array.from({ length: 6 }, (_, index) =>
      torale(['upgrade', 'head', '--url', url(nodes[index % 2].port, database), '--versions', versions]),
    );
    const results = await Promise.all(runs.map(({ result }) => result));
    const rows = await sql(
      nodes[1].port,
      'SET SESSION wsrep_sync_wait = 7; SELECT n FROM t ORDER BY n; SELECT revision FROM torale_history',
      database,
    );
    const isRight =
      results.every(({ code }) => code === 0) && rows[1].map(({ n }) => n).join() === '2,3' && rows[2].length === 3;
    if (!isRight) process.stdout.write(`      ${JSON.stringify({ rows, results })}\n`);
    wrong += isRight ? 0 : 1;
    isTold &&= results.some(({ output }) => output.includes('is a node of a Galera cluster'));
  }
  check(`${ROUNDS} rounds of six runners on two nodes apply each revision once`, wrong === 0, `${wrong} wrong`);
  check('each says in one line that the lock is a lease', isTold);
}

/** An ALTER that copies holds up every commit of the cluster, the renewals of the lease among them. */
async function longStatement([one, two]) {
  const database = 'slow';
  await sql(one.port, `CREATE DATABASE ${database}`);
  const rows = Array.from({ length: 14 }, () => 'INSERT INTO big (v) SELECT v FROM big;').join('');
  await sql(
    one.port,
    `CREATE TABLE big (id integer AUTO_INCREMENT PRIMARY KEY, v varchar(200)); INSERT INTO big (v) SELECT repeat('x', 150) FROM information_schema.COLLATIONS LIMIT 100; ${rows}`,
    database,
  );
  const times = { leaseMs: 1500, beatMs: 300, graceMs: 600, giveUpMs: 1000 };
  const take = async ({ port }) => {
    const session = await dialect.connect(parseDatabaseUrl(url(port, database), { base: '/', cwd: '/' }), {
      readOnly: false,
      create: false,
      connectTimeoutMs: 5000,
    });
    const options = { schema: database, table: 'torale_version', timeoutMs: 120_000, onWait: () => undefined };
    return {
      session,
      lock: await takeLease({
        session,
        dialect,
        names: tableNames('torale_version', database),
        options,
        also: null,
        times,
      }),
    };
  };
  const holder = await take(one);
  let takenAt = 0;
  const waiter = take(two).then((other) => ((takenAt = performance.now()), other));
  const started = performance.now();
  await holder.session.query('ALTER TABLE big MODIFY id bigint AUTO_INCREMENT, ALGORITHM=COPY');
  const tookMs = performance.now() - started;
  await pause(2500);
  check(
    `a lease of 1.5 s outlives a statement of ${(tookMs / 1000).toFixed(1)} s`,
    takenAt === 0 && holder.lock.lost.aborted === false && tookMs > 2500,
  );
  await holder.lock.confirm(false).catch((error) => check('and its holder goes on', false, error.message));
  await holder.lock.release();
  const { session, lock } = await waiter;
  await lock.release();
  await Promise.all([holder.session.close(), session.close()]);
}

async function killed([one, two]) {
  const database = 'killed';
  await sql(one.port, `CREATE DATABASE ${database}`);
  const versions = writeVersions(database, {
    a1: "await op.execute('CREATE TABLE t (id integer AUTO_INCREMENT PRIMARY KEY, n integer)');",
    b2: "op.log('holding'); if (process.env.HOLD) await new Promise((done) => setTimeout(done, 300000)); await op.execute('INSERT INTO t (n) VALUES (2)');",
  });
  process.env.HOLD = '1';
  const holder = torale(['upgrade', 'head', '--url', url(one.port, database), '--versions', versions]);
  delete process.env.HOLD;
  while (!holder.text().includes('holding')) await pause(100);
  holder.kill('SIGKILL');
  const started = performance.now();
  const { code, output } = await torale(['upgrade', 'head', '--url', url(two.port, database), '--versions', versions])
    .result;
  const seconds = Math.round((performance.now() - started) / 1000);
  check(
    'a run on the other node goes on after the holder was killed',
    code === 0,
    code === 0 ? `after ${seconds} s` : output,
  );
  const [, rows] = await sql(two.port, 'SET SESSION wsrep_sync_wait = 7; SELECT n FROM t', database);
  check('each revision once', rows.length === 1);
}

try {
  if (PROVIDER === undefined) throw new Error('galera-4 is not installed');
  const one = await startNode('one', null);
  const two = await startNode('two', one.base);
  const [size] = await sql(two.port, "SHOW STATUS LIKE 'wsrep_cluster_size'");
  check('two nodes', size.Value === '2');
  await namedLocks(one, two);
  await race([one, two]);
  await longStatement([one, two]);
  await killed([one, two]);
} catch (error) {
  failures++;
  process.stdout.write(`FAIL  ${error.stack}\n`);
} finally {
  for (const child of children.reverse()) {
    if (child.exitCode !== null) continue;
    const over = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await Promise.race([over, pause(20_000).then(() => child.kill('SIGKILL'))]);
  }
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = failures === 0 ? 0 : 1;
}
