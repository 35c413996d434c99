import type { SqlStatement } from '../sql/statement.ts';
import { WordReader, wordsOf, type NamedObject } from '../sql/objects.ts';
import { lexer } from './lex.ts';

/** Indexes, tables and views share one name space: pg_class. */
const KINDS: Readonly<Record<string, string>> = {
  INDEX: 'relation',
  TABLE: 'relation',
  TYPE: 'type',
  DATABASE: 'database',
  SUBSCRIPTION: 'subscription',
};

/**
 * The objects whose definition a statement outside the transaction changes.
 *
 * @returns null for a statement whose objects its text does not name
 */
export function objectsOf(statement: SqlStatement): NamedObject[] | null {
  const reader = new WordReader(wordsOf(statement.text, lexer(statement.text), (name) => name.toLowerCase()));
  const verb = reader.keyword;
  reader.next();
  if (verb !== 'CREATE' && verb !== 'ALTER' && verb !== 'DROP' && verb !== 'REINDEX') return null;
  const found = reader.seek(...Object.keys(KINDS));
  if (found === null) return null;
  reader.skip('CONCURRENTLY', 'IF', 'NOT', 'EXISTS', 'ONLY');
  const kind = KINDS[found]!;
  if (found === 'INDEX' && verb === 'CREATE') {
    // The server chooses the name where none is given; then the table's indexes tell.
    if (reader.skip('ON')) {
      reader.skip('ONLY');
      const table = reader.object('indexes');
      return table === null ? null : [table];
    }
    const index = reader.object(kind);
    if (index === null || reader.seek('ON') === null) return null;
    reader.skip('ONLY');
    // An index lies in its table's schema, which alone may be written out.
    return [{ ...index, schema: reader.object('relation')?.schema ?? null }];
  }
  const objects = verb === 'DROP' ? reader.objects(kind) : [reader.object(kind)].filter((object) => object !== null);
  return objects.length === 0 ? null : objects;
}
