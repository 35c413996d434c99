import { delimiter } from 'node:path';
import { DIALECTS, type DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { LOCK_MODES, type LockMode, type ScratchUrl, type Target } from './config.ts';
import type { ConfigFile, ConfigSettings } from './define.ts';
import { parseDuration } from './duration.ts';

/** How one kind of value is read; undefined is "not one". */
interface Reader<T> {
  readonly expected: string;
  /** From a configuration file. */
  readonly value: (value: unknown) => T | undefined;
  /** From a variable or a flag. */
  readonly text: (text: string) => T | undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

function readWord<T>(expected: string, read: (text: string) => T | undefined): Reader<T> {
  return { expected, value: (value) => (isText(value) ? read(value) : undefined), text: read };
}

function readList<T extends string>(
  expected: string,
  separator: string,
  is: (item: string) => boolean,
): Reader<readonly T[]> {
  const list = (items: readonly unknown[]) =>
    items.length > 0 && items.every((item) => isText(item) && is(item)) ? (items as T[]) : undefined;
  return {
    expected,
    value: (value) => list(Array.isArray(value) ? value : [value]),
    text: (text) =>
      list(
        text
          .split(separator)
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      ),
  };
}

function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return { ...reader, value: (value) => (value === null ? null : reader.value(value)) };
}

const text = readWord('a text', (value) => value);
const list = readList<string>('a name or a list of names', ',', () => true);

const duration: Reader<number> = {
  expected: "a duration such as '60s', '10m' or '1h30m', or a number of seconds",
  value: (value) => (typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : undefined),
  text: parseDuration,
};

const isArgv = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && isText(value[0]) && value.every((item) => typeof item === 'string');

const argv: Reader<readonly string[]> = {
  expected: "a program with its arguments as a list: ['pg_dump', '-Fc', '-f', 'before.dump']",
  value: (value) => (isArgv(value) ? value : undefined),
  text: (value) => {
    try {
      const read: unknown = JSON.parse(value);
      return isArgv(read) ? read : undefined;
    } catch {
      return undefined;
    }
  },
};

const boolean: Reader<boolean> = {
  expected: 'true or false',
  value: (value) => (typeof value === 'boolean' ? value : undefined),
  text: (value) => ({ true: true, '1': true, false: false, '0': false })[value.toLowerCase()],
};

const length: Reader<number> = {
  expected: 'a whole number above zero',
  value: (value) => (Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined),
  text: (value) => (/^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined),
};

const TARGET_KEYS = [...DIALECTS, 'mariadb'];
const isTargetName = (value: unknown): boolean =>
  isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)) || isTargetCommand(value);

/** `{ command: ['drizzle-kit', 'export'] }` or `{ print: 'drizzle-kit export' }` */
function isTargetCommand(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 1) return false;
  return isText(value['print']) || isArgv(value['command']);
}

const target: Reader<Target> = {
  expected: `a file, a folder, a URL or a revision, a list of files, { print: 'program' }, or one such for each of ${TARGET_KEYS.join(', ')}`,
  value: (value) => {
    if (isTargetName(value)) return value as Target;
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value);
    const sound = entries.every(([key, item]) => TARGET_KEYS.includes(key) && isTargetName(item));
    return sound && entries.length > 0 ? (value as Target) : undefined;
  },
  text: (value) => value,
};

const scratchUrl: Reader<ScratchUrl> = {
  expected: `a URL, or one for each of ${DIALECTS.join(', ')}`,
  value: (value) => {
    if (isText(value)) return value;
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value);
    const sound = entries.every(([key, url]) => (DIALECTS as readonly string[]).includes(key) && isText(url));
    return sound && entries.length > 0 ? (value as ScratchUrl) : undefined;
  },
  text: (value) => value,
};

const table = readWord("a table's name without its schema; that is 'versionTableSchema'", (value) =>
  value.includes('.') ? undefined : value,
);

const lockMode = readWord<LockMode>(`one of ${LOCK_MODES.join(', ')}`, (value) =>
  LOCK_MODES.find((mode) => mode === value),
);

/** Every setting, in the order in which `torale config` prints them. */
export const SETTINGS = {
  url: text,
  password: text,
  versions: readList<string>('a folder or a list of folders', delimiter, () => true),
  versionTable: table,
  versionTableSchema: orNull(text),
  role: orNull(text),
  searchPath: orNull(list),
  dialects: orNull(
    readList<DialectName>(`one or several of ${DIALECTS.join(', ')}`, ',', (item) =>
      (DIALECTS as readonly string[]).includes(item),
    ),
  ),
  target: orNull(target),
  scratchUrl: orNull(scratchUrl),
  lock: lockMode,
  lockTimeout: duration,
  statementLockTimeout: duration,
  statementLockBudget: duration,
  statementTimeout: duration,
  wait: duration,
  connectTimeout: duration,
  beforeUpgrade: orNull(argv),
  fileTemplate: text,
  truncateSlugLength: length,
  development: boolean,
  protected: boolean,
} as const satisfies Partial<Record<keyof ConfigSettings, Reader<unknown>>>;

export type SettingKey = keyof typeof SETTINGS;
export type SettingValue<K extends SettingKey> = Exclude<ReturnType<(typeof SETTINGS)[K]['value']>, undefined>;

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];
/** Settings whose value is a secret: also read from the file that `<name>_FILE` or `passwordFile` names. */
export const SECRET_KEYS: readonly SettingKey[] = ['url', 'password', 'scratchUrl'];

const FILE_KEYS: readonly string[] = [...SETTING_KEYS, 'passwordFile'];

/** Reads a value of a configuration file or a typed flag. `where` names it in the error. */
export function readValue<K extends SettingKey>(key: K, value: unknown, where: string): SettingValue<K> {
  return accept(key, SETTINGS[key].value(value), value, where);
}

/** Reads the text of a variable or a flag. */
export function readText<K extends SettingKey>(key: K, value: string, where: string): SettingValue<K> {
  if (value.trim() === '') {
    throw invalid(`${where} is empty.`, `Give it a value, or do not set it at all.`, { key });
  }
  return accept(key, SETTINGS[key].text(value), value, where);
}

function accept<K extends SettingKey>(key: K, read: unknown, value: unknown, where: string): SettingValue<K> {
  if (read !== undefined) return read as SettingValue<K>;
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  // What has an @ may be a URL in the wrong place.
  const isPlain = isScalar && String(value).length <= 40 && !String(value).includes('@');
  const found = isPlain && !SECRET_KEYS.includes(key) ? `, not ${JSON.stringify(value)}` : '';
  throw invalid(`${where} must be ${SETTINGS[key].expected}${found}.`, undefined, { key });
}

/** Checks all of a configuration file, also the environments that this run does not use. */
export function checkConfigFile(content: unknown, file: string): ConfigFile {
  checkSettings(content, file, '', [...FILE_KEYS, 'environments']);
  const { environments } = content as { environments?: unknown };
  if (environments === undefined) return content as ConfigFile;
  if (!isRecord(environments)) throw invalid(`${file}: 'environments' must be an object.`, undefined, { file });
  for (const [name, settings] of Object.entries(environments)) {
    checkSettings(settings, file, `environments.${name}`, FILE_KEYS);
  }
  return content as ConfigFile;
}

function checkSettings(content: unknown, file: string, path: string, known: readonly string[]): void {
  if (!isRecord(content)) {
    throw invalid(`${file}: ${path === '' ? 'the configuration' : `'${path}'`} must be an object.`, undefined, {
      file,
    });
  }
  for (const [key, value] of Object.entries(content)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (!known.includes(key)) {
      const hint = didYouMean(key, known) ?? `Known are: ${known.join(', ')}.`;
      throw invalid(`${file}: unknown key '${name}'.`, hint, { file, key: name });
    }
    if (value === undefined || key === 'environments') continue;
    // The name of a password's file is a text like the password itself.
    readValue(key === 'passwordFile' ? 'password' : (key as SettingKey), value, `${file}: '${name}'`);
  }
  if ('password' in content && 'passwordFile' in content) {
    throw invalid(`${file}: both 'password' and 'passwordFile' are given${path && ` in ${path}`}.`, 'Keep one.', {
      file,
    });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A wrong configuration. The message holds no value of a secret setting. */
export function invalid(message: string, hint?: string, data: Record<string, unknown> = {}): ToraleError {
  return new ToraleError('CONFIG_INVALID', message, { hint, data });
}
