import { expect, test } from 'vitest';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { Project } from './project.ts';

describeOn(['sqlite'], 'a target with a view on what is gone', (dialect) => {
  const TABLE = 'CREATE TABLE t (id int PRIMARY KEY, a int, b int);';
  const VIEW = 'CREATE VIEW big AS SELECT id, b FROM t;';

  test('is refused, unless it was so at head', async () => {
    const project = new Project(await freshDatabase(dialect));
    await project.draft(TABLE + VIEW);
    const broken = `CREATE TABLE t (id int PRIMARY KEY, a int); ${VIEW}`;
    await expect(project.draft(broken)).rejects.toMatchObject({
      code: 'NOT_PROVED',
      message: expect.stringMatching(/would leave behind what cannot be used:\n {2}view big: /),
    });
    expect(project.files()).toHaveLength(1);
    await project.draft(broken, { unproven: true });
    const more = broken + 'CREATE TABLE other (id int PRIMARY KEY);';
    expect((await project.draft(more)).statements).toHaveLength(1);
  });
});

describeOn(['sqlite'], 'a target with a trigger', (dialect) => {
  test('that writes what is not there is refused; one that calls the application is not', async () => {
    const project = new Project(await freshDatabase(dialect));
    const table = 'CREATE TABLE t (a int); CREATE TABLE log (x int);';
    const writing = (what: string): string => `${table} CREATE TRIGGER g AFTER INSERT ON t BEGIN ${what}; END;`;
    await expect(project.draft(writing('INSERT INTO log (y) VALUES (1)'))).rejects.toMatchObject({
      code: 'NOT_PROVED',
      message: expect.stringContaining('trigger g: table log has no column named y'),
    });
    const { statements } = await project.draft(writing('INSERT INTO log (x) VALUES (score(new.a))'));
    expect(statements).toHaveLength(3);
  });
});
