// Large schemas on MySQL and MariaDB: two databases, and a version folder with one revision that makes all tables.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServers, serverDatabase } from './databases.mjs';

const pad = (number) => String(number).padStart(4, '0');

/** Table n of a schema of some size, with its keys and indexes. */
function table(n) {
  const name = `t_${pad(n)}`;
  const parent =
    n === 0 ? '' : `,\n  CONSTRAINT fk_${name}_parent FOREIGN KEY (parent_id) REFERENCES t_${pad(n - 1)} (id)`;
  const often = n % 5 === 0 ? `,\n  KEY ix_${name}_active_created (active, created_at)` : '';
  return `CREATE TABLE ${name} (
  id int NOT NULL, name varchar(100) NOT NULL, code varchar(20) NOT NULL, amount decimal(12,2), qty int NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true, note text, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NULL,
  parent_id int, PRIMARY KEY (id), UNIQUE KEY uq_${name}_code (code), KEY ix_${name}_name (name),
  KEY ix_${name}_parent (parent_id)${often}${parent}
)`;
}

/** Twenty changes of ten kinds, spread over the tables. */
function changes(size) {
  return [
    ...[0, 1, 2].map((n) => `CREATE TABLE t_new_${n} (id int NOT NULL PRIMARY KEY, name varchar(50))`),
    `DROP TABLE t_${pad(size - 1)}`,
    `DROP TABLE t_${pad(size - 2)}`,
    ...[10, 11, 12, 13, 14].map((n) => `ALTER TABLE t_${pad(n)} ADD COLUMN extra varchar(40)`),
    ...[20, 21].map((n) => `ALTER TABLE t_${pad(n)} DROP COLUMN note`),
    'ALTER TABLE t_0030 MODIFY name varchar(200) NOT NULL',
    'ALTER TABLE t_0031 MODIFY qty bigint NOT NULL DEFAULT 0',
    'ALTER TABLE t_0040 MODIFY name varchar(100)',
    'ALTER TABLE t_0050 ALTER qty SET DEFAULT 1',
    ...[60, 61].map((n) => `CREATE INDEX ix_${pad(n)}_new ON t_${pad(n)} (amount)`),
    'DROP INDEX ix_t_0070_name ON t_0070',
    'ALTER TABLE t_0080 ADD CONSTRAINT fk_t_0080_extra FOREIGN KEY (qty) REFERENCES t_0000 (id)',
  ];
}

const tables = (size) => Array.from({ length: size }, (_, n) => table(n));

/** Which `mariadb-dump`, or `mysqldump`, there is; undefined where there is none. */
export function dumpVersion() {
  return DUMPS.map((name) => spawnSync(name, ['--version'], { encoding: 'utf8' }))
    .find(({ status }) => status === 0)
    ?.stdout.trim();
}

const DUMPS = ['mariadb-dump', 'mysqldump'];

function dumpOf(url) {
  const { hostname, port, username, pathname } = new URL(url);
  const name = DUMPS.find((one) => spawnSync(one, ['--version']).status === 0);
  const where = [`--host=${hostname}`, `--port=${port || 3306}`, `--user=${username || 'root'}`];
  return [name, '--no-data', '--routines', '--events', '--triggers', ...where, pathname.slice(1)];
}

export async function mysqlVersion() {
  const { mysql, missing } = await findServers();
  if (mysql === undefined) throw new Error(missing.join('\n'));
  return mysql;
}

/**
 * @param {number} size tables
 * @param {string} folder for files of its own
 * @param {import('./databases.mjs').BenchDatabase[]} databases to be dropped in the end, also where this fails
 * @param {(id: string, command: string[]) => import('./measure.mjs').Variant} warm
 * @param {(id: string, ...args: string[]) => import('./measure.mjs').Variant} torale
 */
export async function mysqlWork(size, folder, databases, warm, torale) {
  const [before, after] = ['before', 'after'].map((name) =>
    serverDatabase('mysql', `torale_bench_${process.pid}_${size}_${name}`),
  );
  databases.push(before, after);
  for (const [at, database] of [before, after].entries()) {
    await database.renew();
    await database.run([...tables(size), ...(at === 1 ? changes(size) : [])]);
  }
  const versions = join(folder, `versions-${size}`);
  mkdirSync(versions);
  const base = 'aaaaaaaaaaaa_base.ts';
  const script = (statements) => statements.map((sql) => `${sql};\n`).join('');
  writeFileSync(join(versions, base), revision(script(tables(size))));
  const [same, target] = ['same', 'target'].map((name) => join(folder, `${name}-${size}.sql`));
  writeFileSync(same, script(tables(size)));
  writeFileSync(target, script([...tables(size), ...changes(size)]));
  const onlyBase = () => {
    for (const name of readdirSync(versions)) if (name !== base) rmSync(join(versions, name), { recursive: true });
  };
  const place = ['--url', before.url, '--versions', versions];
  const autogenerate = (id, goal) => ({
    ...torale(id, 'revision', '--autogenerate', '-m', 'x', '--no-renames', ...place, '--target', goal),
    before: onlyBase,
  });
  return [
    torale(`inspect, ${size}`, 'inspect', before.url, '--json'),
    ...(dumpVersion() === undefined ? [] : [warm(`mariadb-dump, ${size}`, dumpOf(before.url))]),
    torale(`diff, ${size}, 20 changes`, 'diff', before.url, after.url, '--sql', '--no-renames'),
    torale(`diff, ${size}, no change`, 'diff', before.url, before.url, '--sql'),
    autogenerate(`revision --autogenerate, ${size}, 20 changes`, target),
    autogenerate(`revision --autogenerate, ${size}, no change`, same),
  ];
}

function revision(sql) {
  return `/**
 * base
 *
 * Revision ID: aaaaaaaaaaaa
 * Create Date: 2026-11-20T12:00:00.000Z
 */
export const revision = 'aaaaaaaaaaaa';
export const downRevision = null;

export async function upgrade(op) {
  await op.execute(\`\n${sql}\`);
}
`;
}
