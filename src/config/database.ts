import { userInfo } from 'node:os';
import { parseDatabaseUrl } from '../dialects/registry.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { readVariable, type Variables } from './env-file.ts';
import type { SettingKey } from './schema.ts';
import type { Settings } from './sources.ts';

interface SaidUrl {
  readonly value: string;
  readonly origin: string;
  readonly base: string;
}

/** Reads a URL and says in an error where it was said. */
export function parseSaid({ value, origin, base }: SaidUrl, cwd: string, variables: Variables): DatabaseUrl {
  try {
    // The password of libpq's variables ranks below one of the configuration: `readDatabase` adds it.
    return parseDatabaseUrl(value, { base, cwd, env: { ...variables, PGPASSWORD: undefined }, osUser: osUser() });
  } catch (error) {
    if (!isToraleError(error)) throw error;
    const data = { ...error.data, origin };
    throw new ToraleError(error.code, `${origin}: ${error.message}`, { hint: error.hint, data });
  }
}

/** A user id without an entry in `/etc/passwd` is usual in containers. */
function osUser(): string | undefined {
  try {
    return userInfo().username || undefined;
  } catch {
    return undefined;
  }
}

interface Database {
  readonly database: DatabaseUrl;
  /** Where the parts come from that may have been said apart. */
  readonly origins: Partial<Record<SettingKey, string>>;
}

/** The database with what was said apart from its URL: the password and the time to connect. The higher source decides. */
export function readDatabase(
  url: SaidUrl & { rank: number },
  settings: Settings,
  cwd: string,
  variables: Variables,
): Database {
  const database = parseSaid(url, cwd, variables);
  const origins: Partial<Record<SettingKey, string>> = { url: url.origin };
  if (database.dialect === 'sqlite') return { database, origins };

  let { password, connectTimeoutMs } = database;
  if (password !== undefined) origins.password = url.origin;
  if (settings.password !== undefined && (password === undefined || settings.password.rank <= url.rank)) {
    password = settings.password.value;
    origins.password = settings.password.origin;
  }
  if (password === undefined && database.dialect === 'postgres') {
    const variable = readVariable(variables, 'PGPASSWORD', cwd);
    password = variable?.text;
    if (variable !== undefined) origins.password = variable.origin;
  }
  const { connectTimeout } = settings;
  if (connectTimeout !== undefined && (connectTimeoutMs === undefined || connectTimeout.rank <= url.rank)) {
    connectTimeoutMs = connectTimeout.value;
  } else if (connectTimeoutMs !== undefined) {
    origins.connectTimeout = `${url.origin} connect_timeout`;
  }
  return { database: { ...database, password, connectTimeoutMs }, origins };
}
