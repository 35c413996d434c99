import { expect, test } from 'vitest';
import { ToraleError, upgrade } from '../../src/index.ts';
import { writeVersions } from '../support/revisions.ts';

const TABLE = { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer PRIMARY KEY)');` };

test.each([
  ['null', { connection: null }],
  ['a string', { connection: 'postgres://app@db/app' }],
  ['an empty object', { connection: {} }],
  ['a function', { connection: () => undefined }],
  ['an object as knex', { knex: {} }],
  ['null as knex', { knex: null }],
  ['two databases', { connection: {}, url: 'sqlite::memory:' }],
  ['nothing', {}],
])('%s is no connection', async (_, options) => {
  const failure = upgrade({ ...(options as object), versions: writeVersions([TABLE]) });
  await expect(failure).rejects.toBeInstanceOf(ToraleError);
  await expect(failure).rejects.toMatchObject({ exitCode: 2 });
});

test('a pool or a Knex whose server is down says so in the words of Torale', async () => {
  const versions = writeVersions([TABLE]);
  const { default: pg } = await import('pg');
  const { default: mysql } = await import('mysql2');
  const { default: knexOf } = await import('knex');
  const pools = [new pg.Pool({ host: '127.0.0.1', port: 1 }), mysql.createPool({ host: '127.0.0.1', port: 1 })];
  for (const connection of pools) {
    await expect(upgrade({ connection, versions })).rejects.toMatchObject({ code: 'UNREACHABLE', exitCode: 3 });
  }
  const log = { warn: () => undefined, error: () => undefined };
  const knex = knexOf({ client: 'pg', connection: { host: '127.0.0.1', port: 1 }, log });
  await expect(upgrade({ knex, versions })).rejects.toMatchObject({ code: 'UNREACHABLE', exitCode: 3 });
  await knex.destroy();
});
