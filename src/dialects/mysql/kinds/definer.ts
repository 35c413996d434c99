import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import type { Kind } from '../../../schema/kinds.ts';
import { idOf, type ObjectOf } from '../../../schema/object.ts';
import { remakeEvent } from './event.ts';
import { remakeRoutine } from './routine.ts';
import { remakeTrigger } from './trigger.ts';
import { createView } from './view.ts';

type Definer = ObjectOf<'owner'>;

/** Who a program runs as, where that is another than who makes it. It is said when that is made, and only then. */
export const definer: KindRules<'owner'> = {
  noun: () => 'definer of',
  create: remake,
  drop: remake,
  alter: (_from, to, context) => remake(to, context),
};

function remake({ path: [kind, ...path] }: Definer, context: PlanContext): Statement[] {
  const { to } = context;
  const id = idOf(kind as Kind, path);
  const subject = to.get(id);
  // What changes itself says its definer then.
  if (subject === undefined || context.fate(id) !== 'keep') return [];
  if (subject.kind === 'view') return [{ sql: createView('CREATE OR REPLACE', subject, to) }];
  if (subject.kind === 'trigger') return remakeTrigger(subject, context);
  if (subject.kind === 'routine') return remakeRoutine(subject, context);
  return subject.kind === 'event' ? remakeEvent(subject, context) : [];
}
