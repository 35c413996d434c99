import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/names.ts';
import { current, upgrade } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

describeOn(DIALECTS, "the layout of Torale's tables", (dialect) => {
  const versions = (): string => writeVersions([{ id: 'a1' }, { id: 'b2' }]);

  test('of an older Torale is read as it is, and migrated by what writes', async () => {
    const { url, query } = await freshDatabase(dialect);
    const folder = versions();
    await upgrade({ url, versions: folder, revision: 'a1' });
    await query('ALTER TABLE torale_journal DROP COLUMN fingerprint');
    await query('UPDATE torale_layout SET version = 1, compatible = 1');
    expect((await current({ url, versions: folder })).state).toBe('behind');
    expect(Number((await query('SELECT version FROM torale_layout'))[0]!['version'])).toBe(1);
    await upgrade({ url, versions: folder });
    expect(Number((await query('SELECT version FROM torale_layout'))[0]!['version'])).toBe(2);
    expect(await query('SELECT fingerprint FROM torale_journal')).toEqual([]);
    expect((await query('SELECT revision FROM torale_history')).length).toBe(2);
  });

  test('of a newer Torale is worked with where it says that it can be, and refused otherwise', async () => {
    const { url, query } = await freshDatabase(dialect);
    const folder = versions();
    await upgrade({ url, versions: folder, revision: 'a1' });
    await query('UPDATE torale_layout SET version = 99, compatible = 2');
    expect((await upgrade({ url, versions: folder })).heads).toEqual(['b2']);
    await query('UPDATE torale_layout SET compatible = 99');
    await expect(current({ url, versions: folder })).rejects.toMatchObject({ code: 'NEWER_LAYOUT', exitCode: 7 });
  });
});
