import { EXIT_CODES, FAILURES, type ExitName } from '../errors.ts';
import { table } from './output.ts';

/** `torale help exit-codes` */
export const EXIT_CODES_HELP = 'exit-codes';

/** In a few words each; docs/exit-codes.md says more. */
const MEANINGS: Record<ExitName, string> = {
  ok: 'done, or nothing to do',
  unexpected: 'a defect in Torale',
  usage: 'flags, configuration, URL; no database named',
  unreachable: 'no connection in time: retry',
  locked: 'another run holds the migration lock: retry',
  failed: 'a revision failed',
  unresolved: 'a revision is partly applied and a person must decide: torale resolve',
  history: 'the graph or the history is wrong: unknown, several heads, edited, deleted',
  pending: 'check, current --check, wait --for-head: revisions are pending',
  differs: 'check: the schema is not what it should be',
  busy: 'a statement could not get its lock; rolled back: retry',
  someFailed: 'some of several databases failed',
  refused: 'a safety rule needs an explicit answer',
  denied: 'wrong password, or a privilege is missing',
  interrupted: 'stopped by SIGINT: run the same command again',
  terminated: 'stopped by SIGTERM: run the same command again',
};

/** The exit codes, and the codes of errors that end with each. */
export function exitCodesText(): string {
  const names = Object.keys(EXIT_CODES) as ExitName[];
  const rows = names.map((name) => [`  ${EXIT_CODES[name]}`, name, MEANINGS[name]]);
  const codes = names.flatMap((name) => {
    const own = Object.entries(FAILURES).filter(([, { exit }]) => exit === name);
    return wrapped(own.map(([code]) => code)).map((line, at) => [at === 0 ? `  ${EXIT_CODES[name]}` : '', line]);
  });
  return ['EXIT CODES', table(rows), '', "ERROR CODES  ('code' under --json)", table(codes)].join('\n');
}

const WIDTH = 90;

/** The words in lines that fit a terminal. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
