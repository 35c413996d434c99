import { expect, test } from 'vitest';
import { inspect } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';
import { expectValid } from '../cli/schemas.ts';

describeOn(['postgres'], 'inspect', () => {
  test('a database', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE SCHEMA app');
    const snapshot = await inspect({ url });
    expectValid('inspect', snapshot);
    expect(snapshot).toMatchObject({ dialect: 'postgres', server: { flavor: 'postgres' } });
    expect(snapshot.objects).toContainEqual({ kind: 'schema', path: ['app'], definition: {} });
  });

  test('a revision, on a scratch database', async () => {
    const { url } = await freshDatabase('postgres');
    const versions = writeVersions([{ id: 'aaaa', body: "await op.execute('CREATE SCHEMA app');" }]);
    const { objects } = await inspect({ side: 'head', url, versions });
    expect(objects.map(({ kind, path }) => [kind, ...path])).toContainEqual(['schema', 'app']);
    expect(objects.filter(({ path }) => path.includes('torale_version'))).toEqual([]);
  });

  test('only some of it', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE SCHEMA app; CREATE SCHEMA other');
    const { objects } = await inspect({ url, include: ['schema:app'] });
    expect(objects.map(({ path }) => path)).toEqual([['app']]);
  });

  test('nothing named', async () => {
    await expect(inspect({})).rejects.toMatchObject({ code: 'NO_DATABASE' });
  });
});
