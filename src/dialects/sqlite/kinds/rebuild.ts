import { ToraleError } from '../../../errors.ts';
import { nameOf, type SchemaObject } from '../../../schema/object.ts';

/** What SQLite cannot do with ALTER TABLE: https://www.sqlite.org/lang_altertable.html#otheralter */
export function needsRebuild({ kind, path }: SchemaObject, what: string): ToraleError {
  return new ToraleError(
    'REFUSED',
    `${kind} ${nameOf(path)}: ${what} needs a table rebuild, which this version does not write.`,
    { hint: 'Write this revision by hand.', data: { kind, path } },
  );
}
