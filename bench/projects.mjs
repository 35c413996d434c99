// Folders as a user has them: what `torale init` writes, and a chain of revisions as `torale revision` writes them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTable, idOf, tableOf } from './baselines/work.mjs';
import { withoutForeign } from './measure.mjs';

/** Runs Torale for preparation; ends the benchmark where that fails. */
export function torale(bin, cwd, args, env = {}) {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    env: { ...withoutForeign(process.env), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`torale ${args.join(' ')} ended with ${status}:\n${stderr}`);
}

/** @returns {Promise<string>} the project's folder */
export async function makeProject(bin, folder, name, revisions) {
  const project = join(folder, name);
  mkdirSync(project);
  torale(bin, project, ['init']);
  const { renderRevision } = await import(pathToFileURL(join(dirname(bin), 'revision', 'template.js')).href);
  for (let at = 0; at < revisions; at++) {
    const table = tableOf(at);
    const text = renderRevision({
      revision: idOf(at),
      downRevision: at === 0 ? null : idOf(at - 1),
      message: `create table ${table}`,
      createDate: new Date(Date.UTC(2026, 0, 1, 0, at)),
      body: `  await op.execute(\`${createTable(at)}\`);`,
    });
    writeFileSync(join(project, 'versions', `${idOf(at)}_create_table_${table}.ts`), text);
  }
  return project;
}
