import { resolve } from 'node:path';
import { isDatabaseUrl } from '../dialects/registry.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import { ToraleError } from '../errors.ts';
import { secretsOf } from '../redact.ts';
import { didYouMean } from '../suggest.ts';
import type { Config, Target } from './config.ts';
import { parseSaid, readDatabase } from './database.ts';
import { type EnvFile, readEnvFile, type Variables } from './env-file.ts';
import { type FoundFile, readConfigFile } from './file.ts';
import { invalid, SETTING_KEYS, type SettingKey } from './schema.ts';
import { readScratchUrls } from './scratch-urls.ts';
import {
  type ConfigFlags,
  flagOf,
  fromDatabaseUrl,
  fromFile,
  fromFlags,
  fromVariables,
  mistypedVariables,
  settle,
  type Source,
  variableOf,
} from './sources.ts';

export interface LoadOptions {
  readonly cwd: string;
  readonly env: Variables;
  readonly flags?: ConfigFlags | undefined;
  /** A person looks on: only then the built-in database stands in for one that nobody named. Not asked for otherwise. */
  readonly isTerminal: boolean;
}

/** A configuration and where each of its values was said. */
export interface LoadedConfig {
  readonly config: Config;
  /** By the key as a configuration file spells it: `flag --url`, `TORALE_URL`, `.env DATABASE_URL`, `default`. */
  readonly origins: Readonly<Record<SettingKey, string>>;
  /** What must not reach any output: for `redact`. */
  readonly secrets: readonly string[];
  /** The configuration file, absolute. */
  readonly file: string | null;
  /** `found` where nobody named it. */
  readonly fileOrigin: string;
  /** The environment that was picked in it. */
  readonly environment: string | null;
  readonly environmentOrigin: string;
  /** Remarks for people, e.g. on a mistyped variable. */
  readonly warnings: readonly string[];
}

const BUILT_IN_DATABASE = 'sqlite:./torale.db';
const DEFAULT = 'default';

/**
 * Gathers the configuration. The first of these that says a setting decides it:
 * flags; `TORALE_*`; `DATABASE_URL`; the same two in `.env`; the configuration file; the default.
 * The values of an environment come right after whatever picked it: `--env`, `TORALE_ENV`, or that in `.env`.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { cwd, env, flags = {} } = options;
  const ignoresEnvFile = flags.noEnvFile === true && flags.envFile === undefined;
  const envFile = ignoresEnvFile ? null : readEnvFile(cwd, flags.envFile);
  const named = pick(flags.config, 'config', env, envFile);
  const file = await readConfigFile(cwd, named?.name);
  const picked = pick(flags.env, 'env', env, envFile);
  const settings = settle(orderSources(cwd, env, flags, envFile, file, picked));
  const variables = { ...envFile?.variables, ...env };
  const folder = file?.folder ?? cwd;

  // A picked environment that names no database is a mistake, not a wish for a new empty file.
  const isBuiltIn = settings.url === undefined && picked === null && options.isTerminal;
  const builtIn = isBuiltIn ? { value: BUILT_IN_DATABASE, origin: DEFAULT, base: folder, rank: Infinity } : undefined;
  const url = settings.url ?? builtIn;
  const read = url === undefined ? null : readDatabase(url, settings, cwd, variables);
  const database = read?.database ?? null;
  const connectTimeoutMs = database?.dialect === 'sqlite' ? undefined : database?.connectTimeoutMs;
  const scratch = settings.scratchUrl;
  const versions = settings.versions ?? { value: ['versions'], base: folder };

  const config: Config = {
    database,
    versions: versions.value.map((path) => resolve(versions.base, path)),
    versionTable: settings.versionTable?.value ?? 'torale_version',
    versionTableSchema: settings.versionTableSchema?.value ?? null,
    role: settings.role?.value ?? null,
    searchPath: settings.searchPath?.value ?? null,
    dialects: settings.dialects?.value == null ? null : [...new Set(settings.dialects.value)],
    lock: settings.lock?.value ?? 'auto',
    lockTimeoutMs: settings.lockTimeout?.value ?? 600_000,
    statementLockTimeoutMs: settings.statementLockTimeout?.value ?? 2000,
    statementLockBudgetMs: settings.statementLockBudget?.value ?? 900_000,
    statementTimeoutMs: settings.statementTimeout?.value ?? 1_800_000,
    waitMs: settings.wait?.value ?? 0,
    connectTimeoutMs: connectTimeoutMs ?? settings.connectTimeout?.value ?? 5000,
    fileTemplate: settings.fileTemplate?.value ?? '%(rev)s_%(slug)s',
    truncateSlugLength: settings.truncateSlugLength?.value ?? 40,
    development: settings.development?.value ?? false,
    protected: settings.protected?.value ?? false,
    beforeUpgrade:
      settings.beforeUpgrade?.value == null
        ? null
        : { argv: settings.beforeUpgrade.value, folder: settings.beforeUpgrade.base, variables: env },
    target: settings.target?.value ?? null,
    targetBase: settings.target?.base ?? folder,
    scratchUrls: scratch?.value == null ? [] : readScratchUrls({ ...scratch, value: scratch.value }, cwd, variables),
  };
  const targets = urlsOf(config.target).map((value) => {
    const { origin, base } = settings.target!;
    return parseSaid({ value, origin: `${origin} target`, base }, cwd, variables);
  });
  const said = SETTING_KEYS.map((key): [SettingKey, string] => [key, settings[key]?.origin ?? DEFAULT]);
  return {
    config,
    origins: { ...(Object.fromEntries(said) as Record<SettingKey, string>), ...read?.origins },
    secrets: secretsOf(database, ...config.scratchUrls, ...targets),
    file: file?.path ?? null,
    fileOrigin: named?.origin ?? (file === null ? DEFAULT : 'found'),
    environment: picked?.name ?? null,
    environmentOrigin: picked?.origin ?? DEFAULT,
    warnings: [...mistypedVariables(env), ...mistypedVariables(envFile?.variables ?? {})],
  };
}

/** The database, or the error that says how to name one. */
export function requireDatabase({ config, environment }: LoadedConfig): DatabaseUrl {
  if (config.database !== null) return config.database;
  const message =
    environment === null ? 'No database is named.' : `The environment '${environment}' names no database.`;
  throw new ToraleError('NO_DATABASE', message, {
    hint: "Set DATABASE_URL, give --url, or write 'url' in torale.config.mjs.",
  });
}

interface Picked {
  readonly name: string;
  readonly origin: string;
  readonly by: 'flag' | 'variable' | 'envFile';
}

/** What decides where settings are read: the configuration file and its environment. */
function pick(flag: string | undefined, key: 'config' | 'env', env: Variables, envFile: EnvFile | null): Picked | null {
  const variable = variableOf(key);
  const name = flag ?? env[variable] ?? envFile?.variables[variable];
  if (name === undefined) return null;
  const by = flag !== undefined ? 'flag' : env[variable] !== undefined ? 'variable' : 'envFile';
  const origin = { flag: `flag ${flagOf(key)}`, variable, envFile: `${envFile?.name} ${variable}` }[by];
  if (name.trim() === '') throw invalid(`${origin} is empty.`, 'Give it a value, or do not set it at all.');
  return { name, origin, by };
}

function orderSources(
  cwd: string,
  env: Variables,
  flags: ConfigFlags,
  envFile: EnvFile | null,
  file: FoundFile | null,
  picked: Picked | null,
): Source[] {
  const environment = picked === null ? undefined : environmentOf(file, picked.name);
  const pickedBy = (by: Picked['by']) => (environment !== undefined && picked?.by === by ? [environment] : []);
  const variables = envFile?.variables ?? {};
  const label = `${envFile?.name} `;
  return [
    fromFlags(flags, cwd),
    ...pickedBy('flag'),
    fromVariables(env, cwd),
    ...pickedBy('variable'),
    fromDatabaseUrl(env, cwd),
    fromVariables(variables, cwd, label),
    ...pickedBy('envFile'),
    fromDatabaseUrl(variables, cwd, label),
    ...(file === null ? [] : [fromFile(file, file.content)]),
  ];
}

function environmentOf(file: FoundFile | null, name: string): Source {
  if (file === null) {
    throw invalid(`There is no environment '${name}': no configuration file was found.`, 'Name one with --config.');
  }
  const environments = file.content.environments ?? {};
  const settings = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (settings !== undefined) return fromFile(file, settings, `environments.${name}`);
  const names = Object.keys(environments);
  const known = names.length === 0 ? `${file.label} has no environments.` : `Known are: ${names.join(', ')}.`;
  throw invalid(`Unknown environment '${name}'.`, [didYouMean(name, names), known].filter(Boolean).join(' '), {
    environment: name,
    known: names,
  });
}

function urlsOf(target: Target | null): string[] {
  if (target === null) return [];
  const names: readonly unknown[] =
    typeof target === 'string' || Array.isArray(target) ? [target] : Object.values(target);
  return names.flat().filter((name): name is string => typeof name === 'string' && isDatabaseUrl(name));
}
