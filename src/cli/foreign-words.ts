import { ToraleError } from '../errors.ts';

/** Words of other tools, and Torale's. */
const WORDS: Readonly<Record<string, string>> = {
  up: 'torale upgrade',
  migrate: 'torale upgrade',
  apply: 'torale upgrade',
  deploy: 'torale upgrade',
  latest: 'torale upgrade',
  update: 'torale upgrade',
  goto: 'torale upgrade REVISION',
  to: 'torale upgrade REVISION',
  sqlmigrate: 'torale upgrade FROM:TO --sql',
  status: 'torale current, or for all revisions: torale history',
  info: 'torale current, or for all revisions: torale history',
  version: 'torale current for the database, torale --version for the program',
  force: 'torale stamp REVISION',
  baseline: 'torale stamp REVISION',
  mark: 'torale stamp REVISION',
  repair: 'torale resolve',
  create: 'torale revision -m TEXT',
  new: 'torale revision -m TEXT',
  add: 'torale revision -m TEXT',
  make: 'torale revision -m TEXT',
  generate: 'torale revision --autogenerate -m TEXT',
  makemigrations: 'torale revision --autogenerate -m TEXT',
  compare: 'torale diff FROM TO',
  introspect: 'torale inspect',
  pull: 'torale inspect',
  dump: 'torale inspect --sql',
  list: 'torale history',
  ls: 'torale history',
  log: 'torale history',
  showmigrations: 'torale history',
  edit: 'torale show REVISION, which names the file',
  list_templates: 'torale init',
  validate: 'torale check',
  verify: 'torale check',
  drop: 'torale reset',
  fresh: 'torale reset',
  clean: 'torale reset',
  wipe: 'torale reset',
};

const BACKWARDS = new Set(['rollback', 'undo', 'revert', 'redo', 'back', 'unapply']);

/** The answer to a word that another tool has for what Torale calls otherwise. */
export function foreignWord(word: string): ToraleError | null {
  const name = word.toLowerCase().replace(/^(?:migrate|migration|db)[:.]/, '');
  if (BACKWARDS.has(name)) return forwardOnly();
  const ours = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (ours === undefined) return null;
  return new ToraleError('UNKNOWN_COMMAND', `There is no command '${word}'.`, { hint: `In Torale it is ${ours}.` });
}

export function forwardOnly(): ToraleError {
  return new ToraleError(
    'FORWARD_ONLY',
    'Torale only goes forward. To take a revision back, write one that restores the schema of an earlier one:',
    { hint: 'torale revision --autogenerate --target REVISION -m "take captions back"' },
  );
}
