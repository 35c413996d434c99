import { beforeAll, expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { makeRoles, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'rights', () => {
  beforeAll(makeRoles);

  test('rights that were given and taken back are none', async () => {
    const table =
      "CREATE TABLE t (a int); CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ();";
    const { statements } = await takeAcross(
      `${table} GRANT SELECT ON t TO td_r1; REVOKE SELECT ON t FROM td_r1; GRANT USAGE ON SEQUENCE s TO td_r1;
       REVOKE USAGE ON SEQUENCE s FROM td_r1; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION f() TO PUBLIC;
       REVOKE USAGE ON TYPE e FROM PUBLIC; GRANT USAGE ON TYPE e TO PUBLIC; GRANT UPDATE (a) ON t TO td_r1; REVOKE UPDATE (a) ON t FROM td_r1`,
      table,
    );
    expect(statements).toEqual([]);
  });

  test('rights are those that were given, whoever gives and passes them on', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a int, b int); GRANT ALL ON t TO td_r1; GRANT SELECT (a) ON t TO td_r2',
      'CREATE TABLE t (a int, b int); GRANT SELECT ON t TO td_r1 WITH GRANT OPTION; GRANT UPDATE (b), SELECT (b) ON t TO td_r2; REVOKE INSERT ON t FROM CURRENT_USER',
    );
  });

  test('default privileges give what is new nothing that the target does not give', async () => {
    const made =
      "CREATE TABLE t (a int); CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT a FROM t; CREATE TYPE e AS ENUM ('a'); CREATE SCHEMA x;";
    const given = `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO td_r1; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO td_r1;
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO td_r2;
      ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;`;
    await takeAcross(given, `${made} ${given}`);
    await takeAcross(given, `${given} ${made}`);
    await takeThereAndBack('', `${made} ${given}`);
    await takeThereAndBack('', `${given} ${made}`);
  });

  test('the rights that public has from the beginning are nobody’s doing', async () => {
    expect((await takeAcross('', 'CREATE TABLE t (a int)')).sql).not.toMatch(/SCHEMA/);
    await takeThereAndBack('', 'REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO td_r1');
    await takeThereAndBack('', 'GRANT CREATE ON SCHEMA public TO PUBLIC; ALTER SCHEMA public OWNER TO td_r1');
  });

  test('a policy is never less than what the target says', async () => {
    const policies = [
      'FOR ALL USING (a > 0) WITH CHECK (a > 1)',
      'FOR ALL USING (a > 0)',
      'FOR ALL USING (a > 0) WITH CHECK (a > 0)',
      'FOR SELECT USING (a > 0)',
      'AS RESTRICTIVE FOR ALL USING (a > 0)',
      'FOR INSERT TO td_r1, td_r2 WITH CHECK (a > 1)',
    ].map(
      (text) =>
        `CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t ${text}; COMMENT ON POLICY p ON t IS 'p'`,
    );
    for (const [at, policy] of policies.entries()) {
      await takeAcross(policy, policies[(at + 1) % policies.length]!);
    }
  });

  test('what changes its owner gives its rights in the owner’s name', async () => {
    const made =
      'CREATE SCHEMA x; CREATE TABLE x.t (id serial, a int); GRANT SELECT ON x.t TO td_r2; CREATE VIEW x.v AS SELECT a FROM x.t; GRANT SELECT ON x.v TO td_r2;';
    await takeThereAndBack(
      made,
      `${made} ALTER TABLE x.t OWNER TO td_r1; ALTER VIEW x.v OWNER TO td_r1; ALTER SCHEMA x OWNER TO td_r1`,
    );
  });
});
