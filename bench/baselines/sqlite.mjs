// The statements of `torale current` or `torale upgrade` on SQLite, sent by nothing but the driver.
import Database from 'better-sqlite3';
import { bookkeeping, bookkeepingTables, createTable, historyRow, idOf } from './work.mjs';

const [, , file, count] = process.argv;
const db = new Database(file);

if (count === undefined) {
  db.prepare('SELECT version_num FROM torale_version').all();
} else {
  for (const table of bookkeepingTables('id integer PRIMARY KEY AUTOINCREMENT', 'text')) db.exec(table);
  const sql = bookkeeping(() => '?');
  const first = db.prepare(sql.first);
  const move = db.prepare(sql.move);
  const history = db.prepare(sql.history);
  for (let at = 0; at < Number(count); at++) {
    db.exec('BEGIN IMMEDIATE');
    db.exec(createTable(at));
    if (at === 0) first.run(idOf(at));
    else move.run(idOf(at), idOf(at - 1));
    history.run(...historyRow(at));
    db.exec('COMMIT');
  }
}
db.close();
