// examples/drizzle as its README tells it, with the real Drizzle from npm: draft, apply, change the schema, draft again.
//
//   node test/campaigns/drizzle.mjs [--url postgres://…]
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' } },
});
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'torale-drizzle-'));
cpSync(join(root, 'examples/drizzle'), folder, { recursive: true });

// Torale is the one of this checkout.
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
delete manifest.dependencies.torale;
writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
mkdirSync(join(folder, 'node_modules'), { recursive: true });
symlinkSync(root, join(folder, 'node_modules/torale'));

const name = `torale_drizzle_${process.pid}`;
const url = new URL(values.url);
url.pathname = `/${name}`;
const psql = (sql) => execFileSync('psql', [values.url, '-qX', '-c', sql]);
const env = {
  ...process.env,
  DATABASE_URL: url.href,
  PATH: [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter),
};
const torale = (...args) => {
  console.log(`$ torale ${args.join(' ')}`);
  const text = execFileSync(process.execPath, [join(root, 'dist/bin.cjs'), ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  console.log(text);
  return text;
};
const expect = (text, part) => {
  if (!text.includes(part)) throw new Error(`expected ${JSON.stringify(part)}`);
};

psql(`CREATE DATABASE ${name}`);
try {
  expect(torale('revision', '--autogenerate', '-m', 'first tables'), 'Proved:');
  torale('upgrade', 'head');
  expect(torale('revision', '--autogenerate', '-m', 'again'), 'No differences');
  const schema = readFileSync(join(folder, 'schema.ts'), 'utf8');
  writeFileSync(
    join(folder, 'schema.ts'),
    schema.replace('minutes: integer()', 'servings: integer(),\n    minutes: integer()'),
  );
  expect(torale('revision', '--autogenerate', '-m', 'servings'), 'servings');
  torale('upgrade', 'head');
  expect(torale('check', '--drift'), 'equals head');
} finally {
  psql(`DROP DATABASE ${name} WITH (FORCE)`);
  rmSync(folder, { recursive: true });
}
console.log('examples/drizzle works');
