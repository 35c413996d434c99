import { resolve } from 'node:path';
import type { DatabaseUrl } from '../dialects/url.ts';
import { ToraleError } from '../errors.ts';
import type { Config } from './config.ts';
import { parseSaid } from './database.ts';
import type { ConfigSettings } from './define.ts';
import { readValue, type SettingKey, type SettingValue } from './schema.ts';
import { readScratchUrls } from './scratch-urls.ts';

type LibrarySettings = Pick<
  ConfigSettings,
  | 'url'
  | 'versions'
  | 'versionTable'
  | 'versionTableSchema'
  | 'role'
  | 'searchPath'
  | 'lock'
  | 'lockTimeout'
  | 'statementLockTimeout'
  | 'statementLockBudget'
  | 'statementTimeout'
  | 'wait'
  | 'connectTimeout'
  | 'scratchUrl'
>;

/**
 * The configuration of a call of the library: what the caller says, and the defaults. Neither the environment nor any
 * file is read.
 *
 * @throws ToraleError CONFIG_INVALID, URL_INVALID, URL_UNSUPPORTED
 */
export function libraryConfig(settings: LibrarySettings): Config {
  const cwd = process.cwd();
  const value = <K extends SettingKey & keyof LibrarySettings>(key: K): SettingValue<K> | undefined => {
    const given: unknown = settings[key];
    return given === undefined ? undefined : readValue(key, given, key);
  };
  const database = (): DatabaseUrl | null => {
    const given: unknown = settings.url ?? undefined;
    if (given === undefined) return null;
    if (typeof given !== 'string') throw new ToraleError('CONFIG_INVALID', 'url must be a string.');
    return parseSaid({ value: given, origin: 'url', base: cwd }, cwd, {});
  };
  const scratchUrl = value('scratchUrl') ?? null;
  return {
    database: database(),
    versions: (value('versions') ?? ['versions']).map((folder) => resolve(cwd, folder)),
    versionTable: value('versionTable') ?? 'torale_version',
    versionTableSchema: value('versionTableSchema') ?? null,
    role: value('role') ?? null,
    searchPath: value('searchPath') ?? null,
    dialects: null,
    lock: value('lock') ?? 'auto',
    lockTimeoutMs: value('lockTimeout') ?? 600_000,
    statementLockTimeoutMs: value('statementLockTimeout') ?? 2000,
    statementLockBudgetMs: value('statementLockBudget') ?? 900_000,
    statementTimeoutMs: value('statementTimeout') ?? 1_800_000,
    waitMs: value('wait') ?? 0,
    connectTimeoutMs: value('connectTimeout') ?? 5000,
    fileTemplate: '%(rev)s_%(slug)s',
    truncateSlugLength: 40,
    development: false,
    protected: false,
    beforeUpgrade: null,
    target: null,
    targetBase: cwd,
    scratchUrls:
      scratchUrl === null ? [] : readScratchUrls({ value: scratchUrl, origin: 'scratchUrl', base: cwd }, cwd, {}),
  };
}
