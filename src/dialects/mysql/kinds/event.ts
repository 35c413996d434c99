import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { replacesPrograms } from '../flavor.ts';
import { quote } from '../quote.ts';
import type { MysqlStatement } from './alter-table.ts';
import { definerOf, sessionFor } from './program.ts';

type Event = ObjectOf<'event'>;

export const event: KindRules<'event'> = {
  noun: () => 'event',
  create: (object, context) => [createEvent('CREATE', object, context)],
  drop: ({ path }) => [{ sql: `DROP EVENT ${quote(path[0]!)}` }],
  alter: (_from, to, context) => remakeEvent(to, context),
  occupies: ({ path }) => [`event ${path[0]!}`],
  mentions: ({ definition }) => definition.definition,
  moment: { create: 'last' },
};

export function remakeEvent(object: Event, context: PlanContext): MysqlStatement[] {
  if (replacesPrograms(context.flavor)) return [createEvent('CREATE OR REPLACE', object, context)];
  return [{ sql: `DROP EVENT ${quote(object.path[0]!)}` }, createEvent('CREATE', object, context)];
}

function createEvent(words: string, { path, definition }: Event, { to }: PlanContext): MysqlStatement {
  return {
    sql: `${words} ${definerOf('event', path, to)}EVENT ${quote(path[0]!)} ${definition.definition}`,
    session: sessionFor(definition.settings),
    verbatim: true,
  };
}
