import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';

/** What new tables and programs have that do not say another. Every database has it, so it comes and goes with nothing. */
export const database: KindRules<'database'> = {
  noun: () => 'database',
  create: (object) => alterDatabase(object, {}),
  drop: () => [],
  alter: (from, to) => alterDatabase(to, from.definition.options ?? {}),
  moment: { create: 'first', alter: 'first' },
};

const WORDS = ['CHARACTER SET', 'COLLATE', 'COMMENT', 'ENCRYPTION'];

function alterDatabase({ definition }: ObjectOf<'database'>, before: Readonly<Record<string, string>>): Statement[] {
  const after = definition.options ?? {};
  const changed = WORDS.filter((word) => after[word] !== before[word]);
  // A collation without its character set, or the reverse, would be the server's default for the other.
  const said = WORDS.filter(
    (word) => changed.includes(word) || (word === 'COLLATE' && changed.includes('CHARACTER SET')),
  );
  const clauses = said.map((word) => `${word} ${after[word] ?? "''"}`);
  return clauses.length === 0 ? [] : [{ sql: `ALTER DATABASE ${clauses.join(' ')}` }];
}
