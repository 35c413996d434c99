import type { KindRules } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf } from './alter-table.ts';

type Index = ObjectOf<'index'>;

/** No other index can have this name: https://dev.mysql.com/doc/refman/8.4/en/create-table.html */
export const PRIMARY = 'PRIMARY';

/** ``UNIQUE KEY `name` (`column`)``, as it stands in CREATE TABLE and behind ADD. */
export function indexClause({ path, definition: { unique, definition } }: Index): string {
  const name = path[1]!;
  if (name === PRIMARY) return `PRIMARY KEY ${definition}`;
  const [, type = '', rest] = /^([A-Z]+ )?(.*)$/s.exec(definition)!;
  return `${unique ? 'UNIQUE ' : type}KEY ${quote(name)} ${rest}`;
}

export const index: KindRules<'index'> = {
  noun: ({ path, definition }) => (path[1] === PRIMARY ? 'primary key' : definition.unique ? 'unique index' : 'index'),
  create: (object, { from }) => {
    const { path, definition } = object;
    const mayFail = definition.unique && from.find('table', [path[0]!]) !== undefined;
    const hazard = `Fails where two rows of ${path[0]} are alike in ${definition.definition}.`;
    return [alterTable(path[0]!, `ADD ${indexClause(object)}`, mayFail ? { hazard } : {})];
  },
  drop: ({ path }) => [alterTable(path[0]!, path[1] === PRIMARY ? 'DROP PRIMARY KEY' : `DROP KEY ${quote(path[1]!)}`)],
  // Dropped and added in one statement, an index that differs in this alone is kept as it was.
  alter: (from, to, { flavor }) => {
    const [before, after] = [from, to].map(({ definition }) => definition.definition.replace(UNSEEN, ''));
    if (before !== after || from.definition.unique !== to.definition.unique) return null;
    const isUnseen = UNSEEN.test(to.definition.definition);
    const word = flavor === 'mariadb' ? (isUnseen ? 'IGNORED' : 'NOT IGNORED') : isUnseen ? 'INVISIBLE' : 'VISIBLE';
    return [alterTable(to.path[0]!, `ALTER INDEX ${quote(to.path[1]!)} ${word}`)];
  },
  rename: (from, to) => [alterTable(from.path[0]!, `RENAME KEY ${quote(from.path[1]!)} TO ${quote(to.path[1]!)}`)],
  renamedUnasked: true,
  occupies: ({ path }) => [`index ${path.join('.')}`],
  group: tableOf,
};

const UNSEEN = / (?:IGNORED|\/\*!80000 INVISIBLE \*\/)$/;
