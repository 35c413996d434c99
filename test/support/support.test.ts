import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, dump, freshDatabase, query } from './databases.ts';

describeOn(DIALECTS, 'a database of its own', (dialect) => {
  test('is empty, takes statements, shows its schema and is dropped', async () => {
    const db = await freshDatabase(dialect);
    expect(
      await db.query("CREATE TABLE pets (id int PRIMARY KEY, name varchar(20)); INSERT INTO pets VALUES (1, 'Ada')"),
    ).toEqual([]);
    expect(await query(db.url, 'SELECT name FROM pets')).toEqual([{ name: 'Ada' }]);
    expect(await dump(db.url)).toMatch(/pets/);
    await db.drop();
    if (dialect !== 'sqlite') await expect(query(db.url, 'SELECT 1')).rejects.toThrow();
  });
});
