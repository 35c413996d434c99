// The schema of the benchmark for Drizzle, before and after the changes; see schemas.mjs. The last two tables stay.

const pad = (number) => String(number).padStart(4, '0');

const HEADS = {
  postgres: `import { bigint, boolean, foreignKey, index, integer, numeric, pgTable as table, text, timestamp, unique, varchar } from 'drizzle-orm/pg-core';`,
  mysql: `import { bigint as big, boolean, decimal as numeric, foreignKey, index, int as integer, mysqlTable as table, text, timestamp, unique, varchar } from 'drizzle-orm/mysql-core';
const bigint = () => big({ mode: 'number' });`,
  sqlite: `import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, numeric, sqliteTable as table, text, unique } from 'drizzle-orm/sqlite-core';`,
};

const COLUMNS = {
  postgres: {
    id: 'integer().primaryKey()',
    varchar: (length) => `varchar({ length: ${length} })`,
    amount: 'numeric({ precision: 12, scale: 2 })',
    qty: 'integer().notNull()',
    bigQty: `bigint({ mode: 'number' }).notNull()`,
    active: 'boolean().notNull().default(true)',
    created: 'timestamp().notNull().defaultNow()',
    updated: 'timestamp()',
  },
  mysql: {
    id: 'integer().primaryKey()',
    varchar: (length) => `varchar({ length: ${length} })`,
    amount: 'numeric({ precision: 12, scale: 2 })',
    qty: 'integer().notNull()',
    bigQty: 'bigint().notNull()',
    active: 'boolean().notNull().default(true)',
    created: 'timestamp().notNull().defaultNow()',
    updated: 'timestamp()',
  },
  sqlite: {
    id: 'integer().primaryKey()',
    varchar: (length) => `text({ length: ${length} })`,
    amount: 'numeric()',
    qty: 'integer().notNull()',
    // SQLite has but one type of whole numbers in Drizzle.
    bigQty: 'numeric().notNull()',
    active: `integer({ mode: 'boolean' }).notNull().default(true)`,
    created: 'text().notNull().default(sql`CURRENT_TIMESTAMP`)',
    updated: 'text()',
  },
};

/**
 * @param {import('../databases.mjs').DialectName} dialect
 * @param {number} size tables
 * @param {boolean} isAfter
 * @returns {string} schema.ts
 */
export function drizzleSchema(dialect, size, isAfter) {
  const of = COLUMNS[dialect];
  const tables = Array.from({ length: size }, (_, n) => table(of, n, (...numbers) => isAfter && numbers.includes(n)));
  const news = [0, 1, 2].map(
    (n) => `export const t_new_${n} = table('t_new_${n}', { id: ${of.id}, name: ${of.varchar(50)} });`,
  );
  return `${HEADS[dialect]}\n\n${[...tables, ...(isAfter ? news : [])].join('\n')}\n`;
}

function table(of, n, is) {
  const name = `t_${pad(n)}`;
  const columns = {
    id: of.id,
    name: `${of.varchar(is(30) ? 200 : 100)}${is(40) ? '' : '.notNull()'}`,
    code: `${of.varchar(20)}.notNull()`,
    amount: of.amount,
    qty: `${is(31) ? of.bigQty : of.qty}.default(${is(50) ? 1 : is(31) && of.bigQty.startsWith('numeric') ? "'0'" : 0})`,
    active: of.active,
    ...(is(20, 21) ? {} : { note: 'text()' }),
    created_at: of.created,
    updated_at: of.updated,
    parent_id: 'integer()',
    ...(is(10, 11, 12, 13, 14) ? { extra: of.varchar(40) } : {}),
  };
  const key = (title, column, parent) =>
    `foreignKey({ name: '${title}', columns: [t.${column}], foreignColumns: [t_${pad(parent)}.id] })`;
  const extras = [
    `unique('uq_${name}_code').on(t.code)`,
    ...(n > 0 ? [key(`fk_${name}_parent`, 'parent_id', n - 1)] : []),
    ...(is(80) ? [key('fk_t_0080_extra', 'qty', 0)] : []),
    ...(is(70) ? [] : [`index('ix_${name}_name').on(t.name)`]),
    `index('ix_${name}_parent').on(t.parent_id)`,
    ...(n % 5 === 0 ? [`index('ix_${name}_active_created').on(t.active, t.created_at)`] : []),
    ...(is(60, 61) ? [`index('ix_${pad(n)}_new').on(t.amount)`] : []),
  ];
  const written = Object.entries(columns).map(([column, type]) => `  ${column}: ${type},`);
  return `export const ${name} = table('${name}', {\n${written.join('\n')}\n}, (t) => [\n  ${extras.join(',\n  ')},\n]);`;
}
