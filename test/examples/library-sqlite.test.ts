import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { query } from '../support/databases.ts';
import { temporaryFolder } from './folder.ts';

const APP = fileURLToPath(new URL('../../examples/library-sqlite/app.mjs', import.meta.url));

test('examples/library-sqlite upgrades its own database when it starts', async () => {
  const cwd = temporaryFolder();
  const app = (...args: string[]) => promisify(execFile)(process.execPath, [APP, ...args], { cwd });

  expect(await app('Buy milk')).toEqual({
    stdout: '[ ] Buy milk\n',
    stderr: 'upgraded: create notes\nupgraded: tick notes off\n',
  });
  expect(await app('Write tests')).toEqual({ stdout: '[ ] Buy milk\n[ ] Write tests\n', stderr: '' });

  const url = `sqlite:${join(cwd, 'notes.db')}`;
  expect(await query(url, 'SELECT version_num FROM torale_version')).toEqual([{ version_num: '0f2b8b7b3d34' }]);
});
