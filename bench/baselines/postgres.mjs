// The statements of `torale current` or `torale upgrade` on PostgreSQL, sent by nothing but the driver.
import pg from 'pg';
import { bookkeeping, bookkeepingTables, createTable, historyRow, idOf } from './work.mjs';

const [, , url, count] = process.argv;
const client = new pg.Client({ connectionString: url });
await client.connect();

if (count === undefined) {
  await client.query('SELECT version_num FROM torale_version');
} else {
  const tables = bookkeepingTables('id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'timestamptz');
  for (const table of tables) await client.query(table);
  const sql = bookkeeping((position) => `$${position}`);
  for (let at = 0; at < Number(count); at++) {
    await client.query('BEGIN');
    await client.query(createTable(at));
    if (at === 0) await client.query(sql.first, [idOf(at)]);
    else await client.query(sql.move, [idOf(at), idOf(at - 1)]);
    await client.query(sql.history, historyRow(at));
    await client.query('COMMIT');
  }
}
await client.end();
