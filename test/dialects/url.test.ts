import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDatabaseUrl, parseDatabaseUrl } from '../../src/dialects/registry.ts';
import type { UrlContext } from '../../src/dialects/url-parts.ts';
import type { MysqlUrl, PostgresUrl, SqliteUrl } from '../../src/dialects/url.ts';
import { isToraleError, type ToraleError } from '../../src/errors.ts';

const base = '/srv/app';
const parse = (text: string, context: Partial<UrlContext> = {}) =>
  parseDatabaseUrl(text, { base, osUser: 'me', ...context });
const postgres = (text: string, context?: Partial<UrlContext>) => parse(text, context) as PostgresUrl;
const mysql = (text: string, context?: Partial<UrlContext>) => parse(text, context) as MysqlUrl;

function failure(text: string, context?: Partial<UrlContext>): ToraleError {
  try {
    parse(text, context);
  } catch (error) {
    if (isToraleError(error)) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}
const told = (error: unknown) => inspect(error, { depth: 10 }) + String((error as ToraleError).hint);

describe('SQLite', () => {
  test.each([
    ['sqlite:./x.db', '/srv/app/x.db', 'sqlite:./x.db'],
    ['sqlite:x.db', '/srv/app/x.db', 'sqlite:./x.db'],
    ['sqlite:data/x.db', '/srv/app/data/x.db', 'sqlite:./data/x.db'],
    ['sqlite:../x.db', '/srv/x.db', 'sqlite:/srv/x.db'],
    ['sqlite:/abs/x.db', '/abs/x.db', 'sqlite:/abs/x.db'],
    ['sqlite:///abs/x.db', '/abs/x.db', 'sqlite:/abs/x.db'],
    ['sqlite:////abs/x.db', '/abs/x.db', 'sqlite:/abs/x.db'],
    ['sqlite:///./rel.db', '/srv/app/rel.db', 'sqlite:./rel.db'],
    ['sqlite:///../rel.db', '/srv/rel.db', 'sqlite:/srv/rel.db'],
    ['sqlite://./rel.db', '/srv/app/rel.db', 'sqlite:./rel.db'],
    ['sqlite://rel.db', '/srv/app/rel.db', 'sqlite:./rel.db'],
    ['sqlite+aiosqlite:///abs/x.db', '/abs/x.db', 'sqlite:/abs/x.db'],
    ['SQLite:./x.db', '/srv/app/x.db', 'sqlite:./x.db'],
    ['sqlite::memory:', ':memory:', 'sqlite::memory:'],
    ['sqlite://:memory:', ':memory:', 'sqlite::memory:'],
    ['sqlite:///:memory:', ':memory:', 'sqlite::memory:'],
    [String.raw`sqlite:C:\x.db`, String.raw`C:\x.db`, String.raw`sqlite:C:\x.db`],
    ['sqlite:///C:/x.db', 'C:/x.db', 'sqlite:C:/x.db'],
    ['sqlite:./a%20b.db', '/srv/app/a b.db', 'sqlite:./a b.db'],
    ['sqlite:./50%.db', '/srv/app/50%.db', 'sqlite:./50%.db'],
    ['sqlite:./a#b.db', '/srv/app/a#b.db', 'sqlite:./a#b.db'],
    ['sqlite:./why%3F.db', '/srv/app/why?.db', 'sqlite:./why%3F.db'],
    ['sqlite:./a%2541.db', '/srv/app/a%41.db', 'sqlite:./a%2541.db'],
    ['  sqlite:./x.db\n', '/srv/app/x.db', 'sqlite:./x.db'],
  ])('%s', (text, path, display) => {
    expect(parse(text)).toEqual({ dialect: 'sqlite', path, display });
    expect((parse(display) as SqliteUrl).path).toBe(path);
  });

  test('is shown relative to the working folder, read from its own', () => {
    expect(parse('sqlite:./x.db', { cwd: '/srv' }).display).toBe('sqlite:./app/x.db');
    expect(parse('sqlite:./x.db', { cwd: '/srv/app/sub' }).display).toBe('sqlite:/srv/app/x.db');
  });

  test.each([
    ['sqlite:', 'names no file', 'sqlite::memory:'],
    ['sqlite://', 'names no file', 'sqlite::memory:'],
    ['sqlite:./', 'names a folder', 'sqlite:./app.db'],
    ['sqlite:.', 'names a folder', 'sqlite:./app.db'],
    ['sqlite:data/', 'names a folder', 'sqlite:./app.db'],
    ['sqlite:x.db?mode=ro', "'mode'", 'no parameters'],
    ['./x.db', 'has no scheme', 'sqlite:./x.db'],
    ['x.sqlite3', 'has no scheme', 'sqlite:x.sqlite3'],
    ['/abs/x', 'has no scheme', 'sqlite:/abs/x'],
    [String.raw`C:\x.db`, 'has no scheme', String.raw`sqlite:C:\x.db`],
    ['file:./x.db', "'file:'", 'sqlite:./app.db'],
    ['sqllite:./x.db', "'sqllite:'", "'sqlite:'"],
  ])('refuses %s', (text, message, hint) => {
    const error = failure(text);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

describe('PostgreSQL', () => {
  test('a plain URL has the defaults of libpq', () => {
    expect(parse('postgres://app:pw@db/shop')).toEqual({
      dialect: 'postgres',
      display: 'postgres://app@db:5432/shop',
      hosts: [{ host: 'db', port: 5432 }],
      user: 'app',
      password: 'pw',
      database: 'shop',
      sslMode: 'prefer',
      sslRootCert: undefined,
      sslCert: undefined,
      sslKey: undefined,
      sslPassword: undefined,
      sslNegotiation: 'postgres',
      connectTimeoutMs: undefined,
      applicationName: undefined,
      targetSessionAttrs: undefined,
    });
  });

  const socket = [{ host: '/run/postgresql', port: 5432 }];
  test.each<[string, Partial<PostgresUrl>]>([
    ['postgresql://db/shop', { user: 'me', database: 'shop', display: 'postgres://me@db:5432/shop' }],
    ['postgresql+asyncpg://db/shop', { database: 'shop' }],
    ['postgres://', { hosts: [{ host: 'localhost', port: 5432 }], user: 'me', database: 'me' }],
    ['postgres://app@', { hosts: [{ host: 'localhost', port: 5432 }], user: 'app', database: 'app' }],
    ['postgres://app@db:6543', { hosts: [{ host: 'db', port: 6543 }] }],
    ['postgres://app@[::1]:5433/x', { hosts: [{ host: '::1', port: 5433 }], display: 'postgres://app@[::1]:5433/x' }],
    ['postgres://my_db-1.svc.local/x', { hosts: [{ host: 'my_db-1.svc.local', port: 5432 }] }],
    [
      'postgres://app@a,b:5433/x',
      {
        hosts: [
          { host: 'a', port: 5432 },
          { host: 'b', port: 5433 },
        ],
        display: 'postgres://app@a:5432,b:5433/x',
      },
    ],
    [
      'postgres:///x?host=a,b&port=6000',
      {
        hosts: [
          { host: 'a', port: 6000 },
          { host: 'b', port: 6000 },
        ],
      },
    ],
    ['postgres:///x?host=/run/postgresql', { hosts: socket, display: 'postgres://me@/x?host=/run/postgresql' }],
    ['postgres://app@%2Frun%2Fpostgresql/x', { hosts: socket }],
    ['postgres://app@%2Frun%2Fpostgresql:5433/x', { display: 'postgres://app@/x?host=/run/postgresql&port=5433' }],
    ['postgres:///?user=a&password=b&dbname=c&port=1', { user: 'a', password: 'b', database: 'c' }],
    ['postgres://u:p@h/d?user=other&dbname=e', { user: 'other', database: 'e' }],
    ['postgres://h/d?user=app@server', { user: 'app@server', display: 'postgres://app%40server@h:5432/d' }],
    ['postgres://app@server:pw@h/d', { user: 'app@server', password: 'pw' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  test.each<[string, Partial<PostgresUrl>]>([
    ['sslmode=disable', { sslMode: 'disable' }],
    ['sslmode=allow', { sslMode: 'allow' }],
    ['sslmode=require', { sslMode: 'require' }],
    ['sslmode=verify-ca&sslrootcert=ca.pem', { sslMode: 'verify-ca', sslRootCert: '/srv/app/ca.pem' }],
    ['sslmode=verify-full&sslrootcert=/ca.pem', { sslMode: 'verify-full', sslRootCert: '/ca.pem' }],
    ['sslrootcert=system', { sslMode: 'verify-full', sslRootCert: 'system' }],
    ['sslrootcert=ca.pem', { sslMode: 'prefer' }],
    [
      'sslcert=c.pem&sslkey=k.pem&sslpassword=pp',
      { sslCert: '/srv/app/c.pem', sslKey: '/srv/app/k.pem', sslPassword: 'pp' },
    ],
    ['sslmode=require&sslnegotiation=direct', { sslNegotiation: 'direct' }],
    ['connect_timeout=10', { connectTimeoutMs: 10_000 }],
    ['connect_timeout=1', { connectTimeoutMs: 2000 }],
    ['connect_timeout=0', { connectTimeoutMs: 0 }],
    ['connect_timeout=-1', { connectTimeoutMs: 0 }],
    ['application_name=my%20app', { applicationName: 'my app' }],
    ['fallback_application_name=x', { applicationName: 'x' }],
    ['target_session_attrs=read-write', { targetSessionAttrs: 'read-write' }],
    ['target_session_attrs=primary', { targetSessionAttrs: 'primary' }],
    ['sslmode=require&channel_binding=require', { channelBinding: 'require' }],
    ['pgbouncer=true', { pooled: true }],
    ['client_encoding=UTF-8', {}],
    ['gssencmode=disable&load_balance_hosts=disable', {}],
  ])('?%s', (query, expected) => {
    expect(parse(`postgres://h/d?${query}`)).toMatchObject(expected);
  });

  test.each([
    ['sslmod=require', "'sslmod'", "'sslmode'"],
    ['aplication_name=x', "'aplication_name'", "'application_name'"],
    ['sslmode=requird', "'requird'", "'require'"],
    ['sslmode=no-verify', 'no-verify', 'sslmode=require'],
    ['sslmode=require&sslmode=disable', "'sslmode' twice", ''],
    ['sslmode=', "'sslmode'", ''],
    ['sslmode', "'sslmode'", ''],
    ['sslmode=require&sslrootcert=system', 'too weak', 'verify-full'],
    ['sslnegotiation=direct', 'too weak', 'sslmode=require'],
    ['schema=app', "'schema'", 'searchPath'],
    ['options=-csearch_path%3Dapp', "'options'", 'searchPath'],
    ['ssl=true', "'ssl'", 'sslmode=require'],
    ['connection_limit=5', "'connection_limit'", 'Leave it out'],
    ['sslcrl=x', "'sslcrl'", 'does not support'],
    ['hello=1', "'hello'", 'Known are'],
    ['__proto__=1', "'__proto__'", 'Known are'],
    ['constructor=1', "'constructor'", ''],
    ['connect_timeout=10s', 'whole number of seconds', ''],
    ['target_session_attrs=standby', 'cannot be written', 'primary'],
    ['gssencmode=require', 'gssencmode', ''],
    ['client_encoding=latin1', 'client_encoding', ''],
    ['port=1,2', '1 hosts, but 2 ports', ''],
    ['port=x', 'port', ''],
    ['host=a,,b', 'no name', ''],
    ['a b', 'name=value', '%40'],
  ])('refuses ?%s', (query, message, hint) => {
    const error = failure(`postgres://h/d?${query}`);
    expect(error.code).toBe('URL_INVALID');
    expect(error.message).toContain(message);
    expect(error.hint ?? '').toContain(hint);
  });

  test.each([
    ['postgres:db', 'two slashes'],
    ['postgres://h:99999/d', 'port'],
    ['postgres://h:0/d', 'port'],
    ['postgres://a,,b/d', 'no name'],
    ['postgres://h o/d', 'host'],
    ['postgres://::1/d', 'host'],
    ['postgres://h/a/b', 'slash'],
    ['"postgres://h/d"', 'quotes'],
    ['postgres://h/d\nx', 'line break'],
    ['', 'empty'],
    ['postgres://u:%ff@h/d', 'UTF-8'],
    ['postgres://u:%00@h/d', 'NUL'],
  ])('refuses %s', (text, message) => {
    expect(failure(text).message).toContain(message);
  });

  test('libpq variables fill in what the URL leaves out, and nothing else', () => {
    const env = {
      PGHOST: '/run/pg',
      PGPORT: '6000',
      PGUSER: 'pu',
      PGPASSWORD: 'ppw',
      PGDATABASE: 'pd',
      PGSSLMODE: 'require',
      PGSSLROOTCERT: 'ca.pem',
      PGCONNECT_TIMEOUT: '7',
      PGAPPNAME: 'pa',
      PGOPTIONS: '-c x=y',
    };
    expect(postgres('postgres://', { env })).toMatchObject({
      hosts: [{ host: '/run/pg', port: 6000 }],
      user: 'pu',
      password: 'ppw',
      database: 'pd',
      sslMode: 'require',
      sslRootCert: '/srv/app/ca.pem',
      connectTimeoutMs: 7000,
      applicationName: 'pa',
    });
    expect(postgres('postgres://u:p@h:1/d?sslmode=disable&connect_timeout=9', { env })).toMatchObject({
      hosts: [{ host: 'h', port: 1 }],
      user: 'u',
      password: 'p',
      database: 'd',
      sslMode: 'disable',
      connectTimeoutMs: 9000,
    });
    expect(postgres('postgres://u@h', { env: { PGHOST: '', PGUSER: '' } })).toMatchObject({ user: 'u', database: 'u' });
    expect(mysql('mysql://', { env })).toMatchObject({ user: 'me', password: undefined, host: 'localhost' });
  });
});

describe('MySQL and MariaDB', () => {
  test('a plain URL has the defaults of the client', () => {
    expect(parse('mysql://app:pw@db/shop')).toEqual({
      dialect: 'mysql',
      display: 'mysql://app@db:3306/shop',
      host: 'db',
      port: 3306,
      socketPath: undefined,
      user: 'app',
      password: 'pw',
      database: 'shop',
      sslMode: 'PREFERRED',
      sslCa: undefined,
      sslCert: undefined,
      sslKey: undefined,
      connectTimeoutMs: undefined,
      charset: undefined,
    });
  });

  test.each<[string, Partial<MysqlUrl>]>([
    ['mariadb://app@db:3307/shop', { port: 3307, display: 'mariadb://app@db:3307/shop' }],
    ['mysql+pymysql://app@db/shop', { host: 'db' }],
    ['mysql://db', { database: undefined, user: 'me' }],
    ['mysql:///shop', { host: 'localhost', database: 'shop' }],
    ['mysql://h/d?ssl-mode=REQUIRED', { sslMode: 'REQUIRED' }],
    ['mysql://h/d?ssl-mode=verify_identity', { sslMode: 'VERIFY_IDENTITY' }],
    ['mysql://h/d?ssl-mode=verify-ca&ssl-ca=ca.pem', { sslMode: 'VERIFY_CA', sslCa: '/srv/app/ca.pem' }],
    ['mysql://h/d?ssl-ca=ca.pem', { sslMode: 'VERIFY_CA' }],
    ['mysql://h/d?ssl-mode=required&ssl-ca=ca.pem', { sslMode: 'REQUIRED' }],
    ['mysql://h/d?ssl-cert=c&ssl-key=k', { sslCert: '/srv/app/c', sslKey: '/srv/app/k' }],
    ['mysql://h/d?connect_timeout=3', { connectTimeoutMs: 3000 }],
    ['mysql://h/d?connect-timeout=3&charset=utf8mb4', { connectTimeoutMs: 3000, charset: 'utf8mb4' }],
    [
      'mysql:///d?socket=/run/m.sock',
      { socketPath: '/run/m.sock', display: 'mysql://me@localhost/d?socket=/run/m.sock' },
    ],
    ['mysql://app@%2Frun%2Fm.sock/d', { socketPath: '/run/m.sock', host: 'localhost' }],
    ['mysql://[::1]/d', { host: '::1', display: 'mysql://me@[::1]:3306/d' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  test.each([
    ['sslmode=require', "'sslmode'", 'ssl-mode'],
    ['ssl_mode=REQUIRED', "'ssl_mode'", "'ssl-mode'"],
    ['sslMode=REQUIRED', "'sslMode'", "'ssl-mode'"],
    ['ssl=true', "'ssl'", 'ssl-mode=REQUIRED'],
    ['ssl-mode=REQUIRE', "'REQUIRE'", "'REQUIRED'"],
    ['socketPath=/x', "'socketPath'", 'socket='],
    ['unix_socket=/x', "'unix_socket'", 'socket='],
    ['connect-timeout=1&connect_timeout=2', 'twice', ''],
    ['charset=a%20b', 'charset', ''],
    ['connection_limit=1', "'connection_limit'", 'Leave it out'],
  ])('refuses ?%s', (query, message, hint) => {
    const error = failure(`mysql://h/d?${query}`);
    expect(error.code).toBe('URL_INVALID');
    expect(error.message.toLowerCase()).toContain(message.toLowerCase());
    expect(error.hint ?? '').toContain(hint);
  });

  test('names one host', () => {
    expect(failure('mysql://a,b/d').message).toContain('one host');
  });
});

describe('schemes', () => {
  test.each([
    ['libsql://x.turso.io', 'HTTP'],
    ['https://x.example/db', 'HTTP'],
    ['http://x.example/db', 'HTTP'],
    ['d1:x', 'HTTP'],
    ['prisma+postgres://accelerate.example/?api_key=s3cretPW', 'proxy'],
    ['mongodb+srv://u:s3cretPW@x/y', 'not a database that Torale'],
    ['mssql://x', 'not a database that Torale'],
    ['oracle://x', 'not a database that Torale'],
    ['cockroachdb://x', 'protocol of PostgreSQL'],
    ['postgre://u:s3cretPW@h/d', 'unknown scheme'],
    ['toString://x', 'unknown scheme'],
  ])('%s cannot work', (text, reason) => {
    const error = failure(text);
    expect(error.code).toBe('URL_UNSUPPORTED');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(reason);
    expect(told(error)).not.toContain('s3cretPW');
  });

  test('the nearest one is named', () => {
    expect(failure('postgress://h/d').hint).toContain("'postgres:'");
    expect(failure('db://h/d').hint).toContain('Known are');
    expect(failure('jdbc:postgresql://h/d').hint).toContain('jdbc');
  });

  test.each([
    ['postgres://h/d', true],
    ['sqlite:x.db', true],
    ['mariadb+x://h', true],
    ['schema.sql', false],
    ['3f9c1a7be204', false],
    ['https://x', false],
  ])('isDatabaseUrl(%s) is %s', (text, is) => {
    expect(isDatabaseUrl(text)).toBe(is);
  });
});

describe('passwords', () => {
  test.each([
    ['p@ss', 'postgres://u:p@ss@h/d'],
    ['p:ss', 'postgres://u:p:ss@h/d'],
    ['p#ss', 'postgres://u:p#ss@h/d'],
    ['p/ss', 'postgres://u:p/ss@h/d'],
    ['p?ss', 'postgres://u:p?ss@h/d'],
    ['p?s/s', 'postgres://u:p?s/s@h:1234/d?sslmode=disable'],
    ['50%off!', 'postgres://u:50%off!@h/d'],
    ['100%', 'postgres://u:100%@h/d'],
    ['a+b', 'postgres://u:a+b@h/d'],
    ['p@s:s/w?#', 'postgres://u:p%40s%3As%2Fw%3F%23@h/d'],
    ['pä', 'postgres://u:pä@h/d'],
  ])('%s is understood', (password, text) => {
    expect(postgres(text)).toMatchObject({ user: 'u', password, database: 'd' });
    expect(postgres(text).hosts[0]!.host).toBe('h');
    const changed = mysql(text.replace('postgres', 'mysql').replace('sslmode=disable', 'ssl-mode=disabled'));
    expect(changed).toMatchObject({ user: 'u', password, host: 'h', database: 'd' });
  });

  test.each([
    'postgres://u:s3cret@x/s3cretPW@h/d',
    'postgres://u:s3cretPW/x@h/d?user=a@b',
    'postgres://u:s3cretPW@x?y@h/d',
    'postgres://u:s3cretPW@x?sslmode=y@h/d',
    'postgres://u:s3cretPW%zz%41@h/d',
    'postgres://u:12/s3cretPW@h/d',
    'postgres://u:12?s3cretPW@h/d',
    'postgres://u:s3cretPW',
    'postgres://u:s3cretPW/db',
    'postgres://u:s3cretPW@h:s3cretPW/db',
    'postgres://h/d?password=a&s3cretPW',
    'postgres://h/d?password=a&s3cretPW=x',
    'postgres://h/d?pasword=s3cretPW',
    'postgres:u:s3cretPW@h/d',
    'u:s3cretPW@h/d',
    'u:s3cretPW',
    's3cretPW@h/d',
    'postgres//u:s3cretPW@h/d',
    "'postgres://u:s3cretPW@h/d'",
    'postgres://u:s3cretPW@h/d?sslmode=s3cretPW@',
    'mysql://u:s3cretPW@a,b/d',
  ])('%s is refused without a word of it', (text) => {
    const error = failure(text);
    expect(told(error)).not.toContain('s3cretPW');
    expect(JSON.stringify(error)).not.toContain('s3cretPW');
  });

  // Graphemes hold no lone surrogates, which cannot be percent-encoded.
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'));

  test('property: what is encoded comes back, and is never shown', () => {
    const schemes = fc.constantFrom('postgres', 'postgresql', 'mysql', 'mariadb');
    fc.assert(
      fc.property(schemes, name, name, name, (scheme, user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        const url = parse(`${scheme}://${u}:${p}@db.example:1234/${d}`);
        expect(url).toMatchObject({ user, password, database });
        const shown = parse(url.display);
        expect(shown).toMatchObject({ user, password: undefined, database, display: url.display });
      }),
    );
  });

  test('property: what is not encoded is understood or refused, never misread and never told', () => {
    const special = fc.constantFrom(
      '@',
      ':',
      '/',
      '?',
      '#',
      '%',
      '&',
      ',',
      '[',
      ']',
      '+',
      ' ',
      "'",
      '"',
      '\\',
      'ä',
      '1',
    );
    const password = fc
      .array(fc.oneof(special, fc.constantFrom('a', 'B', '9')), { minLength: 4, maxLength: 12 })
      .map((characters) => `Q${characters.join('')}Z`)
      // An escape is decoded whoever wrote it.
      .filter((text) => !/%[0-9a-f]{2}/i.test(text));
    const frame = fc.constantFrom(
      ['postgres://u:', '@h/d'],
      ['postgres://u:', '@h:5432,i/d?sslmode=disable'],
      ['mysql://u:', '@h'],
      ['postgres://u:', '@h:x/d'],
      ['postgres:u:', '@h/d'],
      ['', '@h/d'],
      ['u:', '@h/d'],
      ['postgre://u:', '@h/d'],
      ['mysql://u:', '@h/d?sslmode=1'],
      ['postgres://h/d?password=', '&sslmod=1'],
      ['"postgres://u:', '@h/d"'],
    );
    fc.assert(
      fc.property(frame, password, ([before, after], secret) => {
        try {
          const url = postgres(`${before}${secret}${after}`);
          expect(url.password).toBe(secret);
          expect(url.display).not.toContain(secret);
        } catch (error) {
          if (!isToraleError(error)) throw error;
          expect(told(error)).not.toContain(secret);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
