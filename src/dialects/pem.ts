import { readFileSync } from 'node:fs';
import { ToraleError } from '../errors.ts';

/**
 * The text of a certificate or key.
 *
 * @throws ToraleError CONFIG_UNREADABLE, naming the parameter that asked for it
 */
export function readPem(file: string, parameter: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ToraleError('CONFIG_UNREADABLE', `Cannot read ${parameter} file ${file}.`, { cause });
  }
}
