import type { Kind } from '../schema/kinds.ts';
import type { SchemaObject } from '../schema/object.ts';

const NOUNS: Partial<Record<Kind, string>> = {
  compositeType: 'type',
  baseType: 'type',
  rangeType: 'range type',
  domainConstraint: 'check',
  sequenceOwner: 'owning column',
  partition: 'partition of',
  inheritance: 'parent',
  clusterOn: 'clustering',
  eventTrigger: 'event trigger',
  privileges: 'grants',
  userMapping: 'user mapping',
};

/** What people call an object: `foreign key`, `materialized view`. */
export function nounOf(object: SchemaObject): string {
  const { kind } = object;
  if (kind === 'constraint' || kind === 'routine') return object.definition.type.toLowerCase();
  // On MySQL and MariaDB a primary key is an index, and no other can have its name.
  if (kind === 'index' && object.path.at(-1) === 'PRIMARY') return 'primary key';
  if (kind === 'index') return object.definition.unique === true ? 'unique index' : 'index';
  if (kind === 'table') {
    if (object.definition.using !== undefined) return 'virtual table';
    return object.definition.server === undefined ? 'table' : 'foreign table';
  }
  return NOUNS[kind] ?? words(kind);
}

function words(kind: Kind): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const MASS: ReadonlySet<string> = new Set(['primary key', 'grants', 'clustering', 'replica identity', 'owner']);

/** `primary key`, `2 foreign keys` */
export function counted(number: number, noun: string): string {
  if (MASS.has(noun)) return noun;
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith('x') ? `${noun}es` : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
