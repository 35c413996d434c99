import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { changedForeignOptions, withForeignOptions } from './foreign-options.ts';
import { ident } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly handler?: string;
  readonly validator?: string;
  readonly options?: readonly string[];
}

export const foreignDataWrapperReader: Reader<Row> = {
  name: 'foreign_data_wrappers',
  onlyWith: 'pg_foreign_data_wrapper.oid',
  sql: () => `
    SELECT w.oid::int8, w.fdwname AS name, w.fdwoptions AS options,
      CASE w.fdwhandler WHEN 0 THEN NULL ELSE w.fdwhandler::pg_catalog.regproc::text END AS handler,
      CASE w.fdwvalidator WHEN 0 THEN NULL ELSE w.fdwvalidator::pg_catalog.regproc::text END AS validator
    FROM pg_catalog.pg_foreign_data_wrapper w
    WHERE ${notOfExtension('pg_foreign_data_wrapper', 'w.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) {
      catalog.put('foreignDataWrapper', [name], definition, ['pg_foreign_data_wrapper', oid]);
    }
  },
};

export const foreignDataWrapper: KindRules<'foreignDataWrapper'> = {
  noun: () => 'foreign data wrapper',
  create: ({ path: [name], definition: { handler, validator, options } }) => {
    const words = [
      `CREATE FOREIGN DATA WRAPPER ${ident(name!)}`,
      ...(handler === undefined ? [] : [`HANDLER ${handler}`]),
      ...(validator === undefined ? [] : [`VALIDATOR ${validator}`]),
    ];
    return [{ sql: words.join(' ') + withForeignOptions(options) }];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP FOREIGN DATA WRAPPER ${ident(name!)}` }],
  alter: (from, to) => alter(from, to),
  rename: (from, to) => [{ sql: `ALTER FOREIGN DATA WRAPPER ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
};

type Wrapper = ObjectOf<'foreignDataWrapper'>;

function alter({ definition: from }: Wrapper, { path, definition: to }: Wrapper): Statement[] {
  const options = changedForeignOptions(from.options, to.options);
  const words = [
    ...(from.handler === to.handler ? [] : [to.handler === undefined ? 'NO HANDLER' : `HANDLER ${to.handler}`]),
    ...(from.validator === to.validator
      ? []
      : [to.validator === undefined ? 'NO VALIDATOR' : `VALIDATOR ${to.validator}`]),
    ...(options === null ? [] : [options]),
  ];
  return [{ sql: `ALTER FOREIGN DATA WRAPPER ${ident(path[0]!)} ${words.join(' ')}` }];
}
