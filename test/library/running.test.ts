import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { current, ToraleError, upgrade, type ToraleEvent } from '../../src/index.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const CHAIN = ['a1', 'b2'].map((id) => ({
  id,
  body: `await op.execute('CREATE TABLE ${id} (id integer PRIMARY KEY)'); op.log('made ${id}');`,
}));

/** Runs a program of a user's in a process of its own, which must end by itself. */
async function program(text: string): Promise<{ code: number | null; output: string; seconds: number }> {
  const file = join(temporaryFolder(), 'app.mjs');
  writeFileSync(file, text.replaceAll("from 'torale'", `from ${JSON.stringify(LIBRARY)}`));
  const started = performance.now();
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  const code = await new Promise<number | null>((done) => void child.on('close', done));
  return { code, output, seconds: (performance.now() - started) / 1000 };
}

describe('importing the library', () => {
  test('does nothing, prints nothing, and loads neither a driver nor Knex', async () => {
    const { code, output } = await program(`
      const before = [process.listenerCount('SIGINT'), process.listenerCount('exit'), process.listenerCount('uncaughtException'), Object.keys(globalThis).length, process.cwd(), JSON.stringify(process.env)];
      await import(${JSON.stringify(LIBRARY)});
      const after = [process.listenerCount('SIGINT'), process.listenerCount('exit'), process.listenerCount('uncaughtException'), Object.keys(globalThis).length, process.cwd(), JSON.stringify(process.env)];
      if (JSON.stringify(before) !== JSON.stringify(after)) console.log(before, after);
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /node_modules.(knex|pg|mysql2|better-sqlite3|@oclif)/.test(file));
      if (loaded.length > 0) console.log(loaded);`);
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});

describeOn(DIALECTS, 'a program', (dialect) => {
  test('hears nothing but events, and ends by itself', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([...CHAIN, { id: 'c3', body: `await op.knex.raw('SELECT 1');` }]);
    const { code, output, seconds } = await program(`
      import { upgrade, current, check } from 'torale';
      const options = { url: ${JSON.stringify(url)}, versions: ${JSON.stringify(versions)} };
      const seen = [];
      await upgrade({ ...options, onEvent: ({ type }) => seen.push(type) });
      await current(options);
      await check(options);
      await upgrade({ ...options, revision: 'nowhere' }).then(() => process.exit(3), () => undefined);
      process.exitCode = seen.join() === 'plan,revision-started,log,revision-applied,revision-started,log,revision-applied,revision-started,revision-applied' ? 0 : 2;`);
    expect(output).toBe('');
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(20);
  });

  test('may start two upgrades at once: each revision runs once', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    const reports = await Promise.all([1, 2, 3].map(() => upgrade({ url, versions })));
    expect(reports.flatMap(({ applied }) => applied.map(({ revision }) => revision)).toSorted()).toEqual(['a1', 'b2']);
    for (const { heads } of reports) expect(heads).toEqual(['b2']);
    expect((await query('SELECT revision FROM torale_history')).length).toBe(2);
  });

  test('may keep two databases apart', async () => {
    const [one, two] = [await freshDatabase(dialect), await freshDatabase(dialect)];
    const versions = writeVersions(CHAIN);
    const reports = await Promise.all([
      upgrade({ url: one.url, versions }),
      upgrade({ url: two.url, versions, revision: 'a1' }),
    ]);
    expect(reports.map(({ heads }) => heads)).toEqual([['b2'], ['a1']]);
  });

  test('tells its events in order', async () => {
    const { url } = await freshDatabase(dialect);
    const events: ToraleEvent[] = [];
    const onEvent = (event: ToraleEvent): void => void events.push(event);
    await upgrade({ url, versions: writeVersions(CHAIN), onEvent });
    expect(events.map(({ type }) => type)).toEqual([
      'plan', 'revision-started', 'log', 'revision-applied', 'revision-started', 'log', 'revision-applied',
    ]); // prettier-ignore
    expect(events[2]).toEqual({ type: 'log', revision: 'a1', message: 'made a1' });
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  test('stops waiting for the lock when its signal says so', async () => {
    const db = await freshDatabase(dialect);
    const inside = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const revisions = [{ revision: 'a1', downRevision: null, upgrade: () => (inside.resolve(), leave.promise) }];
    const other = dialect === 'sqlite' ? holdSqlite(db.name, inside.resolve) : undefined;
    const holder = dialect === 'sqlite' ? undefined : upgrade({ url: db.url, revisions });
    await inside.promise;

    const controller = new AbortController();
    const waiting = Promise.withResolvers<void>();
    const onEvent = (event: ToraleEvent): void => void (event.type === 'waiting-for-lock' && waiting.resolve());
    const waiter = upgrade({ url: db.url, revisions, signal: controller.signal, onEvent });
    waiter.catch(() => undefined);
    await waiting.promise;
    const started = performance.now();
    controller.abort(new Error('enough'));
    await expect(waiter).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130, cause: new Error('enough') });
    expect(performance.now() - started).toBeLessThan(2000);
    leave.resolve();
    other?.close();
    if (holder !== undefined) expect((await holder).heads).toEqual(['a1']);
  });

  test('that was told to stop before it began touches nothing', async () => {
    const { url, query, dump } = await freshDatabase(dialect);
    const before = dialect === 'sqlite' ? '' : await dump();
    const failure = upgrade({ url, versions: writeVersions(CHAIN), signal: AbortSignal.abort() });
    await expect(failure).rejects.toMatchObject({ code: 'INTERRUPTED' });
    if (dialect !== 'sqlite') expect(await dump()).toBe(before);
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('whose revision returns early when told to stop has not applied it', async () => {
    const { url } = await freshDatabase(dialect);
    const controller = new AbortController();
    const revisions = [{ revision: 'a1', downRevision: null, upgrade: async () => controller.abort() }];
    await expect(upgrade({ url, revisions, signal: controller.signal })).rejects.toBeInstanceOf(ToraleError);
    expect((await current({ url, revisions })).heads).toEqual([]);
  });
});

function holdSqlite(file: string, begun: () => void): BetterSqlite.Database {
  const database = new BetterSqlite(file);
  database.exec('BEGIN IMMEDIATE');
  begun();
  return database;
}
