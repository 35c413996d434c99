// The large schema: tables with keys and indexes, each referring to the one before, and the same after twenty changes
// of ten kinds.

/** @typedef {import('./databases.mjs').DialectName} DialectName */

const pad = (number) => String(number).padStart(4, '0');
const NEW = [0, 1, 2];

const TYPES = {
  postgres: { int: 'integer', number: 'numeric(12,2)', now: 'now()', empty: 'timestamp' },
  mysql: { int: 'int', number: 'decimal(12,2)', now: 'now()', empty: 'timestamp NULL' },
  sqlite: { int: 'integer', number: 'numeric(12, 2)', now: 'CURRENT_TIMESTAMP', empty: 'timestamp' },
};

/** What the changes do to a table's columns, where a database cannot say so: SQLite. */
const CHANGED = {
  ...Object.fromEntries([10, 11, 12, 13, 14].map((n) => [n, { extra: 'varchar(40)' }])),
  20: { note: null },
  21: { note: null },
  30: { name: 'varchar(200) NOT NULL' },
  31: { qty: 'bigint NOT NULL DEFAULT 0' },
  40: { name: 'varchar(100)' },
  50: { qty: 'integer NOT NULL DEFAULT 1' },
};

/**
 * @param {DialectName} dialect
 * @param {number} n
 * @param {boolean} isAfter as after the changes
 */
function table(dialect, n, isAfter) {
  const { int, number, now, empty } = TYPES[dialect];
  const name = `t_${pad(n)}`;
  const columns = {
    id: `${int} NOT NULL`,
    name: 'varchar(100) NOT NULL',
    code: 'varchar(20) NOT NULL',
    amount: number,
    qty: `${int} NOT NULL DEFAULT 0`,
    active: 'boolean NOT NULL DEFAULT true',
    note: 'text',
    created_at: `timestamp NOT NULL DEFAULT ${now}`,
    updated_at: empty,
    parent_id: int,
    ...(isAfter ? CHANGED[n] : {}),
  };
  const indexes = [
    ...(isAfter && n === 70 ? [] : [[`ix_${name}_name`, 'name']]),
    [`ix_${name}_parent`, 'parent_id'],
    ...(n % 5 === 0 ? [[`ix_${name}_active_created`, 'active, created_at']] : []),
    ...(isAfter && (n === 60 || n === 61) ? [[`ix_${pad(n)}_new`, 'amount']] : []),
  ];
  const isMysql = dialect === 'mysql';
  const items = [
    ...Object.entries(columns).flatMap(([column, type]) => (type === null ? [] : [`${column} ${type}`])),
    'PRIMARY KEY (id)',
    isMysql ? `UNIQUE KEY uq_${name}_code (code)` : `CONSTRAINT uq_${name}_code UNIQUE (code)`,
    ...(isMysql ? indexes.map(([index, on]) => `KEY ${index} (${on})`) : []),
    ...(n === 0 ? [] : [`CONSTRAINT fk_${name}_parent FOREIGN KEY (parent_id) REFERENCES t_${pad(n - 1)} (id)`]),
    ...(isAfter && n === 80 ? ['CONSTRAINT fk_t_0080_extra FOREIGN KEY (qty) REFERENCES t_0000 (id)'] : []),
  ];
  return [
    `CREATE TABLE ${name} (\n  ${items.join(',\n  ')}\n)`,
    ...(isMysql ? [] : indexes.map(([index, on]) => `CREATE INDEX ${index} ON ${name} (${on})`)),
  ];
}

const newTables = (dialect) =>
  NEW.map((n) => `CREATE TABLE t_new_${n} (id ${TYPES[dialect].int} NOT NULL PRIMARY KEY, name varchar(50))`);

/**
 * The statements that make all tables.
 *
 * @param {DialectName} dialect
 * @param {number} size
 */
export function tables(dialect, size) {
  return Array.from({ length: size }, (_, n) => table(dialect, n, false)).flat();
}

/**
 * The statements that make the schema as it is to be.
 *
 * @param {DialectName} dialect
 * @param {number} size
 */
export function target(dialect, size) {
  if (dialect !== 'sqlite') return [...tables(dialect, size), ...changes(dialect, size)];
  return [...Array.from({ length: size - 2 }, (_, n) => table(dialect, n, true)).flat(), ...newTables(dialect)];
}

/**
 * The twenty changes, on servers.
 *
 * @param {'postgres' | 'mysql'} dialect
 * @param {number} size
 */
export function changes(dialect, size) {
  const isMysql = dialect === 'mysql';
  const alter = (n, postgres, mysql) => `ALTER TABLE t_${pad(n)} ${isMysql ? mysql : `ALTER COLUMN ${postgres}`}`;
  return [
    ...newTables(dialect),
    `DROP TABLE t_${pad(size - 1)}`,
    `DROP TABLE t_${pad(size - 2)}`,
    ...[10, 11, 12, 13, 14].map((n) => `ALTER TABLE t_${pad(n)} ADD COLUMN extra varchar(40)`),
    ...[20, 21].map((n) => `ALTER TABLE t_${pad(n)} DROP COLUMN note`),
    alter(30, 'name TYPE varchar(200)', 'MODIFY name varchar(200) NOT NULL'),
    alter(31, 'qty TYPE bigint', 'MODIFY qty bigint NOT NULL DEFAULT 0'),
    alter(40, 'name DROP NOT NULL', 'MODIFY name varchar(100)'),
    alter(50, 'qty SET DEFAULT 1', 'ALTER qty SET DEFAULT 1'),
    ...[60, 61].map((n) => `CREATE INDEX ix_${pad(n)}_new ON t_${pad(n)} (amount)`),
    `DROP INDEX ix_t_0070_name${isMysql ? ' ON t_0070' : ''}`,
    'ALTER TABLE t_0080 ADD CONSTRAINT fk_t_0080_extra FOREIGN KEY (qty) REFERENCES t_0000 (id)',
  ];
}
