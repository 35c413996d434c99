// What is published, and what an installation of it takes.
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../projects.mjs';

const DRIVERS = ['pg', 'mysql2', 'better-sqlite3'];
const VERSIONS = JSON.parse(readFileSync(new URL('../peers/package.json', import.meta.url), 'utf8')).dependencies;

/**
 * @typedef {object} Sizes bytes
 * @property {{ packed: number, unpacked: number, files: number }} pack
 * @property {{ title: string, bytes: number, disk: number, packages: number }[]} installed
 * @property {{ name: string, version: string, bytes: number, packages: string[], withAll: number }[]} dependencies
 */

/**
 * @param {import('../bench.mjs').Bench} bench
 * @returns {Sizes}
 */
export function packageSizes(bench) {
  const root = dirname(dirname(bench.bin));
  // Without scripts, which would build again.
  const packed = run(['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', bench.folder], root);
  const report = JSON.parse(packed);
  const [{ filename, size, unpackedSize, entryCount }] = Array.isArray(report) ? report : Object.values(report);
  const tarball = join(bench.folder, filename);
  const bare = install(bench, 'bare', [tarball]);
  const withDriver = DRIVERS.map((name) => {
    const own = install(bench, `with-${name}`, [tarball, `${name}@${VERSIONS[name]}`]);
    return { title: `with ${name} ${VERSIONS[name]}`, ...own.sizes };
  });
  return {
    pack: { packed: size, unpacked: unpackedSize, files: entryCount },
    installed: [{ title: 'without drivers', ...bare.sizes }, ...withDriver],
    dependencies: dependencies(bare.home),
  };
}

/** Into an empty folder, with no optional package but the driver asked for. */
function install(bench, name, packages) {
  const home = bench.path(`install-${name}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const how = ['--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  // With npm's own settings, among them the certificates of a mirror.
  run(['npm', 'install', ...how, ...packages], home, process.env);
  const { bytes, disk } = sizeOf(join(home, 'node_modules'));
  return { home, sizes: { bytes, disk, packages: Object.keys(installed(home)).length } };
}

/** Each package that Torale names, and all that comes with it. */
function dependencies(home) {
  const packages = installed(home);
  const resolve = (from, name) => {
    const nested = `${from}/node_modules/${name}`;
    return nested in packages ? nested : `node_modules/${name}`;
  };
  const size = (path) => sizeOf(join(home, path), false).bytes;
  return Object.keys(packages['node_modules/torale'].dependencies).map((name) => {
    const all = new Set([resolve('node_modules/torale', name)]);
    for (const path of all)
      for (const other of Object.keys(packages[path]?.dependencies ?? {})) all.add(resolve(path, other));
    const [own, ...others] = all;
    return {
      name,
      version: packages[own].version,
      bytes: size(own),
      packages: others.map((path) => path.replace(/^.*node_modules\//, '')),
      withAll: [...all].reduce((sum, path) => sum + size(path), 0),
    };
  });
}

function installed(home) {
  return JSON.parse(readFileSync(join(home, 'node_modules', '.package-lock.json'), 'utf8')).packages;
}

function sizeOf(folder, isDeep = true) {
  const sum = { bytes: 0, disk: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) {
      if (!isDeep && entry.name === 'node_modules') continue;
      const own = sizeOf(path, isDeep);
      sum.bytes += own.bytes;
      sum.disk += own.disk;
    } else {
      const { size, blocks } = lstatSync(path);
      sum.bytes += size;
      sum.disk += blocks * 512;
    }
  }
  return sum;
}
