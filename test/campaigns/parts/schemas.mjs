import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { postgresBinaries } from '../../support/private-server.ts';
import { temporaryFolder } from './runners.mjs';

const run = promisify(execFile);

/** Schemas are judged by a program that shares no code with Torale, where it lies beside the checkout. */
const JUDGE = fileURLToPath(new URL('../../../../shared/judge/judge', import.meta.url));

export const judgeName = existsSync(JUDGE) ? 'judge' : 'own';

/**
 * What a database's schema is, to be compared with others later.
 *
 * @param {import('./databases.mjs').Database} database
 * @returns {Promise<string>}
 */
export async function schemaOf(database) {
  return judgeName === 'judge' ? judge('--snapshot', target(database)) : ownSchema(database);
}

/**
 * @param {string} expected of {@link schemaOf}
 * @param {import('./databases.mjs').Database} database
 * @returns {Promise<string | null>} what differs
 */
export async function schemaDifference(expected, database) {
  if (judgeName === 'own') {
    const found = await ownSchema(database);
    return found === expected ? null : `expected\n${expected}\nfound\n${found}`;
  }
  const file = join((folder ??= temporaryFolder()), `${++count}.json`);
  writeFileSync(file, expected);
  // The order of the columns counts: nothing here may have been done in another order.
  try {
    await judge('--level', 'strict', file, target(database));
    return null;
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = /** @type {{ code?: number, stdout?: string, stderr?: string }} */ (error);
    if (code === 1) return stdout;
    throw new Error(`judge: ${stderr || String(error)}`, { cause: error });
  }
}

let count = 0;
/** @type {string | undefined} */
let folder;

/** @param {import('./databases.mjs').Database} database */
const target = ({ dialect, url }) => (dialect === 'sqlite' ? url.replace('sqlite:', '') : url);

/** @param {string[]} args */
async function judge(...args) {
  // The wrapper that Debian puts before pg_dump takes longer than pg_dump.
  const env = { ...process.env, PATH: [postgresBinaries(), process.env.PATH].filter(Boolean).join(':') };
  return (await run(JUDGE, args, { env, maxBuffer: 2 ** 26 })).stdout;
}

const OBJECTS = {
  postgres: `
    SELECT table_name || '.' || column_name AS name, concat_ws(' ', ordinal_position, udt_name, is_nullable, column_default) AS text
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) || indisvalid || indisready FROM pg_index
      JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'
    UNION ALL SELECT enumtypid::regtype::text, enumlabel FROM pg_enum ORDER BY 1, 2`,
  sqlite: 'SELECT name, sql AS text FROM sqlite_schema ORDER BY type, name',
};

/** A short form of the same, for machines without the judge. */
async function ownSchema(database) {
  if (database.dialect !== 'mysql') {
    const rows = await database.query(OBJECTS[database.dialect]);
    return rows.map(({ name, text }) => `${String(name)}: ${String(text)}`).join('\n');
  }
  const parts = [];
  const tables = await database.query('SHOW FULL TABLES');
  const triggers = await database.query(
    'SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = database() ORDER BY 1',
  );
  const names = [
    ...tables
      .map((row) => Object.values(row))
      .map(([name, type]) => `${type === 'VIEW' ? 'VIEW' : 'TABLE'} ${String(name)}`),
    ...triggers.map(({ name }) => `TRIGGER ${String(name)}`),
  ];
  for (const name of names.toSorted((a, b) => a.localeCompare(b))) {
    const [row] = await database.query(`SHOW CREATE ${name}`);
    parts.push(
      Object.entries(row)
        .filter(([column]) => /^(Create |SQL Orig)/.test(column))
        .map(([, text]) => String(text))
        .join('')
        .replace(/ AUTO_INCREMENT=\d+/, ''),
    );
  }
  return parts.join('\n');
}
