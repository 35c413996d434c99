import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ToraleError } from '../errors.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface EnvFile {
  readonly variables: Variables;
  /** As it was named, for origins and errors: `.env`. */
  readonly name: string;
}

/** The `.env` of the working folder, or the file that `--env-file` names; null where there is none. */
export function readEnvFile(cwd: string, named: string | undefined): EnvFile | null {
  const name = named ?? '.env';
  try {
    return { variables: parseEnv(readFileSync(resolve(cwd, name), 'utf8')), name };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // `.env` is also a usual name for the folder of a Python environment.
    if (named === undefined && (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR')) return null;
    throw unreadable(name, code);
  }
}

/** The secret in a file, without the line break that editors and `echo` put at its end. */
export function readSecretFile(file: string, base: string, where: string): string {
  let content: string;
  try {
    content = readFileSync(resolve(base, file), 'utf8');
  } catch (error) {
    throw unreadable(file, (error as NodeJS.ErrnoException).code, where);
  }
  const secret = content.replace(/\r?\n$/, '');
  if (secret.trim() === '') {
    throw new ToraleError('CONFIG_INVALID', `The file '${file}', named by ${where}, is empty.`, { data: { file } });
  }
  return secret;
}

/** A variable, or the content of the file that its `_FILE` twin names. */
export function readVariable(
  variables: Variables,
  name: string,
  base: string,
  label = '',
): { readonly text: string; readonly origin: string } | undefined {
  const file = variables[`${name}_FILE`];
  const text = variables[name];
  if (file === undefined) return text === undefined ? undefined : { text, origin: `${label}${name}` };
  const origin = `${label}${name}_FILE`;
  if (text !== undefined) {
    throw new ToraleError('CONFIG_INVALID', `Both ${label}${name} and ${origin} are set.`, { hint: 'Keep one.' });
  }
  if (file.trim() === '') throw new ToraleError('CONFIG_INVALID', `${origin} is empty.`);
  return { text: readSecretFile(file, base, origin), origin };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such file',
  EACCES: 'its permissions forbid it',
  EPERM: 'its permissions forbid it',
};

/** The path is named, the content never is. */
export function unreadable(file: string, code: string | undefined, where?: string): ToraleError {
  const reason = REASONS[code ?? ''] ?? code ?? 'unknown reason';
  const by = where === undefined ? '' : `, named by ${where}`;
  return new ToraleError('CONFIG_UNREADABLE', `Cannot read '${file}'${by}: ${reason}.`, { data: { file } });
}
