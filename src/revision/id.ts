import { ToraleError } from '../errors.ts';

const LENGTH = 12;
const TRIES = 100;

/** Words that mean something else where an id is expected. */
const WORDS = new Set(['head', 'heads', 'base', 'current']);

/** `version_num` is `VARCHAR(32)`, as Alembic's table has it. */
const LONGEST = 32;

/**
 * A new id of 12 hexadecimal digits.
 *
 * @param exists whether an id is taken; never returns one that is
 * @param generate makes a candidate; by default nanoid
 */
export async function newRevisionId(exists: (id: string) => boolean, generate?: () => string): Promise<string> {
  const make = generate ?? (await import('nanoid')).customAlphabet('0123456789abcdef', LENGTH);
  for (let tries = 0; tries < TRIES; tries++) {
    const id = make();
    if (!exists(id)) return id;
  }
  throw new ToraleError('UNEXPECTED', `No free revision id was found in ${TRIES} tries.`);
}

/**
 * Refuses an id that cannot be used, or not everywhere: in the version table, in a file name, on the command line.
 *
 * @returns the id
 * @throws ToraleError ID_INVALID
 */
export function validateNewId(id: string): string {
  const refuse = (problem: string, hint?: string): never => {
    throw new ToraleError('ID_INVALID', `Revision id ${JSON.stringify(id)} ${problem}.`, {
      hint,
      data: { revisions: [id] },
    });
  };
  if (id === '') refuse('is empty');
  if (id.length > LONGEST) refuse(`has ${id.length} characters: the version table holds ${LONGEST}`);
  const forbidden = [...new Set(id.match(/[^A-Za-z0-9_.]/gu))];
  if (forbidden.length > 0) {
    refuse(
      `has a forbidden character: ${forbidden.map((character) => JSON.stringify(character)).join(', ')}`,
      'Letters, digits, _ and . are allowed.',
    );
  }
  if (/^\.|\.$|\.\./.test(id)) refuse("has a '.' at an end or two in a row");
  if (WORDS.has(id.toLowerCase())) refuse('is a word with a meaning of its own');
  return id;
}
