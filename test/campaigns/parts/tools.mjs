// The tools under comparison, each with the same revisions written in its own form.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeHistory } from './histories.mjs';
import { BIN, startProgram, temporaryFolder } from './runners.mjs';

/**
 * @typedef {object} Revision
 * @property {string} id
 * @property {readonly string[]} statements
 * @property {boolean} [outside] outside a transaction
 */

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} version
 * @property {(revisions: readonly Revision[]) => { start: (url: string) => ReturnType<typeof startProgram> }} project
 */

const js = JSON.stringify;

/** @returns {Tool} */
function torale() {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return {
    name: 'Torale',
    version,
    project: (revisions) => {
      const folder = writeHistory(
        revisions.map(({ id, statements, outside }) => {
          const lines = statements.map((statement) => `    await op.execute(${js(statement)});`).join('\n');
          return { id, body: outside ? `  await op.autocommit(async () => {\n${lines}\n  });` : lines };
        }),
        join(temporaryFolder(), 'versions'),
      );
      return {
        start: (url) => startProgram(process.execPath, [BIN, 'upgrade', 'head', '--url', url, '--versions', folder]),
      };
    },
  };
}

/** As its own template makes it, with what `autocommit_block` asks for. */
const ENV_PY = `
import os
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["TARGET"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`;

/** @returns {Tool} */
function alembic() {
  const version = execFileSync('alembic', ['--version'], { encoding: 'utf8' }).trim().split(' ')[1];
  return {
    name: 'Alembic',
    version,
    project: (revisions) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'scripts', 'versions'), { recursive: true });
      writeFileSync(join(folder, 'alembic.ini'), '[alembic]\nscript_location = scripts\n');
      writeFileSync(join(folder, 'scripts', 'env.py'), ENV_PY);
      let before = 'None';
      for (const { id, statements, outside } of revisions) {
        const lines = statements.map((statement) => `${outside ? '        ' : '    '}op.execute(${js(statement)})`);
        const block = outside ? ['    with op.get_context().autocommit_block():', ...lines] : lines;
        const head = `from alembic import op\nrevision = "${id}"\ndown_revision = ${before}\nbranch_labels = None\ndepends_on = None\n`;
        writeFileSync(join(folder, 'scripts', 'versions', `${id}.py`), `${head}def upgrade():\n${block.join('\n')}\n`);
        before = js(id);
      }
      return {
        start: (url) =>
          startProgram('alembic', ['upgrade', 'head'], {
            cwd: folder,
            env: {
              TARGET: url
                .replace(/^postgres:/, 'postgresql+psycopg2:')
                .replace(/^mysql:/, 'mysql+pymysql:')
                .replace(/^sqlite:/, 'sqlite:///'),
            },
          }),
      };
    },
  };
}

/** @returns {Tool} */
function knex() {
  const require = createRequire(import.meta.url);
  const home = dirname(require.resolve('knex/package.json'));
  const { version } = require('knex/package.json');
  return {
    name: 'knex',
    version,
    project: (revisions) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'migrations'));
      writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
      writeFileSync(
        join(folder, 'knexfile.js'),
        `const url = process.env.TARGET;
const sqlite = url.startsWith('sqlite:');
module.exports = {
  client: sqlite ? 'better-sqlite3' : url.startsWith('postgres') ? 'pg' : 'mysql2',
  connection: sqlite ? { filename: url.slice(7) } : url,
  useNullAsDefault: true,
};`,
      );
      for (const { id, statements, outside } of revisions) {
        const lines = statements.map((statement) => `  await knex.raw(${js(statement)});`).join('\n');
        const config = outside ? 'exports.config = { transaction: false };\n' : '';
        writeFileSync(
          join(folder, 'migrations', `${id}.js`),
          `${config}exports.up = async (knex) => {\n${lines}\n};\nexports.down = async () => {};\n`,
        );
      }
      // It looks for itself from where its file lies.
      symlinkSync(dirname(home), join(folder, 'node_modules'));
      return {
        start: (url) =>
          startProgram(
            process.execPath,
            [join(home, 'bin', 'cli.js'), 'migrate:latest', '--knexfile', join(folder, 'knexfile.js')],
            {
              cwd: folder,
              env: { TARGET: url },
            },
          ),
      };
    },
  };
}

export const TOOLS = { torale, alembic, knex };
