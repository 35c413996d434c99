// Alembic's projects: as `alembic init` writes them, with the URL, and with the metadata that autogenerate is to compare.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTable, idOf, tableOf } from '../baselines/work.mjs';
import { dateOf, run } from '../projects.mjs';
import { PYTHON } from './peers.mjs';

/** @typedef {import('../bench.mjs').Bench} Bench */
/** @typedef {import('../databases.mjs').BenchDatabase} BenchDatabase */

const MODELS = fileURLToPath(import.meta.resolve('./models.py'));
const DRIVERS = { sqlite: 'sqlite', postgres: 'postgresql+psycopg2', mysql: 'mysql+pymysql' };
const VERSION_TABLE =
  'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))';

/** @param {BenchDatabase} database */
function sqlalchemyUrl({ dialect, url }) {
  return dialect === 'sqlite' ? `sqlite:///${url}` : url.replace(/^[a-z]+:/, `${DRIVERS[dialect]}:`);
}

export class AlembicPeer {
  #bench;
  #chains = new Map();

  /** @param {Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  /** @returns {import('../measure.mjs').Variant} */
  version() {
    return this.#variant('version', this.#bench.empty, ['--version']);
  }

  heads(size) {
    const home = this.#chain(size);
    return this.#variant(`heads ${size}`, home, ['heads']);
  }

  /**
   * A database that is said to be at head, for what only looks. At 10,000, where Alembic 1.8 takes minutes to find what
   * is below a head, it is at none.
   */
  async atHead(dialect, size) {
    const home = this.#chain(size);
    const database = this.#bench.database(dialect, join(home, `${dialect}-at-head`));
    await database.renew();
    const head = `INSERT INTO alembic_version VALUES ('${idOf(size - 1)}')`;
    await database.run([VERSION_TABLE, ...(size > 1000 ? [] : [head])]);
    const ini = configure(home, database);
    return {
      current: this.#variant(`current ${dialect} ${size}`, home, ['-c', ini, 'current']),
      upgrade: this.#variant(`at head ${dialect} ${size}`, home, ['-c', ini, 'upgrade', 'head']),
    };
  }

  upgrade(dialect, size, check) {
    const home = this.#chain(size);
    const database = this.#bench.database(dialect, join(home, `${dialect}-upgrade`));
    const ini = configure(home, database);
    const variant = this.#variant(`upgrade ${dialect} ${size}`, home, ['-c', ini, 'upgrade', 'head']);
    return { ...variant, before: database.renew, check: () => check(database) };
  }

  /** A database made by the metadata as it was, compared with the metadata after the twenty changes. */
  async autogenerate(dialect, size) {
    const bench = this.#bench;
    const home = bench.path(`alembic-autogenerate-${dialect}-${size}`);
    mkdirSync(home);
    init(home);
    cpSync(MODELS, join(home, 'models.py'));
    const environment = join(home, 'alembic', 'env.py');
    const text = readFileSync(environment, 'utf8');
    writeFileSync(
      environment,
      text
        .replace(
          'target_metadata = None',
          `${RECURSION}\nfrom models import metadata\ntarget_metadata = metadata(${size}, True)`,
        )
        .replaceAll(
          'target_metadata=target_metadata',
          'target_metadata=target_metadata, compare_type=True, compare_server_default=True',
        ),
    );
    const database = bench.database(dialect, join(home, 'database'));
    await database.renew();
    const url = JSON.stringify(sqlalchemyUrl(database));
    const creation = `${RECURSION}\nimport sqlalchemy\nfrom models import metadata\nmetadata(${size}, False).create_all(sqlalchemy.create_engine(${url}))`;
    run([PYTHON, '-c', creation], home);
    const versions = join(home, 'alembic', 'versions');
    const files = () => readdirSync(versions).filter((name) => name.endsWith('.py'));
    const args = ['-c', configure(home, database), 'revision', '--autogenerate', '-m', 'x'];
    const variant = this.#variant(`autogenerate ${dialect} ${size}`, home, args);
    return {
      ...variant,
      before: () => {
        for (const name of files()) rmSync(join(versions, name));
      },
      check: () => {
        const [file] = files();
        const found = readFileSync(join(versions, file), 'utf8').split('def downgrade')[0].match(/ op\./g)?.length ?? 0;
        if (found < 20) throw new Error(`Alembic found ${found} changes`);
      },
    };
  }

  #variant(id, cwd, args) {
    return { id: `${id}, Alembic`, command: [PYTHON, '-m', 'alembic', ...args], cwd };
  }

  /** A chain of revisions as `alembic revision` writes them. */
  #chain(size) {
    if (!this.#chains.has(size)) {
      const home = this.#bench.path(`alembic-chain-${size}`);
      mkdirSync(home);
      init(home);
      for (let at = 0; at < size; at++) {
        const name = `${idOf(at)}_create_table_${tableOf(at)}.py`;
        writeFileSync(join(home, 'alembic', 'versions', name), revision(at));
      }
      this.#chains.set(size, home);
    }
    return this.#chains.get(size);
  }
}

/** SQLAlchemy 1.4 follows foreign keys by recursion: a chain of a thousand tables is too deep for Python as it is. */
const RECURSION = 'import sys; sys.setrecursionlimit(100000)';

function init(home) {
  run([PYTHON, '-m', 'alembic', 'init', 'alembic'], home);
}

/** `alembic.ini` with the URL of a database. */
function configure(home, database) {
  const name = `${database.url.replaceAll(/[^\w]/g, '_')}.ini`;
  const ini = readFileSync(join(home, 'alembic.ini'), 'utf8');
  const url = sqlalchemyUrl(database).replaceAll('%', '%%');
  writeFileSync(
    join(home, name),
    ini.replace(/^sqlalchemy\.url = .*$/m, () => `sqlalchemy.url = ${url}`),
  );
  return name;
}

function revision(at) {
  const parent = at === 0 ? undefined : idOf(at - 1);
  const date = dateOf(at).toISOString().replace('T', ' ').replace('Z', '000');
  return `"""create table ${tableOf(at)}

Revision ID: ${idOf(at)}
Revises: ${parent ?? ''}
Create Date: ${date}

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '${idOf(at)}'
down_revision = ${parent === undefined ? 'None' : `'${parent}'`}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("${createTable(at)}")


def downgrade() -> None:
    op.execute("DROP TABLE ${tableOf(at)}")
`;
}
