import type { Dialect } from '../dialects/dialect.ts';

/** Torale's tables in one database. The version table may be Alembic's own; the others take its name. */
export interface TableNames {
  /** Always named in statements: a revision may change the search path or the current database. */
  readonly schema: string;
  readonly version: string;
  readonly history: string;
  readonly journal: string;
  readonly layout: string;
  /** Only where the lock is a lease. */
  readonly lock: string;
}

/**
 * @param versionTable name of the version table
 * @returns the names of all of them: `app_version` has `app_history`, `torale` has `torale_history`
 *
 * @example `tableNames('app_version', 'public').history` is `'app_history'`
 */
export function tableNames(versionTable: string, schema: string): TableNames {
  const stem = versionTable.replace(/_version$/, '');
  return {
    schema,
    version: versionTable,
    history: `${stem}_history`,
    journal: `${stem}_journal`,
    layout: `${stem}_layout`,
    lock: `${stem}_lock`,
  };
}

/** The names a reader of catalogs looks for. */
export function allNames(names: TableNames): string[] {
  return [names.version, names.history, names.journal, names.layout];
}

export function qualified(dialect: Pick<Dialect, 'quote'>, names: TableNames, table: keyof TableNames): string {
  // A script for MySQL that is written without a server does not know the database it will run in.
  const prefix = names.schema === '' ? '' : `${dialect.quote(names.schema)}.`;
  return `${prefix}${dialect.quote(names[table])}`;
}
