import { Args } from '@oclif/core';

/** oclif would read what is missing from stdin, which in a container may be open and silent. */
const ignoreStdin = true;

/** One revision, with a default. */
export function revisionArg(description: string, defaultValue: string) {
  return Args.string({ description, default: defaultValue, ignoreStdin });
}

/** One or several revisions. */
export function requiredRevisions(description: string) {
  return Args.string({ description, multiple: true, required: true, ignoreStdin });
}

/** Any number of revisions. */
export function optionalRevisions(description: string) {
  return Args.string({ description, multiple: true, ignoreStdin });
}

/** Everything before a bare `--`: what follows it is an operand, whatever it looks like. */
export function words(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

export function wantsJson(argv: readonly string[]): boolean {
  return words(argv).includes('--json');
}
