import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { current, upgrade } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase, query, type TestDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';
import { changed, refuses } from './refusal.ts';

const CHAIN = ['a1', 'b2'].map((id) => ({
  id,
  body: `await op.execute('CREATE TABLE ${id} (id integer PRIMARY KEY)');`,
}));
/** A user of one test's own, that may connect to this database and nothing more. */
async function makeUser(db: TestDatabase, password: string | null): Promise<{ name: string; url: string }> {
  const name = `torale_test_${randomBytes(4).toString('hex')}`;
  const admin = adminUrl(db.dialect as 'postgres' | 'mysql');
  if (db.dialect === 'postgres') {
    await query(admin, `CREATE ROLE ${name} LOGIN`);
    onTestFinished(async () => {
      await query(db.url, `DROP OWNED BY ${name}`);
      await query(admin, `DROP ROLE ${name}`);
    });
  } else {
    await query(admin, `CREATE USER ${name}@'%' IDENTIFIED BY '${password ?? ''}'`);
    await query(admin, `GRANT SELECT ON ${db.name}.* TO ${name}@'%'`);
    onTestFinished(async () => void (await query(admin, `DROP USER ${name}@'%'`)));
  }
  return { name, url: changed(db.url, (parts) => Object.assign(parts, { username: name, password: password ?? '' })) };
}

describeOn(['mysql'], 'a MySQL user', () => {
  test('with a wrong password is denied', async () => {
    const db = await freshDatabase('mysql');
    const { url, name } = await makeUser(db, 'right');
    const wrong = changed(url, (parts) => (parts.password = 'wrong'));
    const refusal = {
      exit: 13,
      code: 'DENIED',
      says: new RegExp(`Access denied for user '${name}'[^]*Check user and password`),
    };
    await refuses(['current', '--url', wrong, '--versions', writeVersions(CHAIN)], refusal);
    const without = changed(url, (parts) => (parts.password = ''));
    await refuses(['current', '--url', without, '--versions', writeVersions(CHAIN)], refusal);
  });

  test('without a database in the URL is told so', async () => {
    const url = changed(adminUrl('mysql'), (parts) => (parts.pathname = ''));
    const refusal = { exit: 2, code: 'NO_DATABASE', says: /names no database[^]*mysql:\/\/user@host\/database/ };
    await refuses(['current', '--url', url, '--versions', writeVersions(CHAIN)], refusal);
  });
});

describeOn(['postgres', 'mysql'], 'a privilege', (dialect) => {
  test('to make tables is missing: denied, nothing made', async () => {
    const db = await freshDatabase(dialect);
    if (dialect === 'postgres') await db.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    const { url } = await makeUser(db, 'right');
    const before = await db.dump();
    const versions = writeVersions(CHAIN);
    for (const command of [['upgrade'], ['stamp', 'head'], ['ensure-version']]) {
      const refusal = { exit: 13, code: 'DENIED', says: /(permission denied|command denied)[^]*grant it/ };
      await refuses([...command, '--url', url, '--versions', versions], refusal);
    }
    expect(await db.dump()).toBe(before);
  });

  test('to read is enough for current, check, and an upgrade that has nothing to do', async () => {
    const db = await freshDatabase(dialect);
    const { url, name } = await makeUser(db, 'right');
    const versions = writeVersions(CHAIN);
    await upgrade({ url: db.url, versions });
    if (dialect === 'postgres') {
      await db.query(
        `REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
      );
    }
    const before = await db.dump();
    for (const command of [['upgrade', 'head'], ['current', '--check'], ['check']]) {
      const { code, stderr } = await torale([...command, '--url', url, '--versions', versions]);
      expect(code, stderr).toBe(0);
    }
    expect(await db.dump()).toBe(before);
    // With something to do it is refused, and the database stays where it is.
    writeVersions([{ id: 'c3', down: 'b2' }], versions);
    const refusal = { exit: 13, code: 'DENIED', says: /denied/ };
    await refuses(['upgrade', 'head', '--url', url, '--versions', versions], refusal);
    expect((await current({ url: db.url, versions })).heads).toEqual(['b2']);
  });
});

describeOn(['postgres'], 'a PostgreSQL role', () => {
  test('that may not read the version table is denied', async () => {
    const db = await freshDatabase('postgres');
    const { url } = await makeUser(db, null);
    const versions = writeVersions(CHAIN);
    await upgrade({ url: db.url, versions });
    const refusal = { exit: 13, code: 'DENIED', says: /permission denied for table torale_/ };
    for (const command of ['current', 'upgrade'])
      await refuses([command, '--url', url, '--versions', versions], refusal);
  });

  test('that does not exist, a schema that does not exist', async () => {
    const db = await freshDatabase('postgres');
    const args = ['current', '--url', db.url, '--versions', writeVersions(CHAIN)];
    await refuses([...args, '--role', 'nobody_here'], { exit: 2, code: 'CONFIG_INVALID', says: /nobody_here/ });
    await refuses([...args, '--version-table-schema', 'nowhere'], {
      exit: 2,
      code: 'CONFIG_INVALID',
      says: /schema nowhere[^]*CREATE SCHEMA/,
    });
    await refuses([...args, '--search-path', 'nowhere'], { exit: 2, code: 'CONFIG_INVALID', says: /search path/ });
  });

  test('a database that is read-only by its settings is told as such', async () => {
    const db = await freshDatabase('postgres');
    await db.query(`ALTER DATABASE ${db.name} SET default_transaction_read_only = on`);
    const versions = writeVersions(CHAIN);
    const refusal = { exit: 5, code: 'WRITE_FAILED', says: /read-only[^]*primary/ };
    for (const command of [['upgrade'], ['stamp', 'head']]) {
      await refuses([...command, '--url', db.url, '--versions', versions], refusal);
    }
    expect((await torale(['current', '--url', db.url, '--versions', versions])).code).toBe(0);
  });

  test('a name the server does not know as a database user is denied', async () => {
    const url = changed(adminUrl('postgres'), (parts) =>
      Object.assign(parts, { username: 'torale_nobody', pathname: '/postgres' }),
    );
    const refusal = { exit: 13, code: 'DENIED', says: /torale_nobody/ };
    await refuses(['current', '--url', url, '--versions', writeVersions(CHAIN)], refusal);
  });
});
