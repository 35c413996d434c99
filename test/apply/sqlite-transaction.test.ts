import BetterSqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { upgrade, type ToraleEvent } from '../../src/index.ts';
import { freshDatabase } from '../support/databases.ts';
import { writeVersions, type RevisionText } from '../support/revisions.ts';

/** A database of the caller's own, with enforced keys as better-sqlite3 has them. */
function ownDatabase(sql = ''): BetterSqlite.Database {
  const database = new BetterSqlite(':memory:');
  onTestFinished(() => void database.close());
  database.pragma('foreign_keys = 0');
  database.exec(sql);
  database.pragma('foreign_keys = 1');
  return database;
}

const run = (connection: BetterSqlite.Database, ...revisions: RevisionText[]): Promise<unknown> =>
  upgrade({ connection, versions: writeVersions(revisions) });

const says = (id: string, ...sql: string[]): RevisionText => ({
  id,
  body: sql.map((statement) => `await op.execute(${JSON.stringify(statement)});`).join('\n'),
});

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it passed',
    (error: Error) => error.message,
  );

const flag = (database: BetterSqlite.Database, name: string): unknown => database.pragma(name, { simple: true });

describe('legacy_alter_table', () => {
  test.for([0, 1])('is %s again after a rebuild that failed half way', async (found) => {
    const database = ownDatabase('CREATE TABLE t (a)');
    database.pragma(`legacy_alter_table = ${found}`);
    const failing = says('a1', 'PRAGMA legacy_alter_table = ON', 'SELECT * FROM nowhere');
    expect(await failureOf(run(database, failing))).toMatch('nowhere');
    expect(flag(database, 'legacy_alter_table')).toBe(found);
    expect(flag(database, 'foreign_keys')).toBe(1);
  });

  test('is off when a revision begins, so that a RENAME takes views along', async () => {
    const database = ownDatabase('CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t');
    database.pragma('legacy_alter_table = 1');
    await run(
      database,
      says('a1', 'PRAGMA legacy_alter_table = ON'),
      says('b2', 'ALTER TABLE t RENAME TO u'),
      says('c3', 'SELECT a FROM v'),
    );
    expect(flag(database, 'legacy_alter_table')).toBe(1);
  });
});

describe('between two revisions', () => {
  const chain = [says('a1', 'CREATE TABLE a (x)'), says('b2', 'CREATE TABLE b (x)'), says('c3', 'CREATE TABLE c (x)')];

  /** Another connection runs this once the first revision is applied. */
  async function disturbedBy(sql: string): Promise<unknown[]> {
    const { url, name } = await freshDatabase('sqlite');
    const disturb = (event: ToraleEvent): void => {
      if (event.type !== 'revision-applied' || event.step.revision !== 'a1') return;
      const other = new BetterSqlite(name);
      other.exec(sql);
      other.close();
    };
    const { applied } = await upgrade({ url, versions: writeVersions(chain), onEvent: disturb });
    return applied.map(({ revision }) => revision);
  }

  test('what another run has applied is not run again', async () => {
    expect(await disturbedBy("CREATE TABLE b (x); UPDATE torale_version SET version_num = 'b2'")).toEqual(['a1', 'c3']);
  });

  test('other writes are no matter', async () => {
    expect(await disturbedBy('INSERT INTO a VALUES (1)')).toEqual(['a1', 'b2', 'c3']);
  });
});

describe('keys that were broken before', () => {
  test('a key that SQLite cannot look at stops no later revision, and hides no other', async () => {
    const wrong = 'CREATE TABLE p (id INTEGER PRIMARY KEY, a); CREATE TABLE w (a REFERENCES p (a));';
    const database = ownDatabase(`${wrong} CREATE TABLE c (p REFERENCES p (id)); INSERT INTO c VALUES (7)`);
    await run(database, says('a1', 'CREATE TABLE more (a)', 'INSERT INTO w VALUES (1)'));
    const breaking = [says('a1', 'CREATE TABLE more (a)'), says('b2', 'INSERT INTO c VALUES (8)')];
    expect(await failureOf(run(database, ...breaking))).toMatch(
      '1 row would break a foreign key, the first in c (rowid 2)',
    );
  });

  test('a new one is refused, with the reason', async () => {
    const database = ownDatabase('CREATE TABLE p (a)');
    const message = await failureOf(run(database, says('a1', 'CREATE TABLE c (a REFERENCES p (a))')));
    expect(message).toMatch('The foreign keys of c cannot be checked: foreign key mismatch - "c" referencing "p"');
  });

  test('a new one where keys are enforced instead is let be, also by the next revision of the run', async () => {
    const database = ownDatabase('CREATE TABLE p (a)');
    const first = says('a1', 'CREATE TABLE c (a REFERENCES p (a))');
    const enforced = { ...first, extra: 'export const options = { foreignKeys: true };' };
    await run(database, says('a0', 'SELECT 1'), enforced, says('b2', 'CREATE TABLE more (a)'));
    expect(database.prepare('SELECT * FROM more').all()).toEqual([]);
  });

  test('rows are counted where they have no rowid', async () => {
    const tables = `CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p) WITHOUT ROWID;`;
    const database = ownDatabase(`${tables} INSERT INTO c VALUES (1, 7)`);
    const message = await failureOf(run(database, says('a1', 'INSERT INTO c VALUES (2, 8)')));
    expect(message).toMatch(/1 row would break a foreign key, the first in c, which refers to p/);
    await run(database, says('a1', 'UPDATE c SET id = 3'));
  });

  test('they are the same ones in a table that was rebuilt with one key more', async () => {
    const database = ownDatabase(`CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p); INSERT INTO c VALUES (1, 7)`);
    await run(
      database,
      says(
        'a1',
        'CREATE TABLE n (id INTEGER PRIMARY KEY, p REFERENCES p, q REFERENCES p)',
        'INSERT INTO n (id, p) SELECT id, p FROM c',
        'DROP TABLE c',
        'ALTER TABLE n RENAME TO c',
      ),
    );
    expect(database.prepare('SELECT * FROM c').all()).toEqual([{ id: 1, p: 7, q: null }]);
  });
});
