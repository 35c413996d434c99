import type { KindRules } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { keyOf, nameOf } from '../../../schema/object.ts';
import { lexer } from '../lex.ts';
import { ident, nameIn } from './ident.ts';

export type Constraint = ObjectOf<'constraint'>;

const NOUNS: Readonly<Record<string, string>> = {
  'PRIMARY KEY': 'primary key',
  UNIQUE: 'unique constraint',
  CHECK: 'check',
  'FOREIGN KEY': 'foreign key',
};

/** As it stands among the columns of CREATE TABLE. */
export function tableClause({ path, definition: { definition, unnamed } }: Constraint): string {
  return unnamed ? definition : `CONSTRAINT ${ident(path[1]!)} ${definition}`;
}

/** As it stands behind its column. */
export function inlineClause({ path, definition: { type, definition, unnamed } }: Constraint): string {
  const text = type === 'FOREIGN KEY' ? definition.slice(definition.indexOf('REFERENCES')) : definition;
  return unnamed ? text : `CONSTRAINT ${ident(path[1]!)} ${text}`;
}

/** A primary key that only means what it says behind its column: https://www.sqlite.org/lang_createtable.html#rowid */
export function standsInline({ definition: { definition } }: Constraint): boolean {
  return definition.startsWith('PRIMARY KEY DESC');
}

/** How often a text gives a clause that name. */
export function timesNamed(name: string, text: string): number {
  let count = 0;
  let isNext = false;
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind === 'comment') continue;
    const part = text.slice(token.start, token.end);
    if (isNext && nameIn(part).toLowerCase() === name.toLowerCase()) count += 1;
    isNext = token.kind === 'word' && part.toUpperCase() === 'CONSTRAINT';
  }
  return count;
}

/** Only checks come and go by themselves; whatever else changes, the table is rebuilt. */
export const constraint: KindRules<'constraint'> = {
  noun: ({ definition: { type } }) => NOUNS[type] ?? 'constraint',
  create: (object, { to }) => [
    {
      sql: `ALTER TABLE ${ident(object.path[0]!)} ADD ${to.textOf(keyOf(object)) ?? tableClause(object)}`,
      hazard: `Fails where a row of ${nameOf([object.path[0]!])} does not satisfy it.`,
    },
  ],
  drop: ({ path }) => [{ sql: `ALTER TABLE ${ident(path[0]!)} DROP CONSTRAINT ${ident(path[1]!)}` }],
  // A table that is referred to need not be there before, but whoever reads the revision expects it.
  mentions: ({ definition: { type, references } }) => (type === 'FOREIGN KEY' ? references?.join(' ') : undefined),
};
