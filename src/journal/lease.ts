import type { Dialect } from '../dialects/dialect.ts';
import type { Session } from '../session/session.ts';
import { refuseForeign } from './journal.ts';
import { qualified, type TableNames } from './tables.ts';

const COLUMNS = ['id', 'token', 'holder', 'beats', 'taken_at', 'expires_at'] as const;

/** The one row of the lock table. */
export interface LeaseRow {
  /** Of the run that has it; `null` where nobody does. */
  readonly token: string | null;
  /** `torale 0.1.0 on api-7f9 (pid 7)` */
  readonly holder: string | null;
  /** Counts up with each renewal: a row whose number stands still is nobody's any more. */
  readonly beats: number;
  readonly takenAt: Date;
  readonly expiresAt: Date;
  /** The server's clock as the row was read. */
  readonly now: Date;
}

/** The statements of the lease, each one row and one commit. Times are the server's. */
export function leaseStatements(dialect: Dialect, names: TableNames) {
  const table = qualified(dialect, names, 'lock');
  const { columnTypes: type } = dialect;
  const { lease } = dialect.locks!;
  const id = dialect.literal(names.version);
  const text = (value: string | null): string => dialect.literal(value);
  return {
    create: `CREATE TABLE ${table} (
  id ${type.id} NOT NULL PRIMARY KEY,
  token ${type.short},
  holder ${type.text},
  beats ${type.integer} NOT NULL,
  taken_at ${type.timestamp} NOT NULL,
  expires_at ${type.timestamp} NOT NULL
)${type.tableOptions}`,
    read: `SELECT token, holder, beats, taken_at, expires_at, ${lease.now} AS now FROM ${table} WHERE id = ${id}`,
    insert: (token: string, holder: string, ms: number) =>
      `INSERT INTO ${table} (id, token, holder, beats, taken_at, expires_at) ` +
      `VALUES (${id}, ${text(token)}, ${text(holder)}, 1, ${lease.now}, ${lease.in(ms)})`,
    /** Only a row that is as it was seen. */
    take: (seen: LeaseRow, token: string, holder: string, ms: number) =>
      `UPDATE ${table} SET token = ${text(token)}, holder = ${text(holder)}, beats = beats + 1, ` +
      `taken_at = ${lease.now}, expires_at = ${lease.in(ms)} WHERE id = ${id} AND beats = ${seen.beats} ` +
      `AND ${seen.token === null ? `token IS NULL AND expires_at <= ${lease.now}` : `token = ${text(seen.token)}`}`,
    renew: (token: string, ms: number) =>
      `UPDATE ${table} SET beats = beats + 1, expires_at = ${lease.in(ms)} WHERE id = ${id} AND token = ${text(token)}`,
    /** @param ms how long nobody may take it yet */
    free: (token: string, ms: number) =>
      `UPDATE ${table} SET token = NULL, holder = NULL, beats = beats + 1, expires_at = ${lease.in(ms)} ` +
      `WHERE id = ${id} AND token = ${text(token)}`,
  };
}

/** Whether the lock table is there, and ours. */
export async function findLeaseTable(session: Session, dialect: Dialect, names: TableNames): Promise<boolean> {
  const { tables } = await dialect.findTables(session, names.schema === '' ? null : names.schema, [names.lock]);
  if (tables[0] !== undefined) refuseForeign('lock', tables[0], COLUMNS);
  return tables.length > 0;
}

export async function readLease(session: Session, dialect: Dialect, names: TableNames): Promise<LeaseRow | null> {
  const row = (await session.query(leaseStatements(dialect, names).read)).rows[0];
  if (row === undefined) return null;
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  const time = (name: string): Date => new Date(row[name] as string | Date);
  return {
    token: text('token'),
    holder: text('holder'),
    beats: Number(row['beats']),
    takenAt: time('taken_at'),
    expiresAt: time('expires_at'),
    now: time('now'),
  };
}
