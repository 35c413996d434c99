import type { KindRules } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { visibilityWord } from '../flavor.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf } from './alter-table.ts';
import type { OnlineStep } from './online.ts';

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
    const isPrimary = path[1] === PRIMARY;
    const mayFail = definition.unique && from.find('table', [path[0]!]) !== undefined;
    const hazard = `Fails where two rows of ${path[0]} are alike in ${definition.definition}.`;
    const step = isPrimary ? 'add primary key' : addStep(definition.definition);
    return [alterTable(path[0]!, `ADD ${indexClause(object)}`, { step, ...(mayFail ? { hazard } : {}) })];
  },
  drop: ({ path, definition }) => {
    const isPrimary = path[1] === PRIMARY;
    const clause = isPrimary ? 'DROP PRIMARY KEY' : `DROP KEY ${quote(path[1]!)}`;
    const step = isPrimary ? 'drop primary key' : HASHED.test(definition.definition) ? undefined : 'drop index';
    return [alterTable(path[0]!, clause, { step })];
  },
  // Dropped and added in one statement, an index that differs in this alone is kept as it was.
  alter: (from, to, { flavor }) => {
    const [before, after] = [from, to].map(({ definition }) => definition.definition.replace(UNSEEN, ''));
    if (before !== after || from.definition.unique !== to.definition.unique) return null;
    const word = visibilityWord(flavor, !UNSEEN.test(to.definition.definition));
    return [alterTable(to.path[0]!, `ALTER INDEX ${quote(to.path[1]!)} ${word}`, { step: 'show index' })];
  },
  rename: (from, to) => [
    alterTable(from.path[0]!, `RENAME KEY ${quote(from.path[1]!)} TO ${quote(to.path[1]!)}`, { step: 'rename index' }),
  ],
  renamedUnasked: true,
  occupies: ({ path }) => [`index ${path[0]}.${path[1]!.toLowerCase()}`],
  group: tableOf,
};

const UNSEEN = / (?:IGNORED|INVISIBLE)$/;

/** A unique index by hash is a hidden column beside it: https://mariadb.com/kb/en/getting-started-with-indexes/#unique-index */
const HASHED = / USING HASH\b/;

function addStep(definition: string): OnlineStep | undefined {
  if (HASHED.test(definition)) return undefined;
  if (definition.startsWith('FULLTEXT ')) return 'add fulltext index';
  return definition.startsWith('SPATIAL ') ? 'add spatial index' : 'add index';
}
