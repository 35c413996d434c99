import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { check, current, stamp, ToraleError, upgrade, type ToraleEvent } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { silentPort } from '../support/nearby.ts';
import { writeVersions } from '../support/revisions.ts';
import { CANARY, ENCODED, expectNoSecret } from './canary.ts';

/** All that a caller, a logger or a crash of Node could print of an error. */
function expectClean(error: unknown): void {
  expect(error).toBeInstanceOf(ToraleError);
  const { message, hint, data, stack } = error as ToraleError;
  expectNoSecret([message, hint, stack, JSON.stringify(data), JSON.stringify(error), String(error)].join('\n'));
  expectNoSecret(inspect(error, { depth: Infinity, showHidden: true }));
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expectNoSecret(`${cause.message}\n${cause.stack}`);
    for (const name of Object.getOwnPropertyNames(cause)) {
      expectNoSecret(inspect((cause as unknown as Record<string, unknown>)[name], { depth: 8 }));
    }
  }
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}

const versions = (): string => writeVersions([{ id: 'a1' }]);

describe('an error of the library holds no password', () => {
  test.each([
    `postgres://app:${ENCODED}@127.0.0.1:1/app`,
    `postgres://app@127.0.0.1:1/app?password=${ENCODED}`,
    `mysql://app:${ENCODED}@127.0.0.1:1/app`,
    `postgres://app:${ENCODED}@torale.invalid/app`,
    `postgres://app:${ENCODED}@127.0.0.1:1/app?nope=1`,
    `postgrse://app:${ENCODED}@127.0.0.1:1/app`,
    `postgres://app:${CANARY}a@b/${CANARY}@127.0.0.1:1/app`,
    `app:${ENCODED}@127.0.0.1:1/app`,
  ])('%#', async (url) => {
    const events: ToraleEvent[] = [];
    const options = { url, versions: versions(), wait: '400ms', onEvent: (event: ToraleEvent) => events.push(event) };
    const calls = [upgrade(options), current(options), stamp({ ...options, revision: 'head' }), check(options)];
    for (const error of await Promise.all(calls.map(failureOf))) expectClean(error);
    expectNoSecret(inspect(events, { depth: Infinity }));
  });

  test('when nobody answers', async () => {
    const url = `mysql://app:${ENCODED}@127.0.0.1:${await silentPort()}/app`;
    expectClean(await failureOf(current({ url, versions: versions(), connectTimeout: '500ms' })));
  });

  test('whatever a revision throws, on any level', async () => {
    const { url } = await freshDatabase('sqlite');
    const secret = JSON.stringify(`postgres://app:${ENCODED}@db/app`);
    for (const body of [
      `throw new Error(${secret});`,
      `throw new Error('outer', { cause: new Error(${secret}) });`,
      `throw Object.assign(new Error('outer'), { config: { url: ${secret} } });`,
      `throw new AggregateError([new Error(${secret})], 'several');`,
      `throw ${secret};`,
      `await op.execute("ALTER ROLE x PASSWORD '${CANARY}'");`,
      `await op.knex.raw("ALTER ROLE x PASSWORD '${CANARY}'");`,
      `op.log(${secret}); throw new Error('stop');`,
    ]) {
      const events: ToraleEvent[] = [];
      const failing = writeVersions([{ id: 'a1', body }]);
      const error = await failureOf(upgrade({ url, versions: failing, onEvent: (event) => events.push(event) }));
      expectNoSecret(inspect(events, { depth: Infinity }));
      expectClean(error);
    }
  });

  test('and is the very error thrown where there is none', async () => {
    const { url } = await freshDatabase('sqlite');
    class Mine extends Error {}
    const mine = new Mine('plain');
    const revisions = [{ revision: 'a1', downRevision: null, upgrade: () => Promise.reject(mine) }];
    const error = (await failureOf(upgrade({ url, revisions }))) as ToraleError;
    expect(error.cause).toBe(mine);
  });
});

describeOn(['mysql'], 'a wrong password', () => {
  test('is not told back', async () => {
    const { url } = await freshDatabase('mysql');
    const wrong = Object.assign(new URL(url), { username: 'torale_nobody', password: ENCODED }).href;
    const error = await failureOf(current({ url: wrong, versions: versions() }));
    expect(error).toMatchObject({ code: 'DENIED', exitCode: 13 });
    expectClean(error);
  });
});
