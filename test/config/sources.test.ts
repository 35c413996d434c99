import { describe, expect, test } from 'vitest';
import { workspace } from './workspace.ts';

describe('precedence', () => {
  const layers = [
    { origin: 'flag --url', apply: { flags: { url: 'sqlite:flag.db' } } },
    { origin: 'torale.config.json environments.staging', apply: { flags: { env: 'staging' } } },
    { origin: 'TORALE_URL', apply: { env: { TORALE_URL: 'sqlite:variable.db' } } },
    { origin: 'DATABASE_URL', apply: { env: { DATABASE_URL: 'sqlite:database-url.db' } } },
    { origin: '.env TORALE_URL', apply: { dotenv: 'TORALE_URL=sqlite:dotenv.db' } },
    { origin: '.env DATABASE_URL', apply: { dotenv: 'DATABASE_URL=sqlite:dotenv-database-url.db' } },
    { origin: 'torale.config.json', apply: { top: { url: 'sqlite:file.db' } } },
    { origin: 'default', apply: { isTerminal: true } },
  ] as const;
  type Apply = {
    flags?: object;
    env?: Record<string, string>;
    dotenv?: string;
    top?: object;
    isTerminal?: boolean;
  };

  test.each(layers.map(({ origin }, index) => [origin, index] as const))(
    '%s beats all that come after it',
    async (origin, index) => {
      const applied: Apply[] = layers.slice(index).map(({ apply }) => apply);
      const pick = <K extends keyof Apply>(key: K) =>
        applied.map((apply) => apply[key]).filter((part) => part !== undefined);
      const { load } = workspace({
        'torale.config.json': Object.assign(
          { environments: { staging: { url: 'sqlite:staging.db' } } },
          ...pick('top'),
        ),
        '.env': pick('dotenv').join('\n'),
      });
      const loaded = await load({
        flags: Object.assign({}, ...pick('flags')),
        env: Object.assign({}, ...pick('env')),
        isTerminal: pick('isTerminal').length > 0,
      });
      expect(loaded.origins.url).toBe(origin);
    },
  );

  test('also for what is no secret', async () => {
    const { load } = workspace({
      'torale.config.json': { versionTable: 'file', role: 'file', environments: { prod: { role: 'prod' } } },
      '.env': 'TORALE_VERSION_TABLE=dotenv\nTORALE_ROLE=dotenv',
    });
    const env = { TORALE_VERSION_TABLE: 'variable', TORALE_ROLE: 'variable' };
    const table = async (options: object) => {
      const { config, origins } = await load(options);
      return [config.versionTable, origins.versionTable];
    };
    expect(await table({ env, flags: { versionTable: 'flag' } })).toEqual(['flag', 'flag --version-table']);
    expect(await table({ env })).toEqual(['variable', 'TORALE_VERSION_TABLE']);
    expect(await table({})).toEqual(['dotenv', '.env TORALE_VERSION_TABLE']);
    expect(await table({ flags: { noEnvFile: true } })).toEqual(['file', 'torale.config.json']);
    expect((await load({ env, flags: { env: 'prod' } })).config.role).toBe('prod');
    expect((await load({ env, flags: { env: 'prod', role: 'flag' } })).config.role).toBe('flag');
  });

  test('an environment ranks after the source that picks it', async () => {
    const { load } = workspace({
      'torale.config.json': { url: 'sqlite:file.db', environments: { staging: { url: 'sqlite:staging.db' } } },
      'by-file.env': 'TORALE_ENV=staging\nDATABASE_URL=sqlite:d.db',
      'by-file-too.env': 'TORALE_ENV=staging\nTORALE_URL=sqlite:t.db',
    });
    const url = async (env: Record<string, string>, flags = {}) => (await load({ env, flags })).origins.url;
    const staging = 'torale.config.json environments.staging';
    expect(await url({ TORALE_ENV: 'staging', DATABASE_URL: 'sqlite:d.db' })).toBe(staging);
    expect(await url({ TORALE_ENV: 'staging', TORALE_URL: 'sqlite:t.db' })).toBe('TORALE_URL');
    expect(await url({ TORALE_URL: 'sqlite:t.db' }, { env: 'staging' })).toBe(staging);
    expect(await url({}, { envFile: 'by-file.env' })).toBe(staging);
    expect(await url({}, { envFile: 'by-file-too.env' })).toBe('by-file-too.env TORALE_URL');
    expect(await url({ DATABASE_URL: 'sqlite:d.db' }, { envFile: 'by-file.env' })).toBe('DATABASE_URL');
  });
});

test('every setting can be said as a variable', async () => {
  const { load, folder } = workspace();
  const { config } = await load({
    env: {
      TORALE_URL: 'postgres://u@h/d',
      TORALE_PASSWORD: 's3cretPW',
      TORALE_VERSIONS: 'a:/b',
      TORALE_VERSION_TABLE: 'vt',
      TORALE_VERSION_TABLE_SCHEMA: 'vs',
      TORALE_ROLE: 'owner',
      TORALE_SEARCH_PATH: 'app, public',
      TORALE_DIALECTS: 'postgres,sqlite',
      TORALE_LOCK_TIMEOUT: '1m',
      TORALE_WAIT: '60',
      TORALE_CONNECT_TIMEOUT: '250ms',
      TORALE_FILE_TEMPLATE: '%(rev)s',
      TORALE_TRUNCATE_SLUG_LENGTH: '20',
      TORALE_DEVELOPMENT: 'true',
      TORALE_PROTECTED: '1',
      TORALE_BEFORE_UPGRADE: '["./backup", "a b"]',
      TORALE_TARGET: 'schema.sql',
      TORALE_SCRATCH_URL: 'sqlite::memory:',
    },
  });
  expect(config).toMatchObject({
    database: { user: 'u', password: 's3cretPW', connectTimeoutMs: 250 },
    versions: [`${folder}/a`, '/b'],
    versionTable: 'vt',
    versionTableSchema: 'vs',
    role: 'owner',
    searchPath: ['app', 'public'],
    dialects: ['postgres', 'sqlite'],
    lockTimeoutMs: 60_000,
    waitMs: 60_000,
    connectTimeoutMs: 250,
    fileTemplate: '%(rev)s',
    truncateSlugLength: 20,
    development: true,
    protected: true,
    beforeUpgrade: { argv: ['./backup', 'a b'], folder },
    target: 'schema.sql',
    targetBase: folder,
    scratchUrls: [{ dialect: 'sqlite', path: ':memory:' }],
  });
});

test('the defaults', async () => {
  const { load, folder } = workspace();
  const { config, origins, secrets, file, environment, warnings } = await load();
  expect(config).toEqual({
    database: null,
    versions: [`${folder}/versions`],
    versionTable: 'torale_version',
    versionTableSchema: null,
    role: null,
    searchPath: null,
    dialects: null,
    lock: 'auto',
    lockTimeoutMs: 600_000,
    statementLockTimeoutMs: 2000,
    statementLockBudgetMs: 900_000,
    statementTimeoutMs: 1_800_000,
    waitMs: 0,
    connectTimeoutMs: 5000,
    fileTemplate: '%(rev)s_%(slug)s',
    truncateSlugLength: 40,
    development: false,
    protected: false,
    beforeUpgrade: null,
    target: null,
    targetBase: folder,
    scratchUrls: [],
  });
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
  expect({ secrets, file, environment, warnings }).toEqual({
    secrets: [],
    file: null,
    environment: null,
    warnings: [],
  });
});

describe('.env', () => {
  test('is read as Node reads it, and never overrides', async () => {
    const { load } = workspace({ '.env': 'export DATABASE_URL="postgres://u:a#b@h/d" # remark\nPGSSLMODE=require\n' });
    const { config, origins } = await load({ env: { PGSSLMODE: 'disable' } });
    expect(config.database).toMatchObject({ password: 'a#b', sslMode: 'disable' });
    expect(origins.url).toBe('.env DATABASE_URL');
    expect((await load()).config.database).toMatchObject({ sslMode: 'require' });
  });

  test('only of the working folder', async () => {
    const { load } = workspace({ '.env': 'DATABASE_URL=sqlite:x.db', 'sub/x': '' });
    expect((await load()).config.database).not.toBeNull();
    expect((await load({ cwd: 'sub' })).config.database).toBeNull();
    expect((await load({ flags: { noEnvFile: true } })).config.database).toBeNull();
  });

  test('a folder of that name is not it', async () => {
    const { load } = workspace({ '.env/pyvenv.cfg': '' });
    expect((await load()).config.database).toBeNull();
  });

  test('one that is named must exist', async () => {
    const { load, failure } = workspace({ 'prod.env': 'DATABASE_URL=sqlite:x.db', '.env': 'TORALE_ROLE=x' });
    const { config, origins } = await load({ flags: { envFile: 'prod.env' } });
    expect([origins.url, config.role]).toEqual(['prod.env DATABASE_URL', null]);
    const error = await failure({ flags: { envFile: 'none.env' } });
    expect([error.code, error.message]).toEqual([
      'CONFIG_UNREADABLE',
      "Cannot read 'none.env': there is no such file.",
    ]);
  });
});

describe('secrets from files', () => {
  test.each([
    ['TORALE_URL_FILE', 'postgres://u:s3cretPW@h/d\n', {}],
    ['DATABASE_URL_FILE', 'postgres://u:s3cretPW@h/d\r\n', {}],
    ['TORALE_PASSWORD_FILE', 's3cretPW\n', { DATABASE_URL: 'postgres://u@h/d' }],
    ['PGPASSWORD_FILE', 's3cretPW', { DATABASE_URL: 'postgres://u@h/d' }],
  ])('%s', async (name, content, env) => {
    const { load, folder } = workspace({ secret: content });
    const relative = await load({ env: { ...env, [name]: 'secret' } });
    const absolute = await load({ env: { ...env, [name]: `${folder}/secret` } });
    for (const { config, secrets, origins } of [relative, absolute]) {
      expect(config.database).toMatchObject({ user: 'u', password: 's3cretPW' });
      expect(secrets).toEqual(['s3cretPW']);
      expect(origins.password).toBe(name);
    }
  });

  test('a password keeps its spaces and inner line breaks', async () => {
    const { load } = workspace({ secret: ' two words \n' });
    const env = { DATABASE_URL: 'mysql://u@h/d', TORALE_PASSWORD_FILE: 'secret' };
    expect((await load({ env })).config.database).toMatchObject({ password: ' two words ' });
  });

  test('TORALE_SCRATCH_URL_FILE, passwordFile and --password-file', async () => {
    const { load } = workspace({
      'conf/torale.config.json': { url: 'mysql://u@h/d', passwordFile: 'pw' },
      'conf/pw': 'fromFile',
      pw2: 'fromFlag',
      scratch: 'postgres://s:scratchPW@h/d',
    });
    const flags = { config: 'conf/torale.config.json' };
    const loaded = await load({ flags, env: { TORALE_SCRATCH_URL_FILE: 'scratch' } });
    expect(loaded.config.database).toMatchObject({ password: 'fromFile' });
    expect(loaded.origins.password).toBe('conf/torale.config.json passwordFile');
    expect(loaded.secrets).toEqual(['fromFile', 'scratchPW']);
    const flagged = await load({ flags: { ...flags, passwordFile: 'pw2' } });
    expect(flagged.config.database).toMatchObject({ password: 'fromFlag' });
  });

  test.each([
    [
      { DATABASE_URL: 'sqlite:x.db', DATABASE_URL_FILE: 'secret' },
      'CONFIG_INVALID',
      'Both DATABASE_URL and DATABASE_URL_FILE',
    ],
    [{ TORALE_URL_FILE: 'none' }, 'CONFIG_UNREADABLE', "'none', named by TORALE_URL_FILE"],
    [{ TORALE_URL_FILE: 'folder' }, 'CONFIG_UNREADABLE', 'it is a folder'],
    [{ TORALE_URL_FILE: 'empty' }, 'CONFIG_INVALID', "'empty', named by TORALE_URL_FILE, is empty"],
    [{ TORALE_URL_FILE: '' }, 'CONFIG_INVALID', 'TORALE_URL_FILE is empty'],
    [{ TORALE_URL_FILE: 'secret' }, 'URL_INVALID', 'TORALE_URL_FILE: The database URL has no scheme'],
  ])('%j is refused', async (env, code, message) => {
    const { failure } = workspace({ secret: 's3cretPW', empty: '\n', 'folder/x': '' });
    const error = await failure({ env });
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3cretPW');
  });

  test('what is overridden is not even read', async () => {
    const { load } = workspace();
    const env = { TORALE_URL_FILE: 'none', DATABASE_URL: '' };
    expect((await load({ env, flags: { url: 'sqlite:x.db' } })).origins.url).toBe('flag --url');
  });
});

describe('a password given apart', () => {
  test('yields only to the password in a URL of higher rank', async () => {
    const { load } = workspace({ 'torale.config.json': { url: 'mysql://u:inFile@h/d', password: 'apart' } });
    const password = async (env: Record<string, string>, flags = {}) => {
      const { config, origins } = await load({ env, flags });
      return [(config.database as { password?: string }).password, origins.password];
    };
    expect(await password({})).toEqual(['apart', 'torale.config.json']);
    expect(await password({ TORALE_PASSWORD: 'v' })).toEqual(['v', 'TORALE_PASSWORD']);
    expect(await password({ DATABASE_URL: 'mysql://u:own@h/d' })).toEqual(['own', 'DATABASE_URL']);
    expect(await password({ DATABASE_URL: 'mysql://u:own@h/d', TORALE_PASSWORD: 'v' })).toEqual([
      'v',
      'TORALE_PASSWORD',
    ]);
    const flags = { url: 'postgres://u:own@h/d' };
    expect(await password({ TORALE_PASSWORD: 'v', PGPASSWORD: 'pg' }, flags)).toEqual(['own', 'flag --url']);
  });

  test('PGPASSWORD comes last, for PostgreSQL only', async () => {
    const { load } = workspace();
    const env = { PGPASSWORD: 'pgPW' };
    const own = await load({ env: { ...env, DATABASE_URL: 'postgres://u@h/d' } });
    expect(own.config.database).toMatchObject({ password: 'pgPW' });
    expect([own.origins.password, own.secrets]).toEqual(['PGPASSWORD', ['pgPW']]);
    const apart = await load({ env: { ...env, DATABASE_URL: 'postgres://u@h/d', TORALE_PASSWORD: 'v' } });
    expect(apart.config.database).toMatchObject({ password: 'v' });
    const other = await load({ env: { ...env, DATABASE_URL: 'mysql://u@h/d' } });
    expect(other.config.database).toMatchObject({ password: undefined });
  });
});

test('the time to connect: URL and setting agree, the higher source decides', async () => {
  const { load } = workspace({ 'torale.config.json': { connectTimeout: '7s' } });
  const url = 'postgres://u@h/d?connect_timeout=3';
  const times = async (env: Record<string, string>) => {
    const { config, origins } = await load({ env });
    return [
      config.connectTimeoutMs,
      (config.database as { connectTimeoutMs?: number }).connectTimeoutMs,
      origins.connectTimeout,
    ];
  };
  expect(await times({ DATABASE_URL: url })).toEqual([3000, 3000, 'DATABASE_URL connect_timeout']);
  expect(await times({ DATABASE_URL: url, TORALE_CONNECT_TIMEOUT: '1s' })).toEqual([
    1000,
    1000,
    'TORALE_CONNECT_TIMEOUT',
  ]);
  expect(await times({ DATABASE_URL: 'postgres://u@h/d' })).toEqual([7000, 7000, 'torale.config.json']);
});

describe('wrong values', () => {
  test.each([
    [{ TORALE_URL: '' }, 'TORALE_URL is empty'],
    [{ DATABASE_URL: ' ' }, 'DATABASE_URL is empty'],
    [{ TORALE_ENV: '' }, 'TORALE_ENV is empty'],
    [{ TORALE_CONFIG: '' }, 'TORALE_CONFIG is empty'],
    [{ TORALE_ROLE: '' }, 'TORALE_ROLE is empty'],
    [
      { TORALE_LOCK_TIMEOUT: '10 minutes' },
      `TORALE_LOCK_TIMEOUT must be a duration such as '60s', '10m' or '1h30m', or a number of seconds, not "10 minutes"`,
    ],
    [{ TORALE_DEVELOPMENT: 'maybe' }, 'TORALE_DEVELOPMENT must be true or false, not "maybe"'],
    [{ TORALE_TRUNCATE_SLUG_LENGTH: '0' }, 'TORALE_TRUNCATE_SLUG_LENGTH must be a whole number above zero'],
    [{ TORALE_DIALECTS: 'postgres,oracle' }, 'TORALE_DIALECTS must be one or several of postgres, mysql, sqlite'],
    [{ TORALE_VERSION_TABLE: 'app.version' }, 'versionTableSchema'],
    [{ TORALE_ROLE: 'x', TORALE_WAIT: 'postgres://u:s3cretPW@h/d' }, 'TORALE_WAIT must be a duration'],
  ])('%j', async (env, message) => {
    const { failure } = workspace();
    const error = await failure({ env: env as Record<string, string> });
    expect([error.code, error.exitCode]).toEqual(['CONFIG_INVALID', 2]);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3cretPW');
  });

  test('flags are named as flags', async () => {
    const { failure } = workspace();
    expect((await failure({ flags: { lockTimeout: 'x' } })).message).toContain('--lock-timeout must be a duration');
    expect((await failure({ flags: { url: '' } })).message).toBe('--url is empty.');
    expect((await failure({ flags: { url: 'x.db' } })).message).toBe('flag --url: The database URL has no scheme.');
  });
});

test('mistyped variables are remarked on', async () => {
  const { load } = workspace({ '.env': 'TORALE_VERSOINS=x' });
  const { warnings } = await load({
    env: {
      TORALE_URLL: 'x',
      TORALE_TEST_URL: 'x',
      TORALE_TESTS: 'x',
      TORALE_LOG: 'x',
      TORALE_PASWORD_FILE: 's3cretPW',
      OTHER: 'x',
    },
  });
  expect(warnings).toEqual([
    "The variable TORALE_URLL is not read. Did you mean 'TORALE_URL'?",
    "The variable TORALE_PASWORD_FILE is not read. Did you mean 'TORALE_PASSWORD_FILE'?",
    "The variable TORALE_VERSOINS is not read. Did you mean 'TORALE_VERSIONS'?",
  ]);
});
