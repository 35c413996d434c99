import { relative } from 'node:path';
import { MASK, redactValue } from '../redact.ts';
import { formatDuration } from './duration.ts';
import type { Config } from './config.ts';
import type { LoadedConfig } from './load.ts';
import { SETTING_KEYS, type SettingKey } from './schema.ts';

/** A line of `torale config`. */
export interface ConfigRow {
  readonly key: string;
  /** A JSON value without any secret in it; `null` is "not set". */
  readonly value: unknown;
  readonly origin: string;
}

/** Each value of the configuration with its origin, secrets masked. Folders below `cwd` are shown relative to it. */
export function describeConfig(loaded: LoadedConfig, cwd: string): ConfigRow[] {
  const { config, origins, file, environment } = loaded;
  const path = (name: string) => {
    const below = relative(cwd, name);
    return below === '' || below.startsWith('..') ? name : below;
  };
  const { database } = config;
  const password = database === null || database.dialect === 'sqlite' ? undefined : database.password;
  const values: Record<SettingKey, unknown> = {
    url: database?.display ?? null,
    password: password === undefined ? null : MASK,
    versions: config.versions.map(path),
    versionTable: config.versionTable,
    versionTableSchema: config.versionTableSchema,
    role: config.role,
    searchPath: config.searchPath,
    dialects: config.dialects,
    target: config.target,
    scratchUrl: scratchUrlOf(config),
    lock: config.lock,
    lockTimeout: formatDuration(config.lockTimeoutMs),
    statementLockTimeout: formatDuration(config.statementLockTimeoutMs),
    statementLockBudget: formatDuration(config.statementLockBudgetMs),
    statementTimeout: formatDuration(config.statementTimeoutMs),
    wait: formatDuration(config.waitMs),
    connectTimeout: formatDuration(config.connectTimeoutMs),
    beforeUpgrade: config.beforeUpgrade?.argv ?? null,
    fileTemplate: config.fileTemplate,
    truncateSlugLength: config.truncateSlugLength,
    development: config.development,
    protected: config.protected,
  };
  const rows: ConfigRow[] = [
    { key: 'config', value: file === null ? null : path(file), origin: loaded.fileOrigin },
    { key: 'env', value: environment, origin: loaded.environmentOrigin },
    ...SETTING_KEYS.map((key) => ({ key, value: values[key], origin: origins[key] })),
  ];
  return redactValue(rows, loaded.secrets);
}

/** As it can be said: one URL, or one for each dialect. */
function scratchUrlOf({ scratchUrls }: Config): unknown {
  if (scratchUrls.length < 2) return scratchUrls[0]?.display ?? null;
  return Object.fromEntries(scratchUrls.map(({ dialect, display }) => [dialect, display]));
}
