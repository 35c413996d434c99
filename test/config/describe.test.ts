import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeConfig } from '../../src/config/describe.ts';
import { workspace } from './workspace.ts';

const CANARY = 's3cretPW';

test('each value with its origin', async () => {
  const { load, folder } = workspace({
    'torale.config.json': {
      url: `postgres://app:${CANARY}@db/shop`,
      versions: ['a', '/b'],
      lockTimeout: '90s',
      scratchUrl: `postgres://app:scratch-${CANARY}@db/x`,
      target: `postgres://app:target-${CANARY}@db/y`,
    },
  });
  const loaded = await load({ env: { TORALE_ROLE: 'owner' }, flags: { searchPath: 'app,public' } });
  expect(describeConfig(loaded, folder)).toEqual([
    { key: 'config', value: 'torale.config.json', origin: 'found' },
    { key: 'env', value: null, origin: 'default' },
    { key: 'url', value: 'postgres://app@db:5432/shop', origin: 'torale.config.json' },
    { key: 'password', value: '***', origin: 'torale.config.json' },
    { key: 'versions', value: ['a', '/b'], origin: 'torale.config.json' },
    { key: 'versionTable', value: 'torale_version', origin: 'default' },
    { key: 'versionTableSchema', value: null, origin: 'default' },
    { key: 'role', value: 'owner', origin: 'TORALE_ROLE' },
    { key: 'searchPath', value: ['app', 'public'], origin: 'flag --search-path' },
    { key: 'dialects', value: null, origin: 'default' },
    { key: 'target', value: 'postgres://app:***@db/y', origin: 'torale.config.json' },
    { key: 'scratchUrl', value: 'postgres://app@db:5432/x', origin: 'torale.config.json' },
    { key: 'lock', value: 'auto', origin: 'default' },
    { key: 'lockTimeout', value: '1m30s', origin: 'torale.config.json' },
    { key: 'statementLockTimeout', value: '2s', origin: 'default' },
    { key: 'statementLockBudget', value: '15m', origin: 'default' },
    { key: 'statementTimeout', value: '30m', origin: 'default' },
    { key: 'wait', value: '0s', origin: 'default' },
    { key: 'connectTimeout', value: '5s', origin: 'default' },
    { key: 'beforeUpgrade', value: null, origin: 'default' },
    { key: 'fileTemplate', value: '%(rev)s_%(slug)s', origin: 'default' },
    { key: 'truncateSlugLength', value: 40, origin: 'default' },
    { key: 'development', value: false, origin: 'default' },
    { key: 'protected', value: false, origin: 'default' },
  ]);
  expect(loaded.secrets).toEqual([CANARY, `scratch-${CANARY}`, `target-${CANARY}`]);
});

describe('no password is told', () => {
  const url = `postgres://app:${CANARY}@db/shop`;
  test.each<[Record<string, string>, object?]>([
    [{ DATABASE_URL: url }],
    [{ DATABASE_URL: `mysql://app:${encodeURIComponent(`${CANARY}/x`)}@db/shop` }],
    [{ DATABASE_URL: `${url}?sslpassword=${CANARY}2` }],
    [{ DATABASE_URL: 'postgres://app@db/shop', PGPASSWORD: CANARY }],
    [{ DATABASE_URL: 'postgres://app@db/shop', TORALE_PASSWORD: CANARY }],
    [{ DATABASE_URL: 'postgres://app@db/shop' }, { password: CANARY }],
    [{}, { url, target: { postgres: [url] }, scratchUrl: url }],
    [
      {},
      { url, scratchUrl: { postgres: `postgres://app:scratch-${CANARY}@db/x`, mysql: `mysql://app:${CANARY}2@db/x` } },
    ],
    [{ TORALE_SCRATCH_URL: `postgres://app:a-${CANARY}@db/x mysql://app:b-${CANARY}@db/x` }, { url }],
  ])('in what %j says', async (env, file = {}) => {
    const { load, folder } = workspace({ 'torale.config.json': file });
    const rows = describeConfig(await load({ env }), folder);
    expect(inspect(rows, { depth: 10 }) + JSON.stringify(rows)).not.toContain(CANARY);
    expect(rows.find(({ key }) => key === 'password')?.value).toBe('***');
  });

  test.each<[Record<string, string>, (object | string)?]>([
    [{ DATABASE_URL: `postgres://app:x@y/${CANARY}@db/shop` }],
    [{ DATABASE_URL: `${url}?sslmod=require` }],
    [{ DATABASE_URL: `${url}?password=a&password=${CANARY}` }],
    [{ DATABASE_URL: `http://app:${CANARY}@db` }],
    [{ DATABASE_URL: `'${url}'` }],
    [{ DATABASE_URL: CANARY }],
    [{ DATABASE_URL: url, DATABASE_URL_FILE: 'x' }],
    [{ DATABASE_URL: url, TORALE_LOCK_TIMEOUT: 'x' }],
    [{ TORALE_WAIT: url }],
    [{ TORALE_ENV: 'none', DATABASE_URL: url }],
    [{}, { url: `${url}?x=1` }],
    [{}, { url: [url] }],
    [{}, { password: [CANARY] }],
    [{}, { password: CANARY, passwordFile: CANARY.slice(0, 2) }],
    [{}, { url, zzz: 1 }],
    [{}, { url, target: `${url}?x=1` }],
    [{}, { url, scratchUrl: `postgres://${CANARY}` + `:${CANARY}@x:y/` }],
    [{}, { url, scratchUrl: { postgres: `postgres://${CANARY}` + `:${CANARY}@x:y/` } }],
    [{}, { url, scratchUrl: { mysql: url } }],
    [{}, { url, scratchUrl: { oracle: url } }],
    [{ TORALE_SCRATCH_URL: `${url} ${url}` }, { url }],
    [{}, `{"url": "${url}" oops}`],
    [{}, `{"url": ${CANARY}}`],
  ])('in the error for %j, %j', async (env, content = {}) => {
    const { failure } = workspace({ 'torale.config.json': content });
    const error = await failure({ env });
    expect(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error)).not.toContain(CANARY);
    expect(error.exitCode).toBe(2);
  });

  test.each([
    `export default { url: '${url} };`,
    `export default { url: ${CANARY} };`,
    `export default { url: '${url}', }}`,
    `throw new Error('${url}');`,
    `throw new Error('x', { cause: new Error('${CANARY}') });`,
    `JSON.parse('{"password": "${CANARY}" x}');`,
  ])('in the error for a module that cannot be loaded: %s', async (content) => {
    for (const name of ['torale.config.mjs', 'torale.config.ts']) {
      const { failure } = workspace({ [name]: content });
      const error = await failure();
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(CANARY);
    }
  });
});
