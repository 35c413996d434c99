// The peers, installed where they are not there yet: knex and drizzle-kit from npm, Alembic from Debian.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What is there, each with its version.
 *
 * @typedef {object} Peers
 * @property {string} [alembic]
 * @property {string} [knex]
 * @property {string} [drizzle]
 * @property {string[]} missing why the others are not
 */

const LIST = fileURLToPath(import.meta.resolve('./package.json'));
const HOME = fileURLToPath(import.meta.resolve('../out/peers/'));
export const NODE_MODULES = join(HOME, 'node_modules');
export const PYTHON = process.env.TORALE_BENCH_PYTHON ?? '/usr/bin/python3';
const DEBIAN = ['python3-alembic', 'python3-psycopg2', 'python3-pymysql'];

/** @returns {Peers} */
export function installPeers() {
  const missing = [];
  const tried = (install) => {
    try {
      return install();
    } catch (error) {
      missing.push(error.message);
      return {};
    }
  };
  return { ...tried(fromNpm), ...tried(fromDebian), missing };
}

function fromNpm() {
  const wanted = readFileSync(LIST, 'utf8');
  const installed = join(HOME, 'installed.json');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    process.stderr.write(`Installing knex and drizzle-kit into ${HOME}\n`);
    rmSync(HOME, { recursive: true, force: true });
    mkdirSync(HOME, { recursive: true });
    cpSync(LIST, join(HOME, 'package.json'));
    called('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], HOME);
    // Last, so that an interrupted installation is not taken for one.
    cpSync(LIST, installed);
  }
  const version = (name) => JSON.parse(readFileSync(join(NODE_MODULES, name, 'package.json'), 'utf8')).version;
  return {
    knex: version('knex'),
    drizzle: version('drizzle-kit'),
    drizzleOrm: version('drizzle-orm'),
  };
}

function fromDebian() {
  const found = alembic();
  if (found !== undefined) return { alembic: found };
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (process.env.TORALE_BENCH_PYTHON !== undefined || !canInstall)
    throw new Error(`${PYTHON} has no Alembic: apt-get install ${DEBIAN.join(' ')}, or TORALE_BENCH_PYTHON=…`);
  process.stderr.write(`Installing ${DEBIAN.join(', ')}\n`);
  called('apt-get', ['install', '-y', '--no-install-recommends', ...DEBIAN]);
  return { alembic: alembic() };
}

/** Which Alembic there is, with its SQLAlchemy. */
function alembic() {
  const print =
    'import alembic, sqlalchemy, psycopg2, pymysql; print(alembic.__version__, "with SQLAlchemy", sqlalchemy.__version__)';
  const { status, stdout } = spawnSync(PYTHON, ['-c', print], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function called(program, args, cwd) {
  // With all that is set: without certificates or a proxy npm waits for ever.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 300_000 });
  if (error !== undefined || status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
