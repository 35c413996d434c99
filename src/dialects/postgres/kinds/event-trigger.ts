import type { KindRules, Statement } from '../../../diff/rules.ts';
import { idOf, sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { ident, text } from '../ident.ts';
import { notOfExtension, type Reader } from '../reader.ts';
import { enabledCase } from './trigger.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly event: string;
  readonly function: string;
  readonly tags?: readonly string[];
  readonly enabled?: string;
}

export const eventTriggerReader: Reader<Row> = {
  name: 'event_triggers',
  onlyWith: 'pg_event_trigger.oid',
  sql: () => `
    SELECT e.oid::int8, e.evtname AS name, e.evtevent AS event, e.evttags AS tags, ${enabledCase('e.evtenabled')} AS enabled,
      pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) AS function
    FROM pg_catalog.pg_event_trigger e
    JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${notOfExtension('pg_event_trigger', 'e.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) {
      catalog.put('eventTrigger', [name], definition, ['pg_event_trigger', oid]);
    }
  },
};

type EventTrigger = ObjectOf<'eventTrigger'>;

export const eventTrigger: KindRules<'eventTrigger'> = {
  noun: () => 'event trigger',
  create: (object) => {
    const { event, function: calls, tags, enabled } = object.definition;
    const clauses = [
      `CREATE EVENT TRIGGER ${ident(object.path[0]!)} ON ${event}`,
      ...(tags === undefined ? [] : [`WHEN TAG IN (${tags.map(text).join(', ')})`]),
      `EXECUTE FUNCTION ${calls}()`,
    ];
    return [{ sql: clauses.join('\n  ') }, ...(enabled === undefined ? [] : firesAs(object))];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP EVENT TRIGGER ${ident(name!)}` }],
  alter: ({ definition: { enabled: _before, ...from } }, object) => {
    const { enabled: _after, ...to } = object.definition;
    return sameDefinition(from, to) ? firesAs(object) : null;
  },
  rename: (from, to) => [{ sql: `ALTER EVENT TRIGGER ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
  occupies: ({ path }) => [idOf('eventTrigger', path)],
  // It fires on what this plan does.
  moment: { create: 'last', drop: 'first' },
};

function firesAs({ path: [name], definition: { enabled } }: EventTrigger): Statement[] {
  return [{ sql: `ALTER EVENT TRIGGER ${ident(name!)} ${enabled ?? 'ENABLE'}` }];
}
