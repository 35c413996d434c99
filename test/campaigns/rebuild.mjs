// npm run rebuild -- [--rounds 40] [--rows 1000000] [--journal delete|wal] [--how plain|op] [--seed N] [--round N]
//
// A revision that rebuilds a large SQLite table is killed at some moment between its first statement and its commit,
// over and over. What is in the file then must be the state before it or the state after it, rows, counters and heads;
// the next run must lead to the state after it.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { rebuildStatements } from '../../src/dialects/sqlite/rebuild.ts';
import { writeHistory } from './parts/histories.mjs';
import { randomOf } from './parts/random.mjs';
import { add, finish, say } from './parts/report.mjs';
import { startUpgrade, temporaryFolder } from './parts/runners.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    rows: { type: 'string', default: '1000000' },
    /** Both by default, in turn. */
    journal: { type: 'string' },
    /** Statements as autogenerate writes them, or `op.rebuildTable`; both by default, in turn. */
    how: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Only this round, of a seed that showed something. */
    round: { type: 'string' },
    out: { type: 'string' },
  },
});
const JOURNALS = options.journal === undefined ? ['delete', 'wal'] : [options.journal];
const WAYS = options.how === undefined ? ['plain', 'op'] : [options.how];
const rows = Number(options.rows);
const rounds = Number(options.rounds);

const EVENTS = `CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  amount TEXT,
  after INTEGER REFERENCES events (id) ON DELETE CASCADE
)`;
/** Another type, a new column, a check: nothing of it can ALTER TABLE do. */
const REBUILT = (/** @type {string} */ name) => `CREATE TABLE ${name} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL COLLATE NOCASE,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  after INTEGER REFERENCES events (id) ON DELETE CASCADE,
  label TEXT GENERATED ALWAYS AS (kind || ' ' || amount) VIRTUAL,
  doubled INTEGER NOT NULL DEFAULT 0
)`;
const COPY = { amount: 'CAST(amount AS INTEGER)', doubled: 'CAST(amount AS INTEGER) * 2' };
const OF_THE_TABLE = [
  'CREATE INDEX events_kind ON events (kind, amount DESC)',
  'CREATE INDEX events_large ON events (amount) WHERE amount > 900',
  'CREATE INDEX events_upper ON events (upper(kind))',
  "CREATE TRIGGER events_kept BEFORE DELETE ON events WHEN OLD.amount = 0 BEGIN SELECT RAISE(ABORT, 'kept'); END",
];
const BESIDE_IT = [
  'CREATE TABLE notes (event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE, text TEXT)',
  'CREATE VIEW large_events AS SELECT id, amount FROM events WHERE amount > 900',
  'CREATE TRIGGER notes_count AFTER INSERT ON notes BEGIN UPDATE events SET amount = amount + 1 WHERE id = NEW.event; END',
];
const NUMBERS = (/** @type {number} */ last) =>
  `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last})`;
const FILL = [
  `${NUMBERS(rows)} INSERT INTO events (id, kind, amount, after) SELECT n, 'kind ' || (n % 97), n % 1000, CASE WHEN n > 10 THEN n - n % 10 END FROM numbers`,
  // The counter is beyond the last row.
  `INSERT INTO events (id, kind, amount) VALUES (${rows} + 1000, 'gone', 1)`,
  `DELETE FROM events WHERE id = ${rows} + 1000`,
  `${NUMBERS(Math.ceil(rows / 100))} INSERT INTO notes SELECT n * 100, 'note ' || n FROM numbers WHERE n * 100 <= ${rows}`,
];
const PLAIN = [
  ...rebuildStatements({
    table: 'events',
    spare: 'torale_new_events',
    create: REBUILT('torale_new_events'),
    copy: [
      ['id', 'id'],
      ['kind', 'kind'],
      ['amount', COPY.amount],
      ['after', 'after'],
      ['doubled', COPY.doubled],
    ],
    keepsCounter: true,
  }),
  ...OF_THE_TABLE,
];

const sql = (/** @type {readonly string[]} */ statements) =>
  statements.map((statement) => `  await op.execute(${JSON.stringify(statement)});`).join('\n');
const BODY = {
  plain: sql(PLAIN),
  op: `  await op.rebuildTable('events', ${JSON.stringify(REBUILT('events'))}, { copy: ${JSON.stringify(COPY)} });`,
};
const folder = temporaryFolder();
/** What a run says before its first statement, and behind its last: what is left then is the check of the keys, and COMMIT. */
const MARKS = ['the rebuild begins', 'the rebuild is done'];
const first = { id: 'made', body: sql([EVENTS, ...BESIDE_IT, ...FILL, ...OF_THE_TABLE]) };
const before = writeHistory([first], join(folder, 'before'));
const versions = Object.fromEntries(
  WAYS.map((how) => {
    const second = { id: 'rebuilt', body: `  op.log('${MARKS[0]}');\n${BODY[how]}\n  op.log('${MARKS[1]}');` };
    return [how, writeHistory([first, second], join(folder, how))];
  }),
);

/** Everything that the file says, by a program that is not Torale. */
function stateOf(/** @type {string} */ file) {
  const database = new BetterSqlite3(file);
  try {
    const all = (/** @type {string} */ text) => database.prepare(text).raw().all();
    const digest = createHash('sha256');
    const hidden = new Set(all("SELECT name FROM pragma_table_xinfo('events')").flat());
    const columns = [
      'id',
      'kind',
      'amount',
      'typeof(amount)',
      'after',
      ...(hidden.has('doubled') ? ['doubled', 'label'] : []),
    ];
    // A thousand rows at a time come over as one text.
    const chunks = database.prepare(
      `SELECT group_concat(line, char(10)) FROM (SELECT id, ${columns.map((column) => `quote(${column})`).join(" || ',' || ")} AS line FROM events ORDER BY id) GROUP BY id / 1000 ORDER BY id`,
    );
    for (const chunk of chunks.raw().iterate()) digest.update(String(chunk[0])).update('\n');
    return {
      schema: all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2'),
      events: digest.digest('hex'),
      others: [
        'SELECT count(*), sum(id) FROM events',
        'SELECT event, text FROM notes ORDER BY 1',
        'SELECT count(*), sum(amount) FROM large_events',
      ].map((text) =>
        createHash('sha256')
          .update(JSON.stringify(all(text)))
          .digest('hex'),
      ),
      counters: all(
        "SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'torale\\_history' ESCAPE '\\' ORDER BY 1",
      ),
      heads: all('SELECT version_num FROM torale_version'),
      history: all('SELECT revision, action FROM torale_history ORDER BY 1'),
      journal: all('SELECT count(*) FROM torale_journal'),
      sound: all('PRAGMA integrity_check'),
      dangling: all('SELECT count(*) FROM pragma_foreign_key_check'),
    };
  } finally {
    database.close();
  }
}

/** The parts in which two states differ. */
const difference = (/** @type {object} */ one, /** @type {object} */ other) =>
  Object.keys(one).filter((part) => !isDeepStrictEqual(one[part], other[part]));

const upgrade = (/** @type {string} */ file, /** @type {string} */ folderOfVersions) =>
  startUpgrade({ url: `sqlite:${file}` }, folderOfVersions);

async function mustSucceed(/** @type {ReturnType<typeof upgrade>} */ runner) {
  const { code, output } = await runner.result;
  if (code !== 0) throw new Error(`The undisturbed run failed: ${output}`);
}

/** Resolves when the run has said so, or is over. */
async function saying(/** @type {string} */ mark, /** @type {ReturnType<typeof upgrade>} */ runner) {
  while (!runner.output.includes(mark) && runner.end === undefined) await pause(1);
}

/** @returns milliseconds from the first statement to the last, and from there to the end */
async function timed(/** @type {ReturnType<typeof upgrade>} */ runner) {
  const times = [];
  for (const mark of MARKS) {
    await saying(mark, runner);
    times.push(performance.now());
  }
  await runner.result;
  return { body: times[1] - times[0], commit: performance.now() - times[1] };
}

const filesOf = (/** @type {string} */ file) => ['', '-wal', '-shm', '-journal'].map((end) => file + end);
const remove = (/** @type {string} */ file) => filesOf(file).forEach((one) => rmSync(one, { force: true }));

const started = performance.now();
const made = join(folder, 'made.db');
await mustSucceed(upgrade(made, before));
const old = stateOf(made);
const megabytes = Math.round(statSync(made).size / 2 ** 20);
say(`${rows} rows, ${megabytes} MB; seed ${options.seed}`);

/** @type {Record<string, { file: string, state: object, takes: Record<string, { body: number, commit: number }> }>} */
const ground = {};
for (const journal of JOURNALS) {
  const file = join(folder, `${journal}.db`);
  copyFileSync(made, file);
  const database = new BetterSqlite3(file);
  database.pragma(`journal_mode = ${journal}`);
  database.close();
  ground[journal] = { file, state: {}, takes: {} };
  for (const how of WAYS) {
    const calm = join(folder, 'calm.db');
    copyFileSync(file, calm);
    const runner = upgrade(calm, versions[how]);
    const takes = await timed(runner);
    await mustSucceed(runner);
    ground[journal].takes[how] = takes;
    const { body, commit } = takes;
    say(`${journal}, ${how}: ${Math.round(body)} ms of statements, ${Math.round(commit)} ms to the end`);
    const state = stateOf(calm);
    const isOther = Object.keys(ground[journal].state).length > 0;
    if (isOther && !isDeepStrictEqual(state, ground[journal].state)) {
      throw new Error(
        `${WAYS.join(' and ')} lead to different states: ${difference(state, ground[journal].state).join(', ')}`,
      );
    }
    if (isDeepStrictEqual(state.heads, old.heads)) throw new Error('The undisturbed run did nothing.');
    ground[journal].state = state;
    remove(calm);
  }
}

const undisturbed = Object.fromEntries(JOURNALS.map((journal) => [journal, { ...ground[journal].takes }]));
const totals = {
  rounds: 0,
  wrong: 0,
  kills: 0,
  tooLate: 0,
  atTheEnd: 0,
  found: {},
  foundInMidTransaction: {},
  retries: {},
};
const failures = [];

/** @param {number} number counted from 1; rounds of a kind are spread evenly over the time that the rebuild takes */
async function playRound(number) {
  const random = randomOf(`${options.seed}:${number}`);
  const journal = JOURNALS[number % JOURNALS.length];
  const how = WAYS[Math.floor(number / JOURNALS.length) % WAYS.length];
  const { file: source, state: now, takes } = ground[journal];
  const file = join(folder, `round-${number}.db`);
  copyFileSync(source, file);
  // A third of the kills comes behind the last statement, the others anywhere before.
  const isAtTheEnd = random.next() < 1 / 3;
  const share = isAtTheEnd ? random.between(0, 1.2) : (number - 1 + random.next()) / rounds;
  const runner = upgrade(file, versions[how]);
  await saying(MARKS[isAtTheEnd ? 1 : 0], runner);
  await pause(share * takes[how][isAtTheEnd ? 'commit' : 'body']);
  runner.kill();
  const { code } = await runner.result;
  const faults = [];
  totals.rounds += 1;
  if (code === 137 && isAtTheEnd) totals.atTheEnd += 1;
  if (code === 137) totals.kills += 1;
  else if (code === 0) totals.tooLate += 1;
  else faults.push(`exit ${code}: ${runner.output.slice(-600)}`);
  const isInside = [`${file}-journal`, `${file}-wal`].some((one) => existsSync(one) && statSync(one).size > 0);
  const found = stateOf(file);
  const name = isDeepStrictEqual(found, old) ? 'old' : isDeepStrictEqual(found, now) ? 'new' : 'neither';
  add(totals.found, name);
  if (isInside && code === 137) add(totals.foundInMidTransaction, `${journal}: ${name}`);
  if (name === 'neither') {
    faults.push(
      `neither state: differs from the old in ${difference(found, old).join(', ')}, from the new in ${difference(found, now).join(', ')}`,
    );
  }
  const next = upgrade(file, versions[how]);
  const took = await timed(next);
  const again = await next.result;
  // The machine may be busier by now than it was.
  if (name === 'old' && again.code === 0) takes[how] = took;
  add(totals.retries, again.code);
  if (again.code !== 0) faults.push(`the next run: exit ${again.code}: ${again.output.slice(-600)}`);
  const parts = difference(stateOf(file), now);
  if (parts.length > 0) faults.push(`after the next run: ${parts.join(', ')}`);
  if (faults.length > 0) {
    totals.wrong += 1;
    failures.push({ round: number, journal, how, isAtTheEnd, share, faults });
    say(
      `round ${number} (seed ${options.seed}, ${journal}, ${how}, ${isAtTheEnd ? 'end' : 'statements'} ${share.toFixed(3)}): ${faults.join('\n')}`,
    );
  }
  remove(file);
  rmSync(`${file}-torale`, { force: true });
}

const numbers =
  options.round === undefined ? Array.from({ length: rounds }, (_, index) => index + 1) : [Number(options.round)];
for (const number of numbers) {
  await playRound(number);
  if (number % 10 === 0) say(`${number} rounds: ${JSON.stringify(totals.found)}, ${totals.wrong} wrong`);
}
finish(
  {
    campaign: 'rebuild',
    rows,
    megabytes,
    seed: options.seed,
    undisturbedMilliseconds: undisturbed,
    ...totals,
    seconds: Math.round((performance.now() - started) / 1000),
    failures,
  },
  { ok: totals.wrong === 0, out: options.out },
);
