// The statements of `torale current` or `torale upgrade` on MySQL and MariaDB, sent by nothing but the driver. DDL
// commits by itself there, so that each stands between two writes of the journal.
import { promisify } from 'node:util';
import mysql from 'mysql2';
import { bookkeeping, bookkeepingTables, createTable, historyRow, idOf, journalDone, journalRow } from './work.mjs';

const [, , url, count] = process.argv;
const connection = mysql.createConnection({ uri: url });
const query = promisify(connection.query.bind(connection));
const execute = promisify(connection.execute.bind(connection));

if (count === undefined) {
  await query('SELECT version_num FROM torale_version');
} else {
  const tables = bookkeepingTables('id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY', 'datetime(3)');
  for (const table of tables) await query(table);
  const sql = bookkeeping(() => '?');
  for (let at = 0; at < Number(count); at++) {
    await execute(sql.journal, journalRow(at));
    await query(createTable(at));
    await execute(sql.done, journalDone(at));
    await query('START TRANSACTION');
    if (at === 0) await execute(sql.first, [idOf(at)]);
    else await execute(sql.move, [idOf(at), idOf(at - 1)]);
    await execute(sql.history, historyRow(at));
    await execute(sql.forget, [idOf(at)]);
    await query('COMMIT');
  }
}
await promisify(connection.end.bind(connection))();
