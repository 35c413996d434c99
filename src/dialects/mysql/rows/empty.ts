import { idOf } from '../../../schema/object.ts';
import type { Session } from '../../../session/session.ts';
import type { EmptiedTable, RowFailure } from '../../row-rules.ts';
import { nameIn, tokensOf } from '../kinds/text.ts';
import { quote } from '../quote.ts';
import { withSettings } from './settings.ts';

interface Table {
  readonly name: string;
  readonly isVersioned: boolean;
}

/**
 * Takes rows out of the way of a statement: of the tables that it names, at first one that no other refers to, then all with
 * what refers to them; in the end those of all tables. Nothing is rolled back by itself here: what ran before stays.
 */
export async function emptyTables(session: Session, failure: RowFailure): Promise<EmptiedTable[] | null> {
  const { sql, tried } = failure;
  const tables = await readTables(session);
  const named = tables.filter(({ name }) => namesIn(sql).has(name));
  const isNew = (step: string): boolean => !tried.has(step) && tried.add(step).has(step);
  for (const table of named) {
    if (tried.has(`thin ${table.name}`)) continue;
    if (await thin(session, table)) return [emptied(table)];
    tried.add(`thin ${table.name}`);
  }
  for (const table of named) {
    if (!isNew(`all of ${table.name}`)) continue;
    const gone = await empty(session, await withReferring(session, table, tables));
    if (gone.length > 0) return gone;
  }
  if (!isNew('all')) return null;
  const gone = await empty(session, tables);
  return gone.length > 0 ? gone : null;
}

const emptied = ({ name }: Table): EmptiedTable => ({ id: idOf('table', [name]), handle: name });

function namesIn(sql: string): ReadonlySet<string> {
  const tokens = tokensOf(sql).filter(({ kind }) => kind === 'name' || kind === 'word');
  return new Set(tokens.map((token) => nameIn(sql, token)));
}

async function readTables(session: Session): Promise<Table[]> {
  const { rows } = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
  );
  return rows.map(({ name, type }) => ({ name: String(name), isVersioned: type === 'SYSTEM VERSIONED' }));
}

interface Reference {
  readonly table: string;
  readonly parent: string;
  readonly name: string;
  readonly column: string;
  readonly referenced: string;
}

async function readReferences(session: Session): Promise<Reference[]> {
  const { rows } = await session.query(
    `SELECT TABLE_NAME AS tbl, REFERENCED_TABLE_NAME AS parent, CONSTRAINT_NAME AS name, COLUMN_NAME AS col,
       REFERENCED_COLUMN_NAME AS referenced
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1, 3, ORDINAL_POSITION`,
  );
  return rows.map(({ tbl, parent, name, col, referenced }) => ({
    table: String(tbl),
    parent: String(parent),
    name: String(name),
    column: String(col),
    referenced: String(referenced),
  }));
}

/** Deletes the last of the rows that no other refers to: the odder a row, the later it came. False where there is none. */
async function thin(session: Session, { name }: Table): Promise<boolean> {
  const references = (await readReferences(session)).filter(({ parent }) => parent === name);
  const keys = [...Map.groupBy(references, (one) => `${one.table}\0${one.name}`).values()];
  const free = keys.map((parts) => {
    const same = parts.map(
      ({ column, referenced }) => `torale_child.${quote(column)} = ${quote(name)}.${quote(referenced)}`,
    );
    // MySQL does not delete from a table that the statement reads, unless what is read is a table of its own by then.
    const child = quote(parts[0]!.table);
    const rows = parts[0]!.table === name ? `(SELECT * FROM ${child}) AS torale_child` : `${child} AS torale_child`;
    return `NOT EXISTS (SELECT 1 FROM ${rows} WHERE ${same.join(' AND ')})`;
  });
  const where = free.length === 0 ? '' : ` WHERE ${free.join(' AND ')}`;
  const { rows } = await session.query(
    `SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
    [name],
  );
  const order = rows.map((row) => `${quote(String(row['name']))} DESC`);
  const last = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
  return run(session, `DELETE FROM ${quote(name)}${where}${last} LIMIT 1`);
}

/** False where the statement is refused, or found no rows. */
function run(session: Session, sql: string): Promise<boolean> {
  return session.query(sql).then(
    ({ rowCount }) => rowCount > 0,
    () => false,
  );
}

/** With the tables that refer to it, and so on: their rows would refer to none. */
async function withReferring(session: Session, start: Table, tables: readonly Table[]): Promise<Table[]> {
  const references = await readReferences(session);
  const found = new Set([start.name]);
  for (const name of found) for (const { parent, table } of references) if (parent === name) found.add(table);
  return tables.filter(({ name }) => found.has(name));
}

/** TRUNCATE fires no trigger, which may refuse; tables with system versioning have none. */
function empty(session: Session, tables: readonly Table[]): Promise<EmptiedTable[]> {
  return withSettings(session, { foreign_key_checks: '0' }, async () => {
    const gone: EmptiedTable[] = [];
    for (const table of tables) {
      const name = quote(table.name);
      const { rows } = await session
        .query(`SELECT 1 FROM ${name}${table.isVersioned ? ' FOR SYSTEM_TIME ALL' : ''} LIMIT 1`)
        .catch(() => ({ rows: [] }));
      if (rows.length === 0) continue;
      if (table.isVersioned) {
        await run(session, `DELETE FROM ${name}`);
        await run(session, `DELETE HISTORY FROM ${name}`);
      } else if (
        !(await session.query(`TRUNCATE TABLE ${name}`).then(
          () => true,
          () => run(session, `DELETE FROM ${name}`),
        ))
      )
        continue;
      gone.push(emptied(table));
    }
    return gone;
  });
}
