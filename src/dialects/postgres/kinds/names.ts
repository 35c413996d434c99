import { nameOf, type Path } from '../../../schema/object.ts';

/** Tables, views, sequences, indexes and composite types share one set of names in a schema. */
export function relationName(path: Path): string {
  return `relation:${nameOf(path.slice(0, 2))}`;
}

/** Types share one set of names in a schema; every relation but sequences and indexes takes one for its row type. */
export function typeName(path: Path): string {
  return `type:${nameOf(path.slice(0, 2))}`;
}

/** What a foreign key can refer to: an old key of the table goes before a new foreign key might be bound to it. */
export function keysName(table: Path): string {
  return `keys:${nameOf(table.slice(0, 2))}`;
}
