import type { KindRules } from '../../../diff/rules.ts';
import { keyOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { quote } from '../quote.ts';
import { definerOf } from './program.ts';
import { NAME } from './text.ts';

type View = ObjectOf<'view'>;

export interface ReadView {
  readonly definer: string | undefined;
  /** What is said before its name. */
  readonly options: readonly string[];
  /** What follows its name. */
  readonly definition: string;
}

const PRINTED = new RegExp(
  `^CREATE (?:ALGORITHM=(\\w+) )?(?:DEFINER=(${NAME}(?:@${NAME})?) )?(?:SQL SECURITY (\\w+) )?VIEW (?:${NAME}\\.)?${NAME} (.*)$`,
  's',
);

/** Takes apart what SHOW CREATE VIEW prints. */
export function readView(printed: string): ReadView | null {
  const found = PRINTED.exec(printed);
  if (found === null) return null;
  const [, algorithm = 'UNDEFINED', definer, security = 'DEFINER', definition] = found;
  const options = [
    ...(algorithm === 'UNDEFINED' ? [] : [`ALGORITHM=${algorithm}`]),
    ...(security === 'DEFINER' ? [] : [`SQL SECURITY ${security}`]),
  ];
  return { definer, options, definition: definition! };
}

export const view: KindRules<'view'> = {
  noun: () => 'view',
  create: (object, { to }) => [{ sql: createView('CREATE', object, to) }],
  drop: ({ path }) => [{ sql: `DROP VIEW ${quote(path[0]!)}` }],
  alter: (_from, object, { to }) => [{ sql: createView('CREATE OR REPLACE', object, to) }],
  rename: (from, to) => [{ sql: `RENAME TABLE ${quote(from.path[0]!)} TO ${quote(to.path[0]!)}` }],
  renamedAsked: { loses: () => false },
  occupies: ({ path }) => [`name ${path[0]!}`],
  // The server lets what a view uses go without a word, and refuses a view of what is not there.
  outlives: () => true,
  lingers: (object, needed, context) => {
    const id = keyOf(needed);
    const { from, to } = context;
    const isGone = !to.has(id) || (context.fate(id) === 'replace' && from.get(id) === needed);
    return isGone && to.has(keyOf(object));
  },
  // It is refused while one of those that it uses is not yet what it is to be.
  behind: (object, { to }) => to.needs(keyOf(object)).map(({ id }) => id),
  mentions: ({ definition }) => definition.definition,
};

export function createView(words: string, { path, definition }: View, to: Schema): string {
  const said = (definition.options ?? []).map((option) => `${option} `);
  const [algorithm, security] = [
    said.filter((one) => one.startsWith('ALG')),
    said.filter((one) => one.startsWith('SQL')),
  ];
  const definer = definerOf('view', path, to);
  return `${words} ${algorithm.join('')}${definer}${security.join('')}VIEW ${quote(path[0]!)} ${definition.definition}`;
}
