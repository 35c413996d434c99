// Knex's projects: a knexfile and migrations as `knex migrate:make` writes them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTable, tableOf } from '../baselines/work.mjs';
import { dateOf, run } from '../projects.mjs';
import { NODE_MODULES } from './peers.mjs';

const CLI = join(NODE_MODULES, 'knex', 'bin', 'cli.js');
const CLIENTS = { sqlite: 'better-sqlite3', postgres: 'pg', mysql: 'mysql2' };

export class KnexPeer {
  #bench;
  #chains = new Map();

  /** @param {import('../bench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  /** @returns {import('../measure.mjs').Variant} */
  version() {
    return this.#variant('version', this.#bench.empty, ['--version']);
  }

  /** A database that is said to be at head, for what only looks. */
  async atHead(dialect, size) {
    const home = this.#chain(size);
    const database = this.#bench.database(dialect, join(home, `${dialect}-at-head`));
    await database.renew();
    const knexfile = configure(home, database);
    // Makes knex's own tables.
    run([process.execPath, CLI, '--knexfile', knexfile, 'migrate:currentVersion'], home);
    const rows = Array.from({ length: size }, (_, at) => `('${nameOf(at)}', 1, CURRENT_TIMESTAMP)`);
    await database.run([`INSERT INTO knex_migrations (name, batch, migration_time) VALUES ${rows.join(', ')}`]);
    const variant = (id, verb) =>
      this.#variant(`${id} ${dialect} ${size}`, home, ['--knexfile', knexfile, `migrate:${verb}`]);
    return {
      current: variant('current', 'currentVersion'),
      upgrade: { ...variant('at head', 'latest'), check: (output) => expected(output, 'Already up to date') },
    };
  }

  upgrade(dialect, size, check) {
    const home = this.#chain(size);
    const database = this.#bench.database(dialect, join(home, `${dialect}-upgrade`));
    const args = ['--knexfile', configure(home, database), 'migrate:latest'];
    const variant = this.#variant(`upgrade ${dialect} ${size}`, home, args);
    return { ...variant, before: database.renew, check: () => check(database) };
  }

  #variant(id, cwd, args) {
    return { id: `${id}, knex`, command: [process.execPath, CLI, ...args], cwd };
  }

  #chain(size) {
    if (!this.#chains.has(size)) {
      const home = this.#bench.path(`knex-chain-${size}`);
      mkdirSync(join(home, 'migrations'), { recursive: true });
      symlinkSync(NODE_MODULES, join(home, 'node_modules'));
      writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
      for (let at = 0; at < size; at++) writeFileSync(join(home, 'migrations', nameOf(at)), migration(at));
      this.#chains.set(size, home);
    }
    return this.#chains.get(size);
  }
}

function nameOf(at) {
  const time = dateOf(at).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `${time}_create_table_${tableOf(at)}.js`;
}

function configure(home, { dialect, url }) {
  const name = `knexfile-${url.replaceAll(/[^\w]/g, '_')}.js`;
  const connection = dialect === 'sqlite' ? { filename: url } : url;
  const config = {
    client: CLIENTS[dialect],
    connection,
    ...(dialect === 'sqlite' ? { useNullAsDefault: true } : {}),
    migrations: { directory: './migrations' },
  };
  writeFileSync(join(home, name), `module.exports = ${JSON.stringify(config, null, 2)};\n`);
  return name;
}

function migration(at) {
  return `/**
 * @param { import("knex").Knex } knex
 * @returns { Promise<void> }
 */
exports.up = function(knex) {
  return knex.raw('${createTable(at)}');
};

/**
 * @param { import("knex").Knex } knex
 * @returns { Promise<void> }
 */
exports.down = function(knex) {
  return knex.raw('DROP TABLE ${tableOf(at)}');
};
`;
}

function expected(output, text) {
  if (!output.includes(text)) throw new Error(`knex did not say '${text}': ${output}`);
}
