import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../../src/config/define.ts';
import { requireDatabase } from '../../src/config/load.ts';
import { workspace } from './workspace.ts';

const esm = "export default { role: 'x' };";

describe('the file', () => {
  test.each([
    ['torale.config.mjs', esm],
    ['torale.config.js', 'module.exports = { role: "x" };'],
    ['torale.config.cjs', 'exports.__esModule = true; exports.default = { role: "x" };'],
    ['torale.config.json', '\uFEFF{"role":"x"}'],
    ['package.json', '{"torale":{"role":"x"}}'],
    ['torale.config.ts', "const role: string = 'x';\nexport default { role };"],
    ['torale.config.mts', "export default { role: 'x' as const };"],
    ['torale.config.ts', "enum Role { A = 'x' }\nexport default { role: Role.A };"],
  ])('%s with %s', async (name, content) => {
    const { load, folder } = workspace({ [name]: content });
    const { config, file, origins } = await load();
    expect(config.role).toBe('x');
    expect(file).toBe(join(folder, name));
    expect(origins.role).toBe(name === 'package.json' ? 'package.json#torale' : name);
  });

  // Vitest transforms what it imports: this one is read by Node itself.
  test.each([
    ['erasable', "export default { role: 'x' satisfies string };"],
    ['not erasable', "enum Role { A = 'x' }\nexport default { role: Role.A };"],
  ])('TypeScript that is %s loads in plain Node', (_, content) => {
    const { folder } = workspace({ 'torale.config.ts': content });
    const load = join(import.meta.dirname, '../../src/config/load.ts');
    const script = `const { loadConfig } = await import(${JSON.stringify(load)});
      const { config } = await loadConfig({ cwd: ${JSON.stringify(folder)}, env: {}, isTerminal: false });
      process.stdout.write(config.role);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(output).toBe('x');
  });

  test('is looked up from the working folder upwards', async () => {
    const { load, folder } = workspace({
      'torale.config.json': { role: 'top', versions: 'migrations', url: 'sqlite:./x.db', target: 'schema.sql' },
      'a/package.json': { name: 'a', dependencies: { torale: '1' } },
      'a/b/c/x': '',
      'other/torale.config.json': { role: 'other' },
    });
    const { config, file, origins } = await load({ cwd: 'a/b/c' });
    expect(file).toBe(join(folder, 'torale.config.json'));
    expect(config).toMatchObject({
      role: 'top',
      versions: [join(folder, 'migrations')],
      database: { path: join(folder, 'x.db'), display: `sqlite:${join(folder, 'x.db')}` },
      target: 'schema.sql',
      targetBase: folder,
    });
    expect(origins.role).toBe('../../../torale.config.json');
    expect((await load({ cwd: 'other' })).config).toMatchObject({
      role: 'other',
      versions: [join(folder, 'other/versions')],
    });
  });

  test('relative paths of flags and variables count from the working folder', async () => {
    const { load, folder } = workspace({ 'torale.config.json': {}, 'sub/x': '' });
    const env = { DATABASE_URL: 'sqlite:./x.db', TORALE_TARGET: 't.sql' };
    const { config } = await load({ cwd: 'sub', env, flags: { versions: ['v', '/w'] } });
    expect(config).toMatchObject({
      database: { path: join(folder, 'sub/x.db'), display: 'sqlite:./x.db' },
      versions: [join(folder, 'sub/v'), '/w'],
      targetBase: join(folder, 'sub'),
    });
  });

  test('can be named', async () => {
    const { load } = workspace({
      'torale.config.json': { role: 'found' },
      'conf/other.mjs': esm,
      'conf/package.json': { torale: { role: 'package' } },
    });
    expect((await load({ flags: { config: 'conf/other.mjs' } })).config.role).toBe('x');
    expect((await load({ env: { TORALE_CONFIG: 'conf/package.json' } })).origins.role).toBe('conf/package.json#torale');
  });

  test.each<[string, Record<string, string | object>, object, string, string]>([
    [
      'two in a folder',
      { 'torale.config.mjs': esm, 'torale.config.json': {} },
      {},
      'CONFIG_INVALID',
      'torale.config.mjs and torale.config.json',
    ],
    [
      'two with package.json',
      { 'torale.config.mjs': esm, 'package.json': { torale: {} } },
      {},
      'CONFIG_INVALID',
      'torale.config.mjs and package.json#torale',
    ],
    ['named, missing', {}, { config: 'x.mjs' }, 'CONFIG_UNREADABLE', "Cannot read 'x.mjs': there is no such file."],
    ['named, of no known kind', { 'x.yaml': '' }, { config: 'x.yaml' }, 'CONFIG_INVALID', 'x.yaml: this kind of file'],
    [
      'named, no torale key',
      { 'package.json': {} },
      { config: 'package.json' },
      'CONFIG_INVALID',
      'package.json#torale',
    ],
    ['no default export', { 'torale.config.mjs': 'export const url = 1;' }, {}, 'CONFIG_INVALID', 'no default export'],
    ['not an object', { 'torale.config.mjs': 'export default [];' }, {}, 'CONFIG_INVALID', 'must be an object'],
    [
      'broken JSON',
      { 'torale.config.json': '{"url": "s3cretPW" x}' },
      {},
      'CONFIG_UNREADABLE',
      'torale.config.json is not valid JSON',
    ],
    [
      'broken package.json',
      { 'package.json': '{"torale": {"url": s3cretPW}}' },
      {},
      'CONFIG_UNREADABLE',
      'is not valid JSON',
    ],
    [
      'syntax error',
      { 'torale.config.mjs': "export default { url: 'postgres://u:s3cretPW@h };" },
      {},
      'CONFIG_UNREADABLE',
      'Cannot load torale.config.mjs',
    ],
    [
      'throws',
      { 'torale.config.mjs': "throw new Error('no postgres://u:s3cretPW@h/d');" },
      {},
      'CONFIG_UNREADABLE',
      'no postgres://u:***@h/d.',
    ],
    [
      'missing import',
      { 'torale.config.mjs': "import 'nowhere-to-be-found'; export default {};" },
      {},
      'CONFIG_UNREADABLE',
      'nowhere-to-be-found',
    ],
  ])('%s is refused', async (_, files, flags, code, message) => {
    const { failure } = workspace(files);
    const error = await failure({ flags });
    expect([error.code, error.exitCode]).toEqual([code, 2]);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3cretPW');
  });
});

describe('its keys', () => {
  test.each<[object, string, string?]>([
    [{ verions: 'x' }, "unknown key 'verions'", "Did you mean 'versions'?"],
    [{ zzz: 1 }, "unknown key 'zzz'", 'Known are: url,'],
    [{ environments: { a: { urll: 'x' } } }, "unknown key 'environments.a.urll'", "'url'"],
    [{ environments: { a: { environments: {} } } }, "unknown key 'environments.a.environments'"],
    [{ environments: [] }, "'environments' must be an object"],
    [{ environments: { a: 'x' } }, "'environments.a' must be an object"],
    [{ url: 5 }, "'url' must be a text"],
    [{ url: '' }, "'url' must be a text"],
    [{ password: ['s3cretPW'] }, "'password' must be a text."],
    [{ password: 'a', passwordFile: 'b' }, "both 'password' and 'passwordFile'"],
    [{ versions: [] }, "'versions' must be a folder or a list of folders"],
    [{ versions: [1] }, "'versions' must be a folder or a list of folders"],
    [{ versionTable: 'a.b' }, "'versionTable' must be a table's name without its schema; that is 'versionTableSchema'"],
    [{ role: 1 }, "'role' must be a text, not 1"],
    [{ searchPath: {} }, "'searchPath' must be a name or a list of names."],
    [{ dialects: ['mariadb'] }, "'dialects' must be one or several of postgres, mysql, sqlite"],
    [{ lockTimeout: 'x' }, `'lockTimeout' must be a duration such as '60s'`],
    [{ wait: true }, "'wait' must be a duration"],
    [{ truncateSlugLength: 1.5 }, "'truncateSlugLength' must be a whole number above zero, not 1.5"],
    [{ development: 'true' }, `'development' must be true or false, not "true"`],
    [{ protected: null }, "'protected' must be true or false."],
    [{ target: { oracle: 'x' } }, "'target' must be a file"],
    [{ target: 5 }, "'target' must be a file"],
    [{ environments: { a: { wait: 'soon' } } }, "'environments.a.wait' must be a duration"],
    [JSON.parse('{"__proto__":{"url":"x"}}') as object, "unknown key '__proto__'"],
    [{ constructor: 1 }, "unknown key 'constructor'"],
  ])('%j is refused', async (content, message, hint) => {
    const { failure } = workspace({ 'torale.config.json': content });
    const error = await failure();
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(`torale.config.json: ${message}`);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  test('every one of them is read', async () => {
    const content = defineConfig({
      url: 'postgres://u@h/d',
      versions: ['a', 'b'],
      versionTableSchema: 'ops',
      searchPath: 'app',
      dialects: 'postgres',
      lockTimeout: 5,
      wait: '1m',
      truncateSlugLength: 10,
      development: true,
      protected: true,
      target: { postgres: ['a.sql', 'b.sql'], mariadb: 'm.sql' },
      scratchUrl: 'sqlite:s.db',
    });
    const { load, folder } = workspace({ 'torale.config.json': content });
    expect((await load()).config).toMatchObject({
      versions: [join(folder, 'a'), join(folder, 'b')],
      versionTableSchema: 'ops',
      searchPath: ['app'],
      dialects: ['postgres'],
      lockTimeoutMs: 5000,
      waitMs: 60_000,
      truncateSlugLength: 10,
      development: true,
      protected: true,
      target: { postgres: ['a.sql', 'b.sql'], mariadb: 'm.sql' },
      targetBase: folder,
      scratchUrls: [{ path: join(folder, 's.db') }],
    });
  });
});

describe('scratchUrl', () => {
  const postgres = 'postgres://localhost/scratch';
  const mysql = 'mysql://localhost/scratch';

  test.each<[string, object, Record<string, string>, string[]]>([
    ['one URL', { scratchUrl: postgres }, {}, ['postgres']],
    ['one for each dialect', { scratchUrl: { mysql, postgres } }, {}, ['mysql', 'postgres']],
    ['none', { scratchUrl: null }, {}, []],
    ['several in a variable', {}, { TORALE_SCRATCH_URL: `${postgres}  ${mysql}` }, ['postgres', 'mysql']],
    [
      'a variable instead of all in the file',
      { scratchUrl: { mysql } },
      { TORALE_SCRATCH_URL: postgres },
      ['postgres'],
    ],
    ['a blank in the name of a file', { scratchUrl: 'sqlite:./two words.db' }, {}, ['sqlite']],
  ])('%s', async (_, content, env, dialects) => {
    const { load } = workspace({ 'torale.config.json': content });
    expect((await load({ env })).config.scratchUrls.map(({ dialect }) => dialect)).toEqual(dialects);
  });

  test.each<[object, RegExp]>([
    [{ scratchUrl: { postgres: mysql } }, /scratchUrl\.postgres is the URL of a mysql database/],
    [{ scratchUrl: `${postgres} ${postgres}` }, /two servers/],
    [{ scratchUrl: {} }, /must be a URL, or one for each of postgres, mysql, sqlite/],
    [{ scratchUrl: { mariadb: mysql } }, /must be a URL, or one for each/],
    [{ scratchUrl: [postgres] }, /must be a URL/],
  ])('%j is refused', async (content, message) => {
    const error = await workspace({ 'torale.config.json': content }).failure();
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    expect(error.message).toMatch(message);
  });
});

describe('environments', () => {
  const files = {
    'torale.config.json': {
      url: 'sqlite:dev.db',
      role: 'dev',
      lockTimeout: '1s',
      environments: { staging: { url: 'sqlite:staging.db', role: null }, prod: { protected: true }, toString: {} },
    },
  };

  test('overlay the top of the file', async () => {
    const { load } = workspace(files);
    const { config, environment, environmentOrigin } = await load({ flags: { env: 'staging' } });
    expect(config).toMatchObject({ database: { display: 'sqlite:./staging.db' }, role: null, lockTimeoutMs: 1000 });
    expect([environment, environmentOrigin]).toEqual(['staging', 'flag --env']);
    const prod = await load({ env: { TORALE_ENV: 'prod' } });
    expect(prod.config).toMatchObject({ database: { display: 'sqlite:./dev.db' }, role: 'dev', protected: true });
    expect(prod.environmentOrigin).toBe('TORALE_ENV');
  });

  test('an unknown one names those that exist', async () => {
    const { failure } = workspace(files);
    const error = await failure({ flags: { env: 'stagin' } });
    expect(error.message).toBe("Unknown environment 'stagin'.");
    expect(error.hint).toBe("Did you mean 'staging'? Known are: staging, prod, toString.");
    expect((await failure({ flags: { env: 'constructor' } })).message).toBe("Unknown environment 'constructor'.");
    expect((await workspace({ 'torale.config.json': {} }).failure({ flags: { env: 'x' } })).hint).toContain(
      'has no environments',
    );
    expect((await workspace().failure({ flags: { env: 'x' } })).message).toContain('no configuration file');
  });
});

describe('the built-in database', () => {
  test('only on a terminal', async () => {
    const { load, folder } = workspace();
    const loaded = await load({ isTerminal: true });
    expect(loaded.config.database).toMatchObject({ path: join(folder, 'torale.db'), display: 'sqlite:./torale.db' });
    expect(requireDatabase(loaded)).toBe(loaded.config.database);
    const silent = await load();
    expect(silent.config.database).toBeNull();
    expect(() => requireDatabase(silent)).toThrow(expect.objectContaining({ code: 'NO_DATABASE', exitCode: 2 }));
  });

  test('or where a configuration names it; one that does not is not enough', async () => {
    const named = workspace({ 'package.json': { torale: { url: 'sqlite:./torale.db' } } });
    expect((await named.load()).config.database).toMatchObject({ display: 'sqlite:./torale.db' });
    const unnamed = workspace({ 'torale.config.json': { versions: 'migrations' }, 'sub/x': '' });
    expect((await unnamed.load()).config.database).toBeNull();
    const { config } = await unnamed.load({ isTerminal: true, cwd: 'sub' });
    expect(config.database).toMatchObject({ path: join(unnamed.folder, 'torale.db') });
  });

  test('never in place of an environment that names none', async () => {
    const { load } = workspace({ 'torale.config.json': { environments: { prod: {} } } });
    const loaded = await load({ isTerminal: true, flags: { env: 'prod' } });
    expect(() => requireDatabase(loaded)).toThrow("The environment 'prod' names no database.");
  });
});
