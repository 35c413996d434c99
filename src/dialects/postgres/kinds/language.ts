import type { KindRules } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { ident } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly trusted: boolean;
  readonly handler?: string;
  readonly inline?: string;
  readonly validator?: string;
}

export const languageReader: Reader<Row> = {
  name: 'languages',
  onlyWith: 'pg_language.oid',
  // Of the built-in ones none is procedural.
  sql: () => `
    SELECT l.oid::int8, l.lanname AS name, l.lanpltrusted AS trusted,
      NULLIF(l.lanplcallfoid::pg_catalog.regproc::text, '-') AS handler,
      NULLIF(l.laninline::pg_catalog.regproc::text, '-') AS inline,
      NULLIF(l.lanvalidator::pg_catalog.regproc::text, '-') AS validator
    FROM pg_catalog.pg_language l
    WHERE l.lanispl AND ${notOfExtension('pg_language', 'l.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) catalog.put('language', [name], definition, ['pg_language', oid]);
  },
};

export const language: KindRules<'language'> = {
  noun: () => 'language',
  create: ({ path: [name], definition: { trusted, handler, inline, validator } }) => {
    const clauses = [
      `CREATE ${trusted === true ? 'TRUSTED ' : ''}LANGUAGE ${ident(name!)}`,
      ...(handler === undefined ? [] : [`HANDLER ${handler}`]),
      ...(inline === undefined ? [] : [`INLINE ${inline}`]),
      ...(validator === undefined ? [] : [`VALIDATOR ${validator}`]),
    ];
    return [{ sql: clauses.join(' ') }];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP LANGUAGE ${ident(name!)}` }],
  rename: (from, to) => [{ sql: `ALTER LANGUAGE ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
  occupies: ({ path }) => [idOf('language', path)],
};
