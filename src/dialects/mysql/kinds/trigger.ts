import type { KindRules, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, sameDefinition, type ObjectId, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { replacesPrograms } from '../flavor.ts';
import { quote } from '../quote.ts';
import type { MysqlStatement } from './alter-table.ts';
import { definerOf, sessionFor } from './program.ts';
import { triggerGroup } from './program-text.ts';
import { longestRising } from './rising.ts';
import { nameIn, tokensOf, wordOf } from './text.ts';

type Trigger = ObjectOf<'trigger'>;

export const trigger: KindRules<'trigger'> = {
  noun: () => 'trigger',
  create: (object, context) => [createTrigger('CREATE', object, context)],
  drop: ({ path }) => [{ sql: `DROP TRIGGER ${quote(path[1]!)}` }],
  alter: (from, to, context) => {
    const { position: _before, ...before } = from.definition;
    const { position: _after, ...after } = to.definition;
    if (sameDefinition(before, after) && !moved(to, context)) return [];
    return remakeTrigger(to, context);
  },
  occupies: ({ path }) => [`trigger ${path[1]!}`],
  behind: (object, { to }) => [
    ...(before(object, to) === undefined ? [] : [keyOf(before(object, to)!)]),
    ...(to.has(keyOf(object)) ? columnsIn(object) : []),
  ],
  mentions: ({ definition }) => definition.definition,
};

/** `NEW.name`, in its body: other names are looked up when it fires. */
function columnsIn({ path, definition: { definition = '' } }: Trigger): ObjectId[] {
  const tokens = tokensOf(definition);
  return tokens.flatMap((token, at) => {
    const isRow =
      /^(?:NEW|OLD)$/i.test(wordOf(definition, tokens[at - 2])) && wordOf(definition, tokens[at - 1]) === '.';
    return isRow ? [idOf('column', [path[0]!, nameIn(definition, token)])] : [];
  });
}

/** The same once more, in one statement where the server can: rows that come meanwhile must not pass it by. */
export function remakeTrigger(object: Trigger, context: PlanContext): MysqlStatement[] {
  if (replacesPrograms(context.flavor)) return [createTrigger('CREATE OR REPLACE', object, context)];
  const note = 'Rows that are written between these two statements do not fire it.';
  return [{ sql: `DROP TRIGGER ${quote(object.path[1]!)}`, note }, createTrigger('CREATE', object, context)];
}

/**
 * What is made again goes behind all others of its time and event, unless it says where it stands:
 * https://dev.mysql.com/doc/refman/8.4/en/trigger-syntax.html
 */
function createTrigger(words: string, object: Trigger, context: PlanContext): MysqlStatement {
  const { definition = '', settings } = object.definition;
  const neighbour = before(object, context.to);
  const next = neighbour === undefined ? after(object, context) : undefined;
  const place =
    neighbour !== undefined
      ? `FOLLOWS ${quote(neighbour.path[1]!)} `
      : next === undefined
        ? ''
        : `PRECEDES ${quote(next)} `;
  const [head, body] = cut(definition);
  return {
    sql: `${words} ${definerOf('trigger', object.path, context.to)}TRIGGER ${quote(object.path[1]!)} ${head} ${place}${body}`,
    session: sessionFor(settings),
    verbatim: true,
  };
}

const ROW = ' FOR EACH ROW ';

function cut(definition: string): [string, string] {
  const at = definition.indexOf(ROW) + ROW.length;
  return [definition.slice(0, at - 1), definition.slice(at)];
}

function before({ path, definition: { position } }: Trigger, schema: Schema): Trigger | undefined {
  return position === undefined || position === '' ? undefined : schema.find('trigger', [path[0]!, position]);
}

/** A trigger that stays where it is and comes to stand behind this one, which is the first. */
function after(object: Trigger, context: PlanContext): string | undefined {
  const { names, staying } = standing(object, context);
  return names.find((name) => {
    const fate = context.fate(idOf('trigger', [object.path[0]!, name]));
    return name !== object.path[1] && staying.has(name) && (fate === 'keep' || fate === 'alter');
  });
}

const isAlike = (a: Trigger, b: Trigger): boolean =>
  triggerGroup(a.definition.definition ?? '') === triggerGroup(b.definition.definition ?? '');

function moved(object: Trigger, context: PlanContext): boolean {
  return !standing(object, context).staying.has(object.path[1]!);
}

/** All of its time and event in their order, and the most of them that need not be made again for it. */
function standing(
  object: Trigger,
  { from, to }: PlanContext,
): { names: readonly string[]; staying: ReadonlySet<string> } {
  const table = idOf('table', [object.path[0]!]);
  const order = (schema: Schema): string[] =>
    inOrder(schema.parts(table, 'trigger').filter((one) => isAlike(one, object)));
  const names = order(to);
  const kept = order(from).map((name) => names.indexOf(name));
  return { names, staying: new Set(longestRising(kept.filter((at) => at !== -1)).map((at) => names[at]!)) };
}

function inOrder(triggers: readonly Trigger[]): string[] {
  const behind = new Map(triggers.map((one) => [one.definition.position, one.path[1]!]));
  const ordered: string[] = [];
  for (let next = behind.get(''); next !== undefined; next = behind.get(next)) ordered.push(next);
  return ordered;
}
