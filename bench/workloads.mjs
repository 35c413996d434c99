// What is measured: each workload with the baselines that it is compared with.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { idOf } from './baselines/work.mjs';
import { serverDatabase, sqliteFile } from './databases.mjs';
import { makeProject, torale } from './projects.mjs';

/** @typedef {import('./measure.mjs').Variant} Variant */
/** @typedef {import('./databases.mjs').BenchDatabase} BenchDatabase */

/**
 * Torale at work, to be measured warm and cold.
 *
 * @typedef {object} Workload
 * @property {string} name what `--only` picks
 * @property {string} id
 * @property {readonly string[]} args
 * @property {string} project
 * @property {BenchDatabase} [database]
 * @property {boolean} [renews] the database is made anew before each run
 * @property {string} [files] id of the baseline that reads its files
 * @property {string} [driver] id of the baseline that sends its statements
 * @property {string} [imports] id of the baseline that imports its files
 */

const SIZES = [10, 1000, 10_000];
const APPLIED = 1000;

const NODE = process.execPath;
const READ = fileURLToPath(import.meta.resolve('./baselines/read.cjs'));
const IMPORT = fileURLToPath(import.meta.resolve('./baselines/import.mjs'));
const DRIVERS = {
  sqlite: fileURLToPath(import.meta.resolve('./baselines/sqlite.mjs')),
  postgres: fileURLToPath(import.meta.resolve('./baselines/postgres.mjs')),
  mysql: fileURLToPath(import.meta.resolve('./baselines/mysql.mjs')),
};

/** Makes what the workloads need as they are asked for, and takes it away again. */
export class Workloads {
  /** @type {readonly string[]} */
  static names = ['version', 'heads', 'current', 'upgrade', 'at-head'];
  #bin;
  #folder;
  #dialects;
  #projects = new Map();
  /** @type {BenchDatabase[]} */
  #databases = [];
  /** @type {Map<string, Variant>} */
  #baselines = new Map();

  /** @param {{ bin: string, folder: string, dialects: readonly string[] }} options */
  constructor({ bin, folder, dialects }) {
    this.#bin = bin;
    this.#folder = folder;
    this.#dialects = dialects;
    mkdirSync(join(folder, 'empty'));
  }

  /**
   * @param {string} name
   * @returns {Promise<Workload[]>}
   */
  async make(name) {
    this.#baseline('node', ['-e', '0'], 'empty');
    switch (name) {
      case 'version':
        return [{ name, id: '--version', args: ['--version'], project: join(this.#folder, 'empty') }];
      case 'heads':
        return inTurn([0, ...SIZES], (size) => this.#heads(size));
      case 'current':
        return [
          ...(await inTurn(SIZES, (size) => this.#current('sqlite', size))),
          ...(await inTurn(this.#servers(), (dialect) => this.#current(dialect, APPLIED))),
        ];
      case 'upgrade':
        return inTurn(this.#dialects, (dialect) => this.#upgrade(dialect));
      case 'at-head':
        return inTurn(this.#dialects, (dialect) => this.#atHead(dialect));
      default:
        throw new Error(`There is no workload '${name}': ${Workloads.names.join(', ')}`);
    }
  }

  /**
   * The workloads as they are run, after the baselines they need.
   *
   * @param {readonly Workload[]} workloads
   * @returns {Variant[]}
   */
  variants(workloads) {
    const needed = new Set(['node', ...workloads.flatMap(({ files, driver, imports }) => [files, driver, imports])]);
    return [
      ...[...this.#baselines.values()].filter(({ id }) => needed.has(id)),
      ...workloads.flatMap((workload) => ['warm', 'cold'].map((cache) => this.#variant(workload, cache))),
    ];
  }

  async close() {
    const failures = await Promise.allSettled(this.#databases.map(async (database) => database.drop()));
    for (const { reason } of failures.filter(({ status }) => status === 'rejected'))
      process.stderr.write(`${reason}\n`);
  }

  /** @returns {Variant} */
  #variant({ id, args, project, database, renews }, cache) {
    return {
      id: `${id}, ${cache}`,
      command: [NODE, this.#bin, ...args],
      cwd: project,
      cache,
      // A SQLite file is the one that the configuration names.
      ...(database === undefined || database.dialect === 'sqlite' ? {} : { env: { DATABASE_URL: database.url } }),
      ...(renews ? { before: database.renew } : {}),
    };
  }

  #servers() {
    return this.#dialects.filter((dialect) => dialect !== 'sqlite');
  }

  #baseline(id, args, project, before) {
    const cwd = join(this.#folder, project);
    this.#baselines.set(id, { id, command: [NODE, ...args], cwd, cache: 'warm', ...(before ? { before } : {}) });
    return id;
  }

  /** @returns {Promise<string>} */
  #project(name, revisions) {
    if (!this.#projects.has(name)) this.#projects.set(name, makeProject(this.#bin, this.#folder, name, revisions));
    return this.#projects.get(name);
  }

  #reading(size) {
    return this.#baseline(`read ${size}`, [READ], `chain-${size}`);
  }

  /** @returns {BenchDatabase} */
  #database(dialect, project) {
    const name = `torale_bench_${process.pid}_${this.#databases.length}`;
    const database = dialect === 'sqlite' ? sqliteFile(project) : serverDatabase(dialect, name);
    this.#databases.push(database);
    return database;
  }

  /** @returns {Promise<Workload>} */
  async #heads(size) {
    const project = await this.#project(`chain-${size}`, size);
    return {
      name: 'heads',
      id: `heads, ${size}`,
      args: ['heads'],
      project,
      ...(size > 0 ? { files: this.#reading(size) } : {}),
    };
  }

  /** @returns {Promise<Workload>} */
  async #current(dialect, size) {
    const project = await this.#project(`chain-${size}`, size);
    const database = this.#database(dialect, project);
    await database.renew();
    torale(this.#bin, project, ['upgrade', idOf(0)], { DATABASE_URL: toUrl(database) });
    await database.run(`UPDATE torale_version SET version_num = '${idOf(size - 1)}'`);
    const driver = this.#baseline(`look ${dialect} ${size}`, [DRIVERS[dialect], database.url], 'empty');
    return {
      name: 'current',
      id: `current, ${dialect}, ${size}`,
      args: ['current'],
      project,
      database,
      files: this.#reading(size),
      driver,
    };
  }

  /** @returns {Promise<Workload>} */
  async #upgrade(dialect) {
    const project = await this.#project(`chain-${APPLIED}`, APPLIED);
    const own = dialect === 'sqlite' ? await this.#project('upgrade', APPLIED) : project;
    const database = this.#database(dialect, own);
    const bare = this.#database(dialect, join(this.#folder, 'empty'));
    return {
      name: 'upgrade',
      id: `upgrade, ${dialect}, ${APPLIED}`,
      args: ['upgrade', 'head'],
      project: own,
      database,
      renews: true,
      files: this.#reading(APPLIED),
      driver: this.#baseline(`driver ${dialect}`, [DRIVERS[dialect], bare.url, `${APPLIED}`], 'empty', bare.renew),
      imports: this.#baseline(`import ${APPLIED}`, [IMPORT], `chain-${APPLIED}`),
    };
  }

  /** @returns {Promise<Workload>} */
  async #atHead(dialect) {
    const own = await this.#project(dialect === 'sqlite' ? 'at-head' : `chain-${APPLIED}`, APPLIED);
    await this.#project(`chain-${APPLIED}`, APPLIED);
    const database = this.#database(dialect, own);
    await database.renew();
    torale(this.#bin, own, ['upgrade', 'head'], { DATABASE_URL: toUrl(database) });
    return {
      name: 'at-head',
      id: `at head, ${dialect}, ${APPLIED}`,
      args: ['upgrade', 'head'],
      project: own,
      database,
      files: this.#reading(APPLIED),
    };
  }
}

/** One after the other: writing thousands of files would let a connection's time run out. */
async function inTurn(items, make) {
  const made = [];
  for (const item of items) made.push(await make(item));
  return made;
}

/** @param {BenchDatabase} database */
function toUrl({ dialect, url }) {
  return dialect === 'sqlite' ? `sqlite:${url}` : url;
}
