import type { Session } from '../../../session/session.ts';
import { describeError } from '../errors.ts';
import { quote } from '../quote.ts';
import type { RowTable } from './catalog.ts';
import type { Value } from './values.ts';

/** The table that has the rows of a full-text index; '' where none has, null where it has them itself. */
export function contentOf(sql: string): string | null {
  const match = /[(,]\s*content\s*=\s*(?:'([^']*)'|"([^"]*)"|([\w$]*))/i.exec(sql);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? '');
}

/** Rows for a virtual table of a module that is known, into its own columns. */
export async function fillVirtual(session: Session, table: RowTable): Promise<{ count: number; why: string }> {
  const name = quote(table.name);
  const [, module = ''] = /\bUSING\s+["'`[]?(\w+)/i.exec(table.text) ?? [];
  const content = contentOf(table.text);
  try {
    // Its rows are those of another table: https://www.sqlite.org/fts5.html#external_content_tables
    if (content) await session.query(`INSERT INTO ${name} (${name}) VALUES ('rebuild')`);
    else {
      const isText = module.toLowerCase().startsWith('fts');
      const columns = [...(isText ? ['rowid'] : []), ...table.columns.map((column) => quote(column.name))];
      const sql = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
      for (const at of [0, 1, 2]) await session.query(sql, valuesFor(module.toLowerCase(), table, at));
    }
    const { rows } = await session.query(`SELECT count(*) AS count FROM ${name}`);
    const count = Number(rows[0]?.['count']);
    return { count, why: content ? `${content} has no rows` : 'it took no row' };
  } catch (error) {
    return { count: 0, why: describeError(error).message };
  }
}

function valuesFor(module: string, { columns }: RowTable, at: number): Value[] {
  if (module.startsWith('rtree')) {
    // An id, then a lower and an upper bound for each dimension: https://www.sqlite.org/rtree.html
    const half = module === 'rtree' ? 0.5 : 0;
    return columns.map((_, index) => (index === 0 ? at + 1 : 10 * at + ((index + 1) % 2) + half));
  }
  if (module === 'geopoly')
    return columns.map((_, index) => (index === 0 ? '[[0,0],[1,0],[0,1],[0,0]]' : `value ${at}`));
  const words = columns.map(({ name }, index) => `some words ${at + 1} of ${index} ${name}`);
  return module.startsWith('fts') ? [BigInt(10 * at + 5), ...words] : words;
}
