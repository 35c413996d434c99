// What the driver loops write, whatever the database.
import { createHash } from 'node:crypto';

/** @param {number} number */
export function idOf(number) {
  return createHash('sha1').update(`rev${number}`).digest('hex').slice(0, 12);
}

/** @param {number} number */
export function tableOf(number) {
  return `t_${String(number).padStart(6, '0')}`;
}

/** @param {number} number */
export function createTable(number) {
  return `CREATE TABLE ${tableOf(number)} (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL)`;
}

const HASH = 'f'.repeat(64);

/** A time as the three databases take it from a text. */
function now() {
  return new Date().toISOString().replace('T', ' ').replace('Z', '');
}

/** @param {number} number */
export function historyRow(number) {
  const at = now();
  const parents = JSON.stringify(number === 0 ? [] : [idOf(number - 1)]);
  return [idOf(number), parents, 'upgrade', `sha256:ts:${HASH}`, at, now(), 1, '0.0.0', 'user@host (pid 1)'];
}

/** @param {number} number */
export function journalRow(number) {
  return [idOf(number), 1, HASH, 'started', null, `sha256:ts:${HASH}`, now(), null];
}

/** @param {number} number */
export function journalDone(number) {
  return [0, now(), idOf(number), 1];
}

const HISTORY = [
  'revision varchar(255) NOT NULL',
  'parents text NOT NULL',
  'action varchar(100) NOT NULL',
  'checksum varchar(100)',
  'started_at TIME NOT NULL',
  'finished_at TIME NOT NULL',
  'duration_ms bigint NOT NULL',
  'torale_version varchar(100) NOT NULL',
  'applied_by text NOT NULL',
];
const JOURNAL = [
  'revision varchar(255) NOT NULL',
  'statement bigint NOT NULL',
  'hash varchar(100) NOT NULL',
  'state varchar(100) NOT NULL',
  'row_count bigint',
  'checksum varchar(100)',
  'started_at TIME NOT NULL',
  'finished_at TIME',
  'PRIMARY KEY (revision, statement)',
];

/**
 * Torale's tables as far as the loop writes to them.
 *
 * @param {string} serial the column of a number that counts up
 * @param {string} time the type of a point in time
 */
export function bookkeepingTables(serial, time) {
  const typed = (columns) => columns.join(', ').replaceAll('TIME', time);
  return [
    'CREATE TABLE torale_version (version_num varchar(255) NOT NULL PRIMARY KEY)',
    `CREATE TABLE torale_history (${serial}, ${typed(HISTORY)})`,
    `CREATE TABLE torale_journal (${typed(JOURNAL)})`,
  ];
}

const names = (columns) =>
  columns.filter((column) => !column.startsWith('PRIMARY')).map((column) => column.split(' ')[0]);

/**
 * The statements of bookkeeping.
 *
 * @param {(position: number) => string} place the placeholder of a parameter
 */
export function bookkeeping(place) {
  const places = (columns) =>
    names(columns)
      .map((_, at) => place(at + 1))
      .join(', ');
  return {
    first: `INSERT INTO torale_version (version_num) VALUES (${place(1)})`,
    move: `UPDATE torale_version SET version_num = ${place(1)} WHERE version_num = ${place(2)}`,
    history: `INSERT INTO torale_history (${names(HISTORY).join(', ')}) VALUES (${places(HISTORY)})`,
    journal: `INSERT INTO torale_journal (${names(JOURNAL).join(', ')}) VALUES (${places(JOURNAL)})`,
    done: `UPDATE torale_journal SET state = 'done', row_count = ${place(1)}, finished_at = ${place(2)} WHERE revision = ${place(3)} AND statement = ${place(4)}`,
    forget: `DELETE FROM torale_journal WHERE revision = ${place(1)}`,
  };
}
