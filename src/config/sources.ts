import { didYouMean } from '../suggest.ts';
import type { ConfigSettings } from './define.ts';
import { readSecretFile, readVariable, type Variables } from './env-file.ts';
import type { FoundFile } from './file.ts';
import { readText, readValue, SECRET_KEYS, SETTING_KEYS, type SettingKey, type SettingValue } from './schema.ts';

/** A value, where it was said, and the folder its relative paths count from. */
export interface Said<K extends SettingKey> {
  readonly value: SettingValue<K>;
  readonly origin: string;
  readonly base: string;
}

/** One place where settings are said. It is asked only for what no earlier one said, so an unused secret file is not read. */
export type Source = <K extends SettingKey>(key: K) => Said<K> | undefined;

/** What is known of each setting, with the place of its source in the order: the lower decides. */
export type Settings = { readonly [K in SettingKey]: (Said<K> & { readonly rank: number }) | undefined };

/** Asks the sources in their order for each setting. */
export function settle(sources: readonly Source[]): Settings {
  const first = <K extends SettingKey>(key: K): Settings[K] => {
    for (const [rank, source] of sources.entries()) {
      const said = source(key);
      if (said !== undefined) return { ...said, rank } as Settings[K];
    }
    return undefined;
  };
  return Object.fromEntries(SETTING_KEYS.map((key) => [key, first(key)])) as Settings;
}

/** What the command line says. Texts are read as variables are, other values as a file's. */
export type ConfigFlags = {
  readonly [K in SettingKey]?: ConfigSettings[K] | readonly string[] | string | undefined;
} & {
  readonly passwordFile?: string | undefined;
  /** The configuration file. */
  readonly config?: string | undefined;
  /** The environment of the configuration file. */
  readonly env?: string | undefined;
  readonly envFile?: string | undefined;
  /** Do not read `.env`. */
  readonly noEnvFile?: boolean | undefined;
};

/** `versionTable` as a variable: `TORALE_VERSION_TABLE`. */
export function variableOf(key: string): string {
  return `TORALE_${key.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** `versionTable` as a flag: `--version-table`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function fromFlags(flags: ConfigFlags, cwd: string): Source {
  return (key) => {
    if (key === 'password' && flags.passwordFile !== undefined) {
      const origin = `flag ${flagOf('passwordFile')}`;
      const secret = readSecretFile(flags.passwordFile, cwd, flagOf('passwordFile'));
      return { value: readText(key, secret, origin), origin, base: cwd };
    }
    const value = flags[key];
    if (value === undefined) return undefined;
    const read = typeof value === 'string' ? readText(key, value, flagOf(key)) : readValue(key, value, flagOf(key));
    return { value: read, origin: `flag ${flagOf(key)}`, base: cwd };
  };
}

/** `TORALE_*`. */
export function fromVariables(variables: Variables, cwd: string, label = ''): Source {
  return (key) => readAs(key, variables, variableOf(key), cwd, label);
}

/** `DATABASE_URL`. */
export function fromDatabaseUrl(variables: Variables, cwd: string, label = ''): Source {
  return (key) => (key === 'url' ? readAs(key, variables, 'DATABASE_URL', cwd, label) : undefined);
}

function readAs<K extends SettingKey>(
  key: K,
  variables: Variables,
  name: string,
  cwd: string,
  label: string,
): Said<K> | undefined {
  const own = variables[name];
  const found = SECRET_KEYS.includes(key)
    ? readVariable(variables, name, cwd, label)
    : own === undefined
      ? undefined
      : { text: own, origin: `${label}${name}` };
  return found && { value: readText(key, found.text, found.origin), origin: found.origin, base: cwd };
}

/** The top of a configuration file, or one of its environments. */
export function fromFile(file: FoundFile, settings: ConfigSettings, path = ''): Source {
  const origin = path === '' ? file.label : `${file.label} ${path}`;
  return (key) => {
    if (key === 'password' && settings.passwordFile !== undefined) {
      const where = `${origin} passwordFile`;
      const secret = readSecretFile(settings.passwordFile, file.folder, where);
      return { value: readText(key, secret, where), origin: where, base: file.folder };
    }
    const value = settings[key];
    if (value === undefined) return undefined;
    return { value: readValue(key, value, `${origin}: '${key}'`), origin, base: file.folder };
  };
}

const OTHER_VARIABLES = ['TORALE_ENV', 'TORALE_CONFIG', 'TORALE_LOG_FORMAT'];

/** A remark on each `TORALE_*` variable that nothing reads and that looks mistyped. */
export function mistypedVariables(variables: Variables): string[] {
  const known = [
    ...SETTING_KEYS.map(variableOf),
    ...SECRET_KEYS.map((key) => `${variableOf(key)}_FILE`),
    ...OTHER_VARIABLES,
  ];
  const tails = known.map((name) => name.slice('TORALE_'.length));
  const remarks: string[] = [];
  for (const name of Object.keys(variables)) {
    if (!name.startsWith('TORALE_') || name.startsWith('TORALE_TEST_') || known.includes(name)) continue;
    // Without the prefix they share, which would make all of them look alike.
    const suggestion = didYouMean(name.slice('TORALE_'.length), tails)?.replace("'", "'TORALE_");
    if (suggestion !== undefined) remarks.push(`The variable ${name} is not read. ${suggestion}`);
  }
  return remarks;
}
