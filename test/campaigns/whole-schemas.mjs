// Whole schemas of real products, each from an empty folder to one proved revision, applied, and a second run that finds
// nothing. Takes SQL files, which are not part of the repository.
//
//   node test/campaigns/whole-schemas.mjs [--url postgres://…] FILE.sql …
//   node test/campaigns/whole-schemas.mjs --dialect sqlite FILE.sql …
//   node test/campaigns/whole-schemas.mjs --dialect mariadb [--url mysql://…] FILE.sql …
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import pg from 'pg';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dialect: { type: 'string', default: 'postgres' },
    url: { type: 'string' },
  },
});
const BIN = resolve(import.meta.dirname, '../../dist/bin.cjs');

const BASE =
  values.url ??
  { postgres: 'postgres://postgres@127.0.0.1:5432/postgres', mariadb: 'mysql://root@127.0.0.1:3306/mysql' }[
    values.dialect
  ];
const FORCE = values.dialect === 'postgres' ? ' WITH (FORCE)' : '';

async function ask(...statements) {
  const client =
    values.dialect === 'postgres'
      ? new pg.Client({ connectionString: BASE })
      : await mysql.createConnection({ uri: BASE });
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}

/** An empty database of that name. */
async function database(name, folder) {
  if (values.dialect === 'sqlite') return { url: `sqlite:${join(folder, `${name}.db`)}`, drop: async () => {} };
  const drop = `DROP DATABASE IF EXISTS ${name}${FORCE}`;
  await ask(drop, `CREATE DATABASE ${name}`);
  const url = new URL(BASE);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => ask(drop) };
}

function torale(folder, ...args) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr, ms: Math.round(performance.now() - started) };
}

let failed = 0;
for (const file of positionals) {
  const name = `whole_${basename(file, '.sql').replaceAll(/\W/g, '_')}`;
  const folder = mkdtempSync(join(tmpdir(), 'torale-whole-'));
  const { url, drop } = await database(name, folder);
  const config = { url, target: resolve(file), versions: 'versions' };
  writeFileSync(join(folder, 'torale.config.json'), JSON.stringify(config));
  const first = torale(folder, 'revision', '--autogenerate', '-m', 'whole');
  const applied = first.status === 0 ? torale(folder, 'upgrade', 'head') : first;
  const second = applied.status === 0 ? torale(folder, 'revision', '--autogenerate', '-m', 'again') : applied;
  const drift = second.status === 0 ? torale(folder, 'check', '--drift') : second;
  const isRight = drift.status === 0 && second.stdout.startsWith('No differences');
  if (!isRight) failed += 1;
  const statements = /\((\d+) statements?\)/.exec(first.stdout)?.[1] ?? '-';
  console.log(`${isRight ? 'ok  ' : 'MISS'} ${basename(file)}  ${statements} statements, drafted in ${first.ms} ms`);
  if (!isRight) console.log((drift.stderr || drift.stdout).split('\n').slice(0, 12).join('\n'));
  else if (first.stdout.includes('Not tried with rows'))
    console.log(`     ${/Not tried with rows.*/.exec(first.stdout)[0]}`);
  await drop();
  rmSync(folder, { recursive: true });
}
console.log(`${positionals.length - failed} of ${positionals.length}`);
process.exitCode = failed === 0 ? 0 : 1;
