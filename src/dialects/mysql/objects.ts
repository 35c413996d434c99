import type { SqlStatement } from '../sql/statement.ts';
import { WordReader, wordsOf, type NamedObject } from '../sql/objects.ts';
import { lexer } from './lex.ts';

const KINDS: Readonly<Record<string, string>> = {
  TABLE: 'table',
  VIEW: 'table',
  SEQUENCE: 'table',
  INDEX: 'index',
  TRIGGER: 'trigger',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  EVENT: 'event',
  DATABASE: 'database',
  SCHEMA: 'database',
};

/**
 * The objects whose definition a statement changes: what tells afterwards whether it took effect.
 *
 * @returns null for a statement whose objects its text does not name
 */
export function objectsOf(statement: SqlStatement): NamedObject[] | null {
  const reader = new WordReader(wordsOf(statement.text, lexer(statement.text), (name) => name));
  const verb = reader.keyword;
  reader.next();
  if (verb === 'RENAME' && reader.skip('TABLE', 'TABLES')) return renamed(reader);
  if (verb === 'TRUNCATE' || verb === 'OPTIMIZE' || verb === 'ANALYZE' || verb === 'REPAIR') {
    reader.skip('NO_WRITE_TO_BINLOG', 'LOCAL', 'TABLE', 'TABLES');
    return listed(reader.objects('table'));
  }
  if (verb !== 'CREATE' && verb !== 'ALTER' && verb !== 'DROP') return null;
  const found = reader.seek(...Object.keys(KINDS));
  if (found === null) return null;
  const kind = KINDS[found]!;
  reader.skip('IF', 'NOT', 'EXISTS');
  if (kind === 'index') {
    // An index is part of its table's definition.
    if (reader.seek('ON') === null) return null;
    return listed(reader.objects('table').slice(0, 1));
  }
  if (verb === 'DROP') return listed(reader.objects(kind));
  const object = reader.object(kind);
  if (object === null) return null;
  return verb === 'ALTER' && kind === 'table' ? [object, ...newName(reader)] : [object];
}

function listed(objects: NamedObject[]): NamedObject[] | null {
  return objects.length === 0 ? null : objects;
}

/** RENAME TABLE a TO b, c TO d */
function renamed(reader: WordReader): NamedObject[] | null {
  const objects: NamedObject[] = [];
  do {
    const from = reader.object('table');
    if (from === null || !reader.skip('TO')) return null;
    const to = reader.object('table');
    if (to === null) return null;
    objects.push(from, to);
    if (reader.text !== ',') break;
    reader.next();
  } while (!reader.done);
  return listed(objects);
}

/** ALTER TABLE a …, RENAME TO b; RENAME COLUMN and RENAME INDEX are something else. */
function newName(reader: WordReader): NamedObject[] {
  while (reader.seek('RENAME') !== null) {
    if (reader.keyword === 'COLUMN' || reader.keyword === 'INDEX' || reader.keyword === 'KEY') continue;
    reader.skip('TO', 'AS');
    const object = reader.object('table');
    return object === null ? [] : [object];
  }
  return [];
}
