import type { KindRules, Statement } from '../../../diff/rules.ts';
import { keyOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import type { Catalog } from '../catalog.ts';
import { ident, text } from '../ident.ts';
import { EXTENSIONS, type Reader } from '../reader.ts';
import { subjectName, subjectOf, Subjects, type RawAddress } from './subject.ts';

interface Row {
  readonly class: number;
  readonly oid: number;
  readonly sub: number;
  readonly text: string;
  /** What it is if no reader has an object for it, such as a column of a view. */
  readonly kind?: string;
  readonly path?: Path;
  /** The relation or the type in which it is. */
  readonly within?: RawAddress;
}

/** What it says of public, and of an extension that is created, unless people say otherwise. */
const PUBLIC_COMMENT = 'standard public schema';

const COMMENTS = 'pg_description.objoid';

export const commentReader: Reader<Row> = {
  name: 'comments',
  asks: [COMMENTS, EXTENSIONS],
  sql: (_version, { present }) =>
    [
      ON_PUBLIC,
      ...(present.has(COMMENTS) ? [ON_OBJECTS] : []),
      ...(present.has(EXTENSIONS) ? [ON_EXTENSIONS] : []),
    ].join(' UNION ALL '),
  read: (rows, catalog) => {
    catalog.later(() => {
      const subjects = new Subjects(catalog);
      for (const row of rows) putComment(row, subjects, catalog);
    });
  },
};

/** Parts that may be no objects of their own; `within` tells those of extensions apart. */
const INNER_PARTS = `
  SELECT CASE WHEN d.objsubid > 0 THEN 'column' WHEN c.relkind = 'S' THEN 'sequence' WHEN c.relkind IN ('i', 'I') THEN 'index' END AS kind,
    CASE WHEN d.objsubid > 0 THEN json_build_array(n.nspname, c.relname, a.attname)
      WHEN c.relkind = 'S' THEN json_build_array(n.nspname, c.relname)
      WHEN c.relkind IN ('i', 'I') THEN json_build_array(n.nspname, r.relname, c.relname) END AS path,
    CASE WHEN c.relkind = 'c' THEN json_build_array('pg_catalog.pg_type'::pg_catalog.regclass::oid::int8, c.reltype::int8, 0)
      WHEN i.indrelid IS NOT NULL THEN json_build_array(d.classoid::int8, i.indrelid::int8, 0)
      ELSE json_build_array(d.classoid::int8, c.oid::int8, 0) END AS within
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_catalog.pg_class r ON r.oid = i.indrelid
  WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objoid AND n.nspname !~ '^pg_'
  UNION ALL
  SELECT part.kind, json_build_array(n.nspname, c.relname, part.name),
    json_build_array(c.tableoid::int8, c.oid::int8, 0)
  FROM (
    SELECT 'constraint', conname, conrelid FROM pg_catalog.pg_constraint WHERE tableoid = d.classoid AND oid = d.objoid
    UNION ALL
    SELECT 'trigger', tgname, tgrelid FROM pg_catalog.pg_trigger WHERE tableoid = d.classoid AND oid = d.objoid
    UNION ALL
    SELECT 'policy', polname, polrelid FROM pg_catalog.pg_policy WHERE tableoid = d.classoid AND oid = d.objoid
  ) part (kind, name, relation)
  JOIN pg_catalog.pg_class c ON c.oid = part.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_'`;

const ON_OBJECTS = `
    SELECT d.classoid::int8 AS class, d.objoid::int8 AS oid, d.objsubid AS sub, d.description AS text,
      inner_part.kind, inner_part.path, inner_part.within
    FROM pg_catalog.pg_description d
    LEFT JOIN LATERAL (${INNER_PARTS}) inner_part ON true
    WHERE d.objoid >= 16384 AND d.classoid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
      AND d.objoid NOT IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public')`;

const ON_PUBLIC = `
    SELECT n.tableoid::int8 AS class, n.oid::int8, 0 AS sub, COALESCE(d.description, '') AS text,
      NULL::text AS kind, NULL::json AS path, NULL::json AS within
    FROM pg_catalog.pg_namespace n
    LEFT JOIN pg_catalog.pg_description d ON d.classoid = n.tableoid AND d.objoid = n.oid
    WHERE n.nspname = 'public' AND d.description IS DISTINCT FROM ${text(PUBLIC_COMMENT)}`;

const ON_EXTENSIONS = `
    SELECT e.tableoid::int8 AS class, e.oid::int8, 0 AS sub, COALESCE(d.description, '') AS text,
      NULL::text AS kind, NULL::json AS path, NULL::json AS within
    FROM pg_catalog.pg_extension e
    LEFT JOIN pg_catalog.pg_description d ON d.classoid = e.tableoid AND d.objoid = e.oid
    LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
    WHERE d.description IS DISTINCT FROM a.comment`;

function putComment(row: Row, subjects: Subjects, catalog: Catalog): void {
  const address: RawAddress = [row.class, row.oid, row.sub];
  const exact = subjects.exactly(address);
  const whole = exact ?? subjects.whole(address) ?? (row.within === undefined ? undefined : subjects.whole(row.within));
  if (whole === undefined || (whole.kind === 'extension' && exact === undefined)) return;
  const path = exact === undefined ? innerPath(row) : [exact.kind, ...exact.path];
  if (path === null) return;
  const id = catalog.put('comment', path, { text: row.text });
  catalog.need(id, keyOf(whole), 'own');
}

const innerPath = ({ kind, path }: Row): Path | null =>
  kind === undefined || path === undefined ? null : [kind, ...path];

export const comment: KindRules<'comment'> = {
  noun: () => 'comment',
  create: ({ path, definition }, { to }) => [say(path, to, definition.text)],
  drop: ({ path }, { from }) => [usualComment(path, from)],
  alter: (_, { path, definition }, { to }) => [say(path, to, definition.text)],
  // Else what it is on could be altered only late.
  moment: { drop: 'first' },
};

function say(path: Path, schema: Schema, words: string): Statement {
  return { sql: `COMMENT ON ${subjectName(subjectOf(path), schema)} IS ${words === '' ? 'NULL' : text(words)}` };
}

/** Back to what the server itself says. */
export function usualComment(path: Path, schema: Schema): Statement {
  const subject = subjectOf(path);
  const [name = ''] = subject.path;
  if (subject.kind === 'schema' && name === 'public') return say(path, schema, PUBLIC_COMMENT);
  if (subject.kind !== 'extension') return say(path, schema, '');
  const words = `SELECT comment FROM pg_catalog.pg_available_extensions WHERE name = ${text(name)}`;
  return {
    sql: `DO $$BEGIN
  EXECUTE pg_catalog.format(${text(`COMMENT ON EXTENSION ${ident(name)} IS %L`)}, (${words}));
END$$`,
  };
}
