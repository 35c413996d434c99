import type { Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly parent: number;
}

/**
 * A foreign key that refers to a partitioned table has a copy for each partition, which holds on to the columns and the index
 * there: nobody can drop those while it is there. Read after the constraints, whose copies they are.
 */
export const keyCopiesReader: Reader<Row> = {
  name: 'key_copies',
  onlyWith: 'pg_constraint.conparentid',
  // Copies on the partitions of the referring table are constraints of theirs, and no such thing.
  sql: () => `
    SELECT k.oid::int8, k.conparentid::int8 AS parent
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid AND p.conrelid = k.conrelid
    WHERE k.contype = 'f' AND k.conparentid <> 0`,
  read: (rows, catalog) => {
    const parents = new Map(Array.from(rows, ({ oid, parent }) => [oid, parent]));
    for (const oid of parents.keys()) {
      let root = oid;
      for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
      const key = catalog.at(['pg_constraint', root]);
      if (key !== undefined) catalog.alias(key, ['pg_constraint', oid]);
    }
  },
};
