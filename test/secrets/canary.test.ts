import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase, query } from '../support/databases.ts';
import { silentPort } from '../support/nearby.ts';
import { revisionText, temporaryFolder } from '../support/revisions.ts';
import { CANARY, ENCODED, expectNoSecret, expectNoSecretIn } from './canary.ts';

interface Path {
  readonly title: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly exit: number;
}

const REFUSED = `postgres://app:${ENCODED}@127.0.0.1:1/app`;
const config = (url: string): string => `export default { url: ${JSON.stringify(url)} };\n`;
const current = (url: string): readonly string[] => ['current', '--url', url];

/** Ways to fail, each with the password near. Nothing of them needs a server. */
const PATHS: readonly Path[] = [
  { title: 'refused', args: current(REFUSED), exit: 3 },
  { title: 'refused, MySQL', args: current(`mysql://app:${ENCODED}@127.0.0.1:1/app`), exit: 3 },
  { title: 'waited in vain', args: [...current(REFUSED), '--wait', '600ms'], exit: 3 },
  { title: 'unknown host', args: current(`postgres://app:${ENCODED}@torale.invalid/app`), exit: 3 },
  { title: 'unknown parameter', args: current(`${REFUSED}?sslmodus=require`), exit: 2 },
  { title: 'password as a parameter', args: current(`postgres://app@127.0.0.1:1/app?password=${ENCODED}`), exit: 3 },
  { title: 'misspelled password parameter', args: current(`postgres://app@127.0.0.1:1/app?passwort=${ENCODED}`), exit: 2 },
  { title: 'unknown scheme', args: current(`postgrse://app:${ENCODED}@127.0.0.1:1/app`), exit: 2 },
  { title: 'a scheme of another tool', args: current(`mssql://app:${ENCODED}@127.0.0.1:1/app`), exit: 2 },
  { title: 'one slash', args: current(`postgres:/app:${ENCODED}@127.0.0.1:1/app`), exit: 2 },
  { title: 'no scheme', args: current(`app:${ENCODED}@127.0.0.1:1/app`), exit: 2 },
  { title: 'no port after the colon', args: current(`postgres://app:${ENCODED}@127.0.0.1:port/app`), exit: 2 },
  { title: 'not encoded', args: current(`postgres://app:${CANARY}@127.0.0.1:1/app`), exit: 3 },
  { title: 'not encoded, and ambiguous', args: current(`postgres://app:${CANARY}a@b/${CANARY}@127.0.0.1:1/app`), exit: 2 },
  { title: 'a stray escape', args: current(`postgres://app:${ENCODED}%zz@127.0.0.1:1/app`), exit: 2 },
  { title: 'in quotes', args: current(`"${REFUSED}"`), exit: 2 },
  { title: 'TORALE_URL', args: ['current'], env: { TORALE_URL: REFUSED }, exit: 3 },
  { title: 'DATABASE_URL', args: ['current'], env: { DATABASE_URL: REFUSED }, exit: 3 },
  { title: 'DATABASE_URL that is malformed', args: ['current'], env: { DATABASE_URL: `postgres//app:${ENCODED}@db/app` }, exit: 2 },
  { title: 'TORALE_PASSWORD', args: current('postgres://app@127.0.0.1:1/app'), env: { TORALE_PASSWORD: CANARY }, exit: 3 },
  { title: 'PGPASSWORD', args: current('postgres://app@127.0.0.1:1/app'), env: { PGPASSWORD: CANARY }, exit: 3 },
  { title: '.env', args: ['current'], files: { '.env': `DATABASE_URL=${REFUSED}\n` }, exit: 3 },
  { title: '.env that is malformed', args: ['current'], files: { '.env': `DATABASE_URL="${REFUSED}\n` }, exit: 2 },
  { title: 'configuration file', args: ['current'], files: { 'torale.config.mjs': config(REFUSED) }, exit: 3 },
  { title: 'configuration with an unknown key', args: ['current'], files: { 'torale.config.mjs': config(REFUSED).replace('url', 'ulr') }, exit: 2 },
  { title: 'configuration that throws', args: ['current'], files: { 'torale.config.mjs': `throw new Error(${JSON.stringify(`no ${REFUSED}`)});` }, exit: 2 },
  { title: 'configuration in JSON with a syntax error', args: ['current', '--config', 't.json'], files: { 't.json': `{ "url": "${REFUSED}" "x" }` }, exit: 2 },
  { title: 'url of a wrong type', args: ['current'], files: { 'torale.config.mjs': `export default { url: { href: ${JSON.stringify(REFUSED)} } };` }, exit: 2 },
  { title: 'secret file', args: ['current'], env: { DATABASE_URL_FILE: 'secret' }, files: { secret: `${REFUSED}\n` }, exit: 3 },
  { title: 'secret file with two lines', args: ['current'], env: { DATABASE_URL_FILE: 'secret' }, files: { secret: `${REFUSED}\n${REFUSED}\n` }, exit: 2 },
  { title: 'password file', args: current('postgres://app@127.0.0.1:1/app'), env: { TORALE_PASSWORD_FILE: 'secret' }, files: { secret: `${CANARY}\n` }, exit: 3 },
  { title: 'config', args: ['config', '--url', REFUSED], exit: 0 },
  { title: 'config, from everywhere', args: ['config'], env: { TORALE_PASSWORD: CANARY }, files: { '.env': `DATABASE_URL=${REFUSED}\n` }, exit: 0 },
  { title: 'an unknown flag after it', args: ['current', '--url', REFUSED, '--nope'], exit: 2 },
  { title: 'a flag that was forgotten', args: ['current', REFUSED], exit: 2 },
  { title: 'the URL for a revision', args: ['upgrade', REFUSED, '--url', 'sqlite:./app.db'], exit: 2 },
  { title: 'the URL for a command', args: [REFUSED], exit: 2 },
  { title: 'the URL for a folder', args: ['heads', '--versions', REFUSED], exit: 7 },
  { title: 'upgrade', args: ['upgrade', 'head', '--url', REFUSED], exit: 3 },
  { title: 'stamp', args: ['stamp', 'head', '--url', REFUSED], exit: 3 },
  { title: 'check', args: ['check', '--url', REFUSED], exit: 3 },
  { title: 'a script', args: ['upgrade', '--sql', '--url', REFUSED], exit: 3 },
]; // prettier-ignore

/** Ways to ask for more than is good for one. */
const LOUD = { DEBUG: '*', NODE_DEBUG: 'net,tls,http,module,fs,timer' };

describe('the password reaches no output', () => {
  test.for(PATHS)('$title', async ({ args, env = {}, files = {}, exit }) => {
    const folder = temporaryFolder();
    const own = new Set(['versions/a1.ts', ...Object.keys(files)]);
    mkdirSync(join(folder, 'versions'));
    writeFileSync(join(folder, 'versions/a1.ts'), revisionText({ id: 'a1' }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    for (const more of [[], ['--json', '--debug']]) {
      const loud = more.length === 0 ? {} : LOUD;
      const { code, stdout, stderr } = await torale([...args, ...more], { cwd: folder, env: { ...env, ...loud } });
      expect(code, stderr).toBe(exit);
      expectNoSecret(stdout + stderr);
      expect(stdout + stderr).not.toBe('');
    }
    expectNoSecretIn(folder, own);
  });

  test('while nobody answers', async () => {
    const url = `postgres://app:${ENCODED}@127.0.0.1:${await silentPort()}/app`;
    const { code, stdout, stderr } = await torale(['current', '--url', url, '--connect-timeout', '500ms', '--debug'], {
      env: { DEBUG: '*' },
    });
    expect(code).toBe(3);
    expectNoSecret(stdout + stderr);
  });
});

/** What a revision does with a password: a statement that fails, its own error, a log line, a value. */
const REVISIONS = {
  'a statement that fails': (set: string) => `await op.execute(${JSON.stringify(`${set}; SELECT * FROM nowhere`)});`,
  'a statement that is refused': (set: string) => `await op.execute(${JSON.stringify(set.replace('torale_nobody', 'torale_nobody nonsense'))});`,
  'a statement of Knex that fails': (set: string) => `await op.knex.raw(${JSON.stringify(set.replace('torale_nobody', 'torale_nobody nonsense'))});`,
  'an error with the URL': (_: string, url: string) => `throw new Error('cannot fetch ' + ${JSON.stringify(url)});`,
  'an error with the URL in its cause': (_: string, url: string) => `throw new Error('cannot fetch', { cause: new Error(${JSON.stringify(url)}) });`,
  'a log line': (_: string, url: string) => `op.log(${JSON.stringify(url)} + ' ' + ${JSON.stringify(CANARY)}); throw new Error('stop');`,
  'a crash beside it': (_: string, url: string) => `setImmediate(() => { throw new Error(${JSON.stringify(url)}); }); await new Promise((done) => setTimeout(done, 500)); throw new Error('stop');`,
  'a rejection that nobody handles': (_: string, url: string) => `void Promise.reject(new Error(${JSON.stringify(url)})); await new Promise((done) => setTimeout(done, 200)); throw new Error('stop');`,
}; // prettier-ignore

describeOn(['postgres', 'mysql'], 'a revision that holds a password', (dialect) => {
  const set =
    dialect === 'postgres'
      ? `ALTER ROLE torale_nobody PASSWORD '${CANARY}'`
      : `ALTER USER torale_nobody IDENTIFIED BY '${CANARY}'`;

  async function userWithPassword(url: string, name: string): Promise<string> {
    const user = `torale_c_${name.slice(-8)}`;
    const admin = adminUrl(dialect as 'postgres');
    if (dialect === 'postgres') {
      await query(admin, `CREATE ROLE ${user} LOGIN SUPERUSER`);
      onTestFinished(async () => {
        await query(url, `REASSIGN OWNED BY ${user} TO CURRENT_USER; DROP OWNED BY ${user}`);
        await query(admin, `DROP ROLE ${user}`);
      });
    } else {
      await query(admin, `CREATE USER ${user}@'%' IDENTIFIED BY '${CANARY}'`);
      await query(admin, `GRANT ALL ON *.* TO ${user}@'%'`);
      onTestFinished(async () => void (await query(admin, `DROP USER ${user}@'%'`)));
    }
    return Object.assign(new URL(url), { username: user, password: ENCODED }).href;
  }

  test.for(Object.entries(REVISIONS))('%s', async ([, body]) => {
    const db = await freshDatabase(dialect);
    const url = await userWithPassword(db.url, db.name);
    const folder = temporaryFolder();
    const file = join(folder, 'versions/a1.ts');
    mkdirSync(dirname(file));
    writeFileSync(file, revisionText({ id: 'a1', body: body(set, url) }));
    for (const more of [[], ['--json', '--debug']]) {
      const env = { DATABASE_URL: url, ...(more.length === 0 ? {} : { DEBUG: '*' }) };
      const { code, stdout, stderr } = await torale(['upgrade', 'head', ...more], { cwd: folder, env });
      expect(code, stderr).not.toBe(0);
      expectNoSecret(stdout + stderr);
    }
    expectNoSecretIn(folder, new Set(['versions/a1.ts']));
    for (const table of ['torale_history', 'torale_journal']) {
      expectNoSecret(JSON.stringify(await db.query(`SELECT * FROM ${table}`).catch(() => [])));
    }
  });

  test('that succeeds leaves it in none of the tables', async () => {
    const db = await freshDatabase(dialect);
    const url = await userWithPassword(db.url, db.name);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'versions'));
    const ours = set.replace('torale_nobody', new URL(url).username);
    writeFileSync(
      join(folder, 'versions/a1.ts'),
      revisionText({ id: 'a1', body: `await op.execute(${JSON.stringify(ours)});` }),
    );
    const { code, stdout, stderr } = await torale(['upgrade', 'head', '--debug'], {
      cwd: folder,
      env: { DATABASE_URL: url, DEBUG: '*' },
    });
    expect(code, stderr).toBe(0);
    expectNoSecret(stdout + stderr);
    for (const table of ['torale_history', 'torale_journal', 'torale_version']) {
      expectNoSecret(JSON.stringify(await db.query(`SELECT * FROM ${table}`)));
    }
  });
});
