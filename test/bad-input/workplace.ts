import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { torale } from '../support/cli.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';

export const TABLE = { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer PRIMARY KEY, x text)');` };

/** A folder with two revisions, and a SQLite database beside them that does not exist yet. */
export function workplace(): { folder: string; db: string; args: string[] } {
  const folder = temporaryFolder();
  writeVersions([TABLE, { id: 'b2' }], join(folder, 'versions'));
  return { folder, db: join(folder, 'app.db'), args: ['--url', 'sqlite:./app.db'] };
}

/** The same with the first revision applied. */
export async function made(
  options: { user?: { uid: number; gid: number } | undefined } = {},
): Promise<ReturnType<typeof workplace>> {
  const place = workplace();
  if (options.user !== undefined) chmodSync(place.folder, 0o777);
  expect((await torale(['upgrade', 'a1', ...place.args], { cwd: place.folder, ...options })).code).toBe(0);
  return place;
}
