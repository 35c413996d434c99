// Completes package-lock.json after `npm install`, which leaves out two things that `npm ci` then misses:
// - platform packages that the registry at hand does not carry; without an entry `npm ci` refuses the file everywhere;
// - `gypfile: false`; without it `npm ci` compiles a package that brings its binaries, like better-sqlite3.
// With --check it only says whether something is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const file = fileURLToPath(new URL('package-lock.json', root));
const before = readFileSync(file, 'utf8');
const lock = JSON.parse(before);

/** `@scope/binding-linux-x64-musl` says where it runs. */
function platformEntry(name, version, { license, engines, dev }) {
  const [os, cpu, abi] = name.split('/').at(-1).replace('binding-', '').split('-');
  const libc = os === 'linux' ? { gnu: ['glibc'], musl: ['musl'] }[abi] : undefined;
  return { version, cpu: [cpu], dev, libc, license, optional: true, os: [os], engines };
}

for (const [where, entry] of Object.entries(lock.packages)) {
  if (where === '') continue;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const known = [`${where}/node_modules/${name}`, `node_modules/${name}`].some((path) => path in lock.packages);
    if (!known && /^\d+\.\d+\.\d+/.test(version))
      lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry);
  }
  const installed = new URL(`${where}/package.json`, root);
  try {
    if (JSON.parse(readFileSync(installed, 'utf8')).gypfile === false) entry.gypfile = false;
  } catch {
    // A package of another platform.
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
const after = `${JSON.stringify(lock, null, 2)}\n`;
if (after !== before && process.argv.includes('--check')) {
  process.stderr.write('package-lock.json is not complete: run `npm run lock` and commit it.\n');
  process.exitCode = 1;
} else if (after !== before) {
  writeFileSync(file, after);
}
