// node test/campaigns/faults.mjs [--tools torale,alembic,knex] [--dialects postgres,mysql,sqlite] [--only race,kill,…]
//
// One disturbance at a time, the same for each tool, and what becomes of it: the rows of the table in docs/reliability.md.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { connection, openServer } from './parts/databases.mjs';
import { startProxy } from './parts/proxy.mjs';
import { finish, say } from './parts/report.mjs';
import { TOOLS } from './parts/tools.mjs';

const { values: options } = parseArgs({
  options: {
    tools: { type: 'string', default: 'torale,alembic,knex' },
    dialects: { type: 'string', default: 'postgres,mysql,sqlite' },
    only: { type: 'string', default: 'race,kill,server,session,index,indexKilled,frozen' },
    runners: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
});

/** How long a tool may be silent before it counts as hanging. */
const PATIENCE_MS = 90_000;

/** A long statement that changes something. */
const SLOW = {
  postgres: (/** @type {number} */ seconds) => `CREATE TABLE slow AS SELECT pg_sleep(${seconds})::text AS s`,
  mysql: (/** @type {number} */ seconds) => `CREATE TABLE slow AS SELECT SLEEP(${seconds}) AS s`,
  sqlite: (/** @type {number} */ seconds) =>
    `CREATE TABLE slow AS WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${seconds * 2_000_000}) SELECT count(*) AS s FROM numbers`,
};
const LOG = 'CREATE TABLE applied_log (revision varchar(20))';
const note = (/** @type {string} */ id) => `INSERT INTO applied_log VALUES ('${id}')`;

const slowHistory = (dialect, seconds) => [
  { id: 'a1', statements: [LOG, note('a1')] },
  {
    id: 'b2',
    statements: [
      'CREATE TABLE first (id integer)',
      note('b2'),
      SLOW[dialect](seconds),
      'CREATE TABLE last (id integer)',
    ],
  },
  { id: 'c3', statements: [note('c3')] },
];

/** What is there afterwards, in words. */
async function stateOf(database, expected) {
  const rows = await database.query('SELECT revision FROM applied_log').catch(() => []);
  const found = rows.map(({ revision }) => String(revision)).toSorted();
  return found.join() === expected.join() ? 'each once' : `applied: ${found.join(' ') || 'nothing'}`;
}

/** The line of an output that says what went wrong. */
function lastLine(/** @type {string} */ output) {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const telling = lines.findLast(
    (line) => /error|exist|lock|fail|duplicate|lost|no end/i.test(line) && !/^\(Background|^\[SQL/.test(line),
  );
  return (telling ?? lines.at(-1) ?? '').slice(0, 160);
}

/** Runs again, as a container would be, until it succeeds or has failed thrice. */
async function again(project, url) {
  let last;
  for (let attempt = 1; attempt <= 3; attempt++) {
    last = await within(project.start(url));
    if (last.code === 0)
      return { by: attempt === 1 ? 'the next run' : `run ${attempt + 1}`, code: 0, seconds: last.seconds };
    await pause(2000);
  }
  return { by: 'nobody', code: last.code, message: lastLine(last.output) };
}

/** @param {ReturnType<import('./parts/runners.mjs').startProgram>} runner */
async function within(runner, limit = PATIENCE_MS) {
  const timer = setTimeout(() => runner.kill(), limit);
  const result = await runner.result;
  clearTimeout(timer);
  return result.code === 137 ? { ...result, output: `${result.output}\nno end within ${limit / 1000} s` } : result;
}

const ACTIVITY = {
  postgres: (text) =>
    `SELECT pid AS id FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database() AND query LIKE '${text}%'`,
  mysql: (text) => `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = database() AND INFO LIKE '${text}%'`,
};

/** The server's sessions that run a statement beginning so; waits until there is one. */
async function sessionsIn(look, dialect, text, tries = 400) {
  for (let attempt = 0; ; attempt++) {
    const rows = await look.query(ACTIVITY[dialect](text));
    if (rows.length > 0 || attempt >= tries) return rows.map(({ id }) => Number(id));
    await pause(25);
  }
}

const SCENARIOS = {
  /** Many at once on an empty database. */
  async race({ tool, server }) {
    const revisions = Array.from({ length: 4 }, (_, index) => ({
      id: `a${index + 1}`,
      statements: [...(index === 0 ? [LOG] : []), `CREATE TABLE t${index} (id integer)`, note(`a${index + 1}`)],
    }));
    const project = tool.project(revisions);
    const database = await server.database();
    const results = await Promise.all(
      Array.from({ length: Number(options.runners) }, () => within(project.start(database.url))),
    );
    const failed = results.filter(({ code }) => code !== 0);
    const state = await stateOf(database, ['a1', 'a2', 'a3', 'a4']);
    const next = await again(project, database.url);
    await database.drop();
    return {
      good: failed.length === 0 && state === 'each once' && next.code === 0,
      failed: `${failed.length} of ${results.length}`,
      state,
      ...(failed[0] ? { message: lastLine(failed[0].output) } : {}),
      next: next.code === 0 ? 'fine' : next.message,
    };
  },

  /** The runner is killed in the middle of a statement, and started again. */
  async kill({ tool, dialect, server }) {
    const project = tool.project(slowHistory(dialect, 3));
    const database = await server.database();
    const runner = project.start(database.url);
    if (dialect === 'sqlite') await pause(1500);
    else {
      const look = await connection(database);
      await sessionsIn(look, dialect, 'CREATE TABLE slow');
      await look.close();
    }
    await pause(200);
    runner.kill();
    await runner.result;
    const next = await again(project, database.url);
    const state = await stateOf(database, ['a1', 'b2', 'c3']);
    await database.drop();
    return { good: next.code === 0 && state === 'each once', ...next, state };
  },

  /** The server is killed in the middle of a statement, and started again. */
  async server({ tool, dialect, server }) {
    if (dialect === 'sqlite') return undefined;
    const project = tool.project(slowHistory(dialect, 3));
    const database = await server.database();
    const runner = project.start(database.url);
    const look = await connection(database);
    await sessionsIn(look, dialect, 'CREATE TABLE slow');
    await pause(200);
    await server.crash();
    const first = await within(runner);
    await server.restart();
    const next = await again(project, database.url);
    const state = await stateOf(database, ['a1', 'b2', 'c3']);
    await database.drop();
    return { good: first.code !== 0 && next.code === 0 && state === 'each once', first: first.code, ...next, state };
  },

  /** The session that works is ended by the server while others wait. */
  async session({ tool, dialect, server }) {
    if (dialect === 'sqlite') return undefined;
    const project = tool.project(slowHistory(dialect, 3));
    const database = await server.database();
    const look = await connection(database);
    const runners = [project.start(database.url)];
    const [id] = await sessionsIn(look, dialect, 'CREATE TABLE slow');
    for (let other = 0; other < 3; other++) runners.push(project.start(database.url));
    await pause(1500);
    await look.query(dialect === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`);
    let executors = 0;
    let isOver = false;
    const results = Promise.all(runners.map((runner) => within(runner))).finally(() => (isOver = true));
    while (!isOver) {
      executors = Math.max(executors, (await sessionsIn(look, dialect, 'CREATE TABLE slow', 0)).length);
      await pause(25);
    }
    const ends = (await results).map(({ code }) => code);
    const next = await again(project, database.url);
    const state = await stateOf(database, ['a1', 'b2', 'c3']);
    await look.close();
    await database.drop();
    return {
      good: executors <= 1 && next.code === 0 && state === 'each once',
      ends: ends.join(' '),
      executorsAtOnce: executors,
      next: next.by,
      ...(next.code === 0 ? {} : { message: next.message }),
      state,
    };
  },

  /** CREATE INDEX CONCURRENTLY while five more runners wait. */
  async index({ tool, dialect, server }) {
    if (dialect !== 'postgres') return undefined;
    const { project, database } = await indexProject(tool, server);
    const runners = Array.from({ length: 6 }, () => project.start(database.url));
    const results = await Promise.all(runners.map((runner) => within(runner)));
    const failed = results.filter(({ code }) => code !== 0);
    const [index] = await database.query(VALID);
    const state = await stateOf(database, ['b2', 'c3']);
    await database.drop();
    return {
      good: failed.length === 0 && index?.valid === true && state === 'each once',
      failed: `${failed.length} of ${results.length}`,
      ...(failed[0] ? { message: lastLine(failed[0].output) } : {}),
      index: index === undefined ? 'none' : index.valid ? 'valid' : 'invalid',
      state,
    };
  },

  /** The build dies in the server, as when it is cancelled or runs out of memory; then the tool is started again. */
  async indexKilled({ tool, dialect, server }) {
    if (dialect !== 'postgres') return undefined;
    const { project, database } = await indexProject(tool, server);
    const look = await connection(database);
    const runner = project.start(database.url);
    const [id] = await sessionsIn(look, dialect, 'CREATE INDEX CONCURRENTLY');
    await pause(500);
    runner.kill();
    await look.query(`SELECT pg_terminate_backend(${id})`);
    await runner.result;
    const next = await again(project, database.url);
    const [index] = await database.query(VALID);
    const state = await stateOf(database, ['b2', 'c3']);
    await look.close();
    await database.drop();
    return {
      good: next.code === 0 && index?.valid === true && state === 'each once',
      ...next,
      index: index === undefined ? 'none' : index.valid ? 'valid' : 'invalid',
      state,
    };
  },

  /** A proxy between stops forwarding, and keeps its connections. Another runner comes by another way. */
  async frozen({ tool, dialect, server }) {
    if (dialect === 'sqlite') return undefined;
    const project = tool.project(slowHistory(dialect, 5));
    const database = await server.database();
    const proxy = await startProxy(database.url);
    const look = await connection(database);
    const runner = project.start(proxy.url);
    await sessionsIn(look, dialect, 'CREATE TABLE slow');
    proxy.freeze();
    const since = performance.now();
    const [first, other] = await Promise.all([
      within(runner).then((result) => ({ ...result, at: (performance.now() - since) / 1000 })),
      // Not before the statement is over: what is measured is the lock that nobody needs any more.
      pause(1000).then(async () => {
        const result = await within(project.start(database.url));
        return { ...result, at: (performance.now() - since) / 1000 };
      }),
    ]);
    const state = await stateOf(database, ['a1', 'b2', 'c3']);
    proxy.close();
    await look.close();
    await database.drop();
    const inWords = ({ code, at }) =>
      code === 137 ? `none within ${PATIENCE_MS / 1000} s` : `exit ${code} after ${Math.round(at)} s`;
    return {
      good: first.code !== 0 && first.at <= 60 && other.code === 0 && other.at <= 60 + 5 && state === 'each once',
      error: inWords(first),
      other: inWords(other),
      ...(first.code === 137 ? {} : { message: lastLine(first.output) }),
      ...(other.code === 0 ? {} : { otherMessage: lastLine(other.output) }),
      state,
    };
  },
};

const VALID = "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('big_value')";

async function indexProject(tool, server) {
  const database = await server.database();
  await database.query(
    `CREATE TABLE applied_log (revision varchar(20));
     CREATE TABLE big AS SELECT g AS value FROM generate_series(1, 20000) g;
     CREATE FUNCTION slow(value integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
       'BEGIN IF value % 10 = 0 THEN PERFORM pg_sleep(0.001); END IF; RETURN value; END'`,
  );
  const project = tool.project([
    { id: 'b2', statements: [note('b2')] },
    { id: 'c3', statements: ['CREATE INDEX CONCURRENTLY big_value ON big (slow(value))'], outside: true },
    { id: 'd4', statements: [note('c3')] },
  ]);
  return { project, database };
}

const outcomes = [];
const versions = {};
for (const dialect of options.dialects.split(',')) {
  const server = await openServer(dialect, { durable: true });
  versions[dialect] = server.version;
  for (const name of options.only.split(',')) {
    for (const of of options.tools.split(',')) {
      const tool = TOOLS[of]();
      versions[of] = tool.version;
      const outcome = await SCENARIOS[name]({ tool, dialect, server }).catch((error) => ({
        good: false,
        error: String(error),
      }));
      if (outcome === undefined) continue;
      outcomes.push({ scenario: name, dialect, tool: of, ...outcome });
      say(JSON.stringify(outcomes.at(-1)));
    }
  }
  server.stop();
}
finish(
  { campaign: 'faults', versions, runners: Number(options.runners), outcomes },
  // What the others do is told, and is no failure of ours.
  { ok: outcomes.every(({ tool, good }) => tool !== 'torale' || good), out: options.out },
);
