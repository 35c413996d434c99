import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { hasExtensions, postgresMajor, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'what stands beside the tables', () => {
  test('the objects of an extension are the extension’s', async ({ skip }) => {
    const after = 'CREATE SCHEMA x; CREATE EXTENSION citext SCHEMA x; CREATE TABLE t (a x.citext PRIMARY KEY)';
    skip(!(await hasExtensions(after)), 'the server lacks the extension');
    const { statements } = await takeThereAndBack('', after);
    expect(statements).toHaveLength(3);
  });

  test('a publication of everything becomes one of some, and back', async () => {
    const before = 'CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE u (a int PRIMARY KEY);';
    const all = `${before} CREATE PUBLICATION p FOR ALL TABLES`;
    await takeThereAndBack(all, `${before} CREATE PUBLICATION p FOR TABLE t`);
    await takeThereAndBack(
      `${before} CREATE PUBLICATION p`,
      `${before} CREATE PUBLICATION p FOR TABLE ONLY t, u WITH (publish = 'insert')`,
    );
    if (postgresMajor() < 15) return;
    await takeThereAndBack(all, `${before} CREATE PUBLICATION p FOR TABLES IN SCHEMA public`);
  });

  test('the mappings of a text search configuration are part of it', async () => {
    await takeThereAndBack(
      'CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION c (COPY = pg_catalog.english)',
      `CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION c (COPY = pg_catalog.english);
       ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR asciiword WITH d, pg_catalog.english_stem;
       ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR email; CREATE TEXT SEARCH CONFIGURATION n (PARSER = pg_catalog."default")`,
    );
  });

  test('an event trigger that forbids changes comes last and goes first', async () => {
    const rest = `CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
      CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no changes''; END';`;
    await takeThereAndBack(
      'CREATE TABLE o (a int)',
      `${rest} CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef()`,
    );
    const { statements } = await takeAcross(
      '',
      `${rest} CREATE EVENT TRIGGER et ON ddl_command_start EXECUTE FUNCTION ef()`,
    );
    expect(statements.at(-1)!.sql).toMatch(/^CREATE EVENT TRIGGER/);
  });
});
