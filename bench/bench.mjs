// What the groups share: the executable, the projects and databases made for it, the peers that are there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverDatabase, sqliteFile } from './databases.mjs';
import { makeProject, run } from './projects.mjs';

/** @typedef {import('./measure.mjs').Variant} Variant */
/** @typedef {import('./databases.mjs').BenchDatabase} BenchDatabase */
/** @typedef {'node' | 'files' | 'headers' | 'dump' | 'driver' | 'torale' | 'cold' | 'alembic' | 'knex' | 'drizzle'} Tool */

/**
 * One line of a table: the same work by several tools.
 *
 * @typedef {object} Row
 * @property {string} key what the bars call it
 * @property {string} title
 * @property {Partial<Record<Tool, Variant | undefined>>} cells
 */

export const digits = (size) => size.toLocaleString('en');

const baseline = (name) => fileURLToPath(import.meta.resolve(`./baselines/${name}`));

export class Bench {
  /** @type {Map<string, Promise<string>>} */
  #projects = new Map();
  /** @type {BenchDatabase[]} */
  #databases = [];

  /**
   * @param {object} options
   * @param {string} options.bin
   * @param {string} options.folder for all that is made
   * @param {readonly import('./databases.mjs').DialectName[]} options.dialects that answer
   * @param {import('./peers/peers.mjs').Peers} options.peers
   */
  constructor({ bin, folder, dialects, peers }) {
    Object.assign(this, { bin, folder, dialects, peers });
    this.empty = this.path('empty');
    mkdirSync(this.empty);
  }

  path(...names) {
    return join(this.folder, ...names);
  }

  /**
   * Warm and, where asked for, cold.
   *
   * @param {string} key
   * @param {readonly string[]} args
   * @param {Partial<Variant> & { database?: BenchDatabase, isCold?: boolean }} rest
   */
  torale(key, args, { database, isCold = false, ...rest } = {}) {
    // A SQLite file is the one that the configuration names.
    const env = database === undefined || database.dialect === 'sqlite' ? {} : { DATABASE_URL: database.url };
    const warm = {
      id: `${key}, Torale`,
      command: [process.execPath, this.bin, ...args],
      cwd: this.empty,
      env,
      ...rest,
    };
    return { torale: warm, ...(isCold ? { cold: { ...warm, id: `${warm.id}, cold`, cache: 'cold' } } : {}) };
  }

  /** @returns {Variant} */
  node() {
    return { id: 'node', command: [process.execPath, '-e', '0'], cwd: this.empty };
  }

  /** Reads the revisions of a chain and does nothing with them. */
  read(project, size) {
    return { id: `read ${size}`, command: [process.execPath, baseline('read.cjs')], cwd: project };
  }

  /** Reads what a graph is made of. */
  headers(project, size) {
    return { id: `headers ${size}`, command: [process.execPath, baseline('headers.cjs')], cwd: project };
  }

  /** Imports the revisions of a chain. */
  import(project, size) {
    return { id: `import ${size}`, command: [process.execPath, baseline('import.mjs')], cwd: project };
  }

  /**
   * What `current` asks, or what `upgrade` sends for so many revisions, from nothing but the driver.
   *
   * @returns {Variant}
   */
  driver(key, { dialect, url }, size, rest = {}) {
    const args = [baseline(`${dialect}.mjs`), url, ...(size === undefined ? [] : [`${size}`])];
    return { id: `${key}, driver`, command: [process.execPath, ...args], cwd: this.empty, ...rest };
  }

  /** The preparation of a peer, which is left out where that fails. */
  async tried(name, prepare) {
    try {
      return await prepare();
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`FAILED: ${name}: ${error.message}\n`);
      return undefined;
    }
  }

  /** For preparation. */
  run(args, { database, cwd = this.empty } = {}) {
    const env = database === undefined || database.dialect === 'sqlite' ? {} : { DATABASE_URL: database.url };
    return run([process.execPath, this.bin, ...args], cwd, env);
  }

  /**
   * What `torale init` writes, with a chain of revisions.
   *
   * @returns {Promise<string>} its folder
   */
  project(name, revisions) {
    if (!this.#projects.has(name)) this.#projects.set(name, makeProject(this.bin, this.path(name), revisions));
    return this.#projects.get(name);
  }

  /**
   * @param {import('./databases.mjs').DialectName} dialect
   * @param {string} folder of a SQLite file
   * @returns {BenchDatabase} not made yet; dropped in the end
   */
  database(dialect, folder) {
    if (dialect === 'sqlite') mkdirSync(folder, { recursive: true });
    const name = `torale_bench_${process.pid}_${this.#databases.length}`;
    const database = dialect === 'sqlite' ? sqliteFile(folder) : serverDatabase(dialect, name);
    this.#databases.push(database);
    return database;
  }

  /** Drops what a group made, so that no more is there at a time than is used. */
  async drop() {
    const databases = this.#databases.splice(0);
    const failures = await Promise.allSettled(databases.map(async (database) => database.drop()));
    for (const { reason } of failures.filter(({ status }) => status === 'rejected'))
      process.stderr.write(`${reason}\n`);
  }
}
