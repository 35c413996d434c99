/**
 * A SELECT of the members that hang on a family (`pg_opfamily`) or on a class (`pg_opclass`), as ALTER OPERATOR FAMILY and
 * CREATE OPERATOR CLASS have them: with the addresses under which pg_depend knows them.
 */
export function membersOf(catalog: 'pg_opfamily' | 'pg_opclass', oid: string): string {
  const hangsOn = (member: string, alias: string): string => `EXISTS (
        SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.${member}'::pg_catalog.regclass AND x.objid = ${alias}.oid
          AND x.refclassid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND x.refobjid = ${oid} AND x.deptype IN ('a', 'i'))`;
  return `
    SELECT 'pg_amop' AS class, m.oid::int8, 'OPERATOR ' || m.amopstrategy || ' ' || m.amopopr::pg_catalog.regoperator
        || CASE m.amopsortfamily WHEN 0 THEN '' ELSE ' FOR ORDER BY ' || (
          SELECT pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(f.opfname)
          FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace s ON s.oid = f.opfnamespace WHERE f.oid = m.amopsortfamily) END AS text,
      0 AS rank, m.amopstrategy AS number
    FROM pg_catalog.pg_amop m WHERE ${hangsOn('pg_amop', 'm')}
    UNION ALL
    SELECT 'pg_amproc', p.oid::int8, 'FUNCTION ' || p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, NULL) || ', '
        || pg_catalog.format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::pg_catalog.regprocedure,
      1, p.amprocnum
    FROM pg_catalog.pg_amproc p WHERE ${hangsOn('pg_amproc', 'p')}`;
}

export interface Member {
  readonly class: 'pg_amop' | 'pg_amproc';
  readonly oid: number;
  readonly text: string;
}

/** `OPERATOR 1 (integer, bigint)`: a member as ALTER OPERATOR FAMILY … DROP takes it. */
export function memberKey(member: string): string {
  const [, word = '', number = '', rest = ''] = /^(\w+) (\d+) (.*)$/s.exec(member) ?? [];
  const types = /\((?:[^()"]|"(?:[^"]|"")*"|\([^()]*\))*\)/.exec(rest)?.[0] ?? '';
  return `${word} ${number} ${types}`;
}
