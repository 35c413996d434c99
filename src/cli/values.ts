import { DIALECTS, type DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

/** @throws ToraleError USAGE for what is none */
export function readDialect(text: string | undefined): DialectName | null {
  if (text === undefined) return null;
  const known = DIALECTS.find((dialect) => dialect === text);
  if (known !== undefined) return known;
  if (text === 'mariadb') return 'mysql';
  if (text === 'postgresql') return 'postgres';
  throw new ToraleError('USAGE', `Unknown dialect '${text}'.`, {
    hint: didYouMean(text, DIALECTS) ?? `Known are ${DIALECTS.join(', ')}.`,
  });
}

/** `FROM:TO`, which only a script can start from. `from` is null where the database is to be asked. */
export function splitRange(revision: string, allowed: boolean): { from: string[] | null; to: string } {
  const colon = revision.indexOf(':');
  if (colon === -1) return { from: null, to: revision };
  if (!allowed) {
    throw new ToraleError(
      'USAGE',
      `A range such as ${revision} goes with --sql: a database knows itself where it is.`,
      {
        hint: `Give only its end: ${revision.slice(colon + 1) || 'head'}`,
      },
    );
  }
  const from = revision.slice(0, colon);
  return { from: from === '' || from === 'base' ? [] : from.split(','), to: revision.slice(colon + 1) || 'head' };
}

/** Several targets, of which one may say where a script starts. */
export function splitRanges(
  revisions: readonly string[],
  allowed: boolean,
): { from: string[] | null; targets: string[] } {
  const split = revisions.map((revision) => splitRange(revision, allowed));
  const starts = split.flatMap(({ from }) => (from === null ? [] : [from]));
  if (starts.length > 1) throw new ToraleError('USAGE', 'Only one of the revisions can say where the script starts.');
  return { from: starts[0] ?? null, targets: split.map(({ to }) => to) };
}
