// Folders as a user has them: what `torale init` writes, and a chain of revisions as `torale revision` writes them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTable, idOf, tableOf } from './baselines/work.mjs';
import { withoutForeign } from './measure.mjs';

/** Runs a command for preparation; throws where it fails. */
export function run([program, ...args], cwd, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...withoutForeign(process.env), ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${[program, ...args].join(' ')} ended with ${status}:\n${stderr}${stdout}`.slice(0, 2000));
  return stdout;
}

/** @returns {Promise<string>} the project's folder */
export async function makeProject(bin, project, revisions) {
  mkdirSync(project);
  run([process.execPath, bin, 'init'], project);
  const { renderRevision } = await import(pathToFileURL(join(dirname(bin), 'revision', 'template.js')).href);
  for (let at = 0; at < revisions; at++) {
    const table = tableOf(at);
    const text = renderRevision({
      revision: idOf(at),
      downRevision: at === 0 ? null : idOf(at - 1),
      message: `create table ${table}`,
      createDate: dateOf(at),
      body: `  await op.execute(\`${createTable(at)}\`);`,
    });
    writeFileSync(join(project, 'versions', `${idOf(at)}_create_table_${table}.ts`), text);
  }
  return project;
}

/** When revision n of a chain was made: a minute after the one before. */
export function dateOf(number) {
  return new Date(Date.UTC(2026, 0, 1, 0, number));
}
