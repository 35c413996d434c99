import { expect, test } from 'vitest';
import { fromModules, type RevisionInput } from '../../src/revision/module.ts';
import { failure } from './failure.ts';

const upgrade = async (): Promise<number> => await Promise.resolve(42);
const first = { revision: 'a', downRevision: null, upgrade };

test('headers, and modules to run', async () => {
  const options = { foreignKeys: true };
  const { headers, load } = fromModules([
    first,
    { revision: 'b', down_revision: ['a'], branch_labels: 'x', depends_on: null, upgrade, options },
    { default: { revision: 'c', downRevision: 'b', dependsOn: ['a'], upgrade } },
  ]);
  expect(headers).toEqual([
    { revision: 'a', downRevision: null, branchLabels: null, dependsOn: null },
    { revision: 'b', downRevision: ['a'], branchLabels: 'x', dependsOn: null },
    { revision: 'c', downRevision: 'b', branchLabels: null, dependsOn: ['a'] },
  ]);
  expect(await (await load('c')).upgrade({})).toBe(42);
  expect(await load('b')).toEqual({ revision: 'b', upgrade, options });
  expect(await failure(() => load('d'))).toMatchObject({ code: 'UNKNOWN_REVISION' });
});

test.each([
  [{ ...first, revision: 1 }, 'HEADER_INVALID', /^revisions\[1\]: it exports no 'revision'/],
  [{ ...first, revision: '' }, 'HEADER_INVALID', /'revision'/],
  [{ revision: 'b', upgrade }, 'HEADER_INVALID', /no 'downRevision'/],
  [{ revision: 'b', downRevision: undefined, upgrade }, 'HEADER_INVALID', /no 'downRevision'/],
  [{ revision: 'b', downRevision: 2, upgrade }, 'HEADER_INVALID', /'downRevision' must be a string/],
  [{ revision: 'b', downRevision: ['a', 2], upgrade }, 'HEADER_INVALID', /'downRevision' must be a string/],
  [{ revision: 'b', downRevision: 'a', down_revision: 'a', upgrade }, 'HEADER_INVALID', /both given/],
  [{ revision: 'b', downRevision: 'a' }, 'REVISION_INVALID', /exports no 'upgrade'/],
  [{ revision: 'b', downRevision: 'a', upgrade: 1 }, 'REVISION_INVALID', /not a function/],
  [{ revision: 'b', downRevision: 'a', upgrade, options: [] }, 'REVISION_INVALID', /not an object/],
  [Promise.resolve(first), 'HEADER_INVALID', /a module is expected/],
  [async () => await Promise.resolve(first), 'HEADER_INVALID', /a module is expected/],
  [null, 'HEADER_INVALID', /'revision'/],
  ['b.ts', 'HEADER_INVALID', /'revision'/],
])('module %# is refused', async (input, code, message) => {
  const error = await failure(() => fromModules([first, input as unknown as RevisionInput]));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});
