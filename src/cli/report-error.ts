import { Errors } from '@oclif/core';
import { isToraleError, ToraleError } from '../errors.ts';

/** What was thrown as the one kind of error there is: oclif's are all about flags and arguments, the rest are defects. */
export function toToraleError(error: unknown): ToraleError {
  if (isToraleError(error)) return error;
  if (error instanceof Errors.CLIError) {
    const message = error.message.replace(/\nSee more help with --help$/, '').replaceAll(/\s*\n\s+/g, ' ');
    return new ToraleError('USAGE', message, { hint: 'Add --help to see the flags and arguments.', cause: error });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = stack.split('\n').slice(0, 5).join('\n');
  return new ToraleError('UNEXPECTED', message, { cause: error });
}

/** Prints a failure: for people on stderr, under `--json` as the one document on stdout. */
export function reportError(error: ToraleError, { json }: { readonly json: boolean }): void {
  if (json) {
    const { code, exitCode, message, hint, data } = error;
    process.stdout.write(`${JSON.stringify({ error: { ...data, code, exitCode, message, hint } }, null, 2)}\n`);
    return;
  }
  process.stderr.write(`Error: ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
}
