import type { Command, Errors } from '@oclif/core';
import { ToraleError } from '../errors.ts';
import { nearest } from '../suggest.ts';

/** oclif's parser tells what is wrong in fields of its errors, by the class. */
interface ParserError extends Error {
  readonly flags?: readonly string[];
  readonly args?: readonly (string | { readonly name: string })[];
}

/** A mistake on the command line, in one line. */
export function usageError(error: Errors.CLIError, command: Command.Class | undefined): ToraleError {
  const { flags, args } = error as ParserError;
  const usageHint = command === undefined ? '' : `Usage: torale ${usageOf(command)}`;
  switch (error.constructor.name) {
    case 'NonExistentFlagsError':
      return unknownFlag(flags?.[0] ?? '', command, error);
    case 'UnexpectedArgsError': {
      const extra = args?.map(String) ?? [];
      return usage(`Unexpected argument${extra.length === 1 ? '' : 's'} ${extra.join(' ')}.`, usageHint, error);
    }
    case 'RequiredArgsError': {
      const missing = args?.map((arg) => (typeof arg === 'string' ? arg : arg.name).toUpperCase()) ?? [];
      return usage(`${missing.join(' and ')} is missing.`, usageHint, error);
    }
    default:
      return usage(plain(error.message), helpHint(command), error);
  }
}

function usage(message: string, hint: string, cause: Error): ToraleError {
  return new ToraleError('USAGE', message, { hint, cause });
}

function unknownFlag(given: string, command: Command.Class | undefined, cause: Error): ToraleError {
  // What follows the = may be a secret.
  const flag = given.replace(/=.*$/s, '');
  const found = nearest(flag.replace(/^-+/, ''), flagNames(command));
  const hint = found === undefined ? helpHint(command) : `Did you mean --${found}?`;
  return usage(`Unknown flag ${flag}.`, hint, cause);
}

function helpHint(command: Command.Class | undefined): string {
  return `torale ${command === undefined ? '' : `${command.id} `}--help lists the flags.`;
}

function flagNames(command: Command.Class | undefined): string[] {
  const flags = { ...command?.baseFlags, ...command?.flags };
  return [...Object.keys(flags), ...Object.values(flags).flatMap(({ aliases }) => aliases ?? []), 'help'];
}

/** `stamp REVISIONS… [--flags]` */
export function usageOf({ id, args }: Pick<Command.Cached, 'id' | 'args'>): string {
  const words = Object.entries(args).map(([name, { required, multiple }]) => {
    const word = `${name.toUpperCase()}${multiple === true ? '…' : ''}`;
    return required === true ? word : `[${word}]`;
  });
  return [id, ...words, '[--flags]'].join(' ');
}

const REWRITTEN: readonly (readonly [RegExp, string])[] = [
  [/^Flag (--\S+) expects a value$/, '$1 needs a value.'],
  [/^Flag (--\S+) can only be specified once$/, '$1 is given twice.'],
  [/^--(\S+?)=\S+ cannot also be provided when using (--\S+)$/, '--$1 and $2 exclude each other.'],
];

/** Without oclif's headings, colours and line breaks. */
function plain(message: string): string {
  const text = message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    // oxlint-disable-next-line no-control-regex -- colours
    .replaceAll(/\u001b\[\d+m/g, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  for (const [pattern, words] of REWRITTEN) if (pattern.test(text)) return text.replace(pattern, words);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
