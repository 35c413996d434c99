import { ToraleError } from '../../errors.ts';
import type { Row, Session } from '../../session/session.ts';
import { describeError } from './errors.ts';

/** A row without the row that it refers to. */
export interface BrokenKey {
  readonly table: string;
  /** Null in a table WITHOUT ROWID. */
  readonly rowid: number | null;
  readonly parent: string;
  /** The columns of the key, as they are called now. */
  readonly columns: readonly string[];
}

export interface KeyCheck {
  readonly broken: readonly BrokenKey[];
  /** By table, in SQLite's words, why its keys cannot be checked: what they refer to is not unique, or no table. */
  readonly unchecked: ReadonlyMap<string, string>;
}

/** What was broken already when a transaction began. */
export interface KeyBaseline {
  /** How many, by what tells a broken key from others. */
  readonly broken: ReadonlyMap<string, number>;
  readonly unchecked: ReadonlySet<string>;
}

/** Remembered until another connection writes. */
const baselines = new WeakMap<Session, { dataVersion: unknown; baseline: KeyBaseline }>();

/** Inside a transaction. Changed by commits of others alone: https://www.sqlite.org/pragma.html#pragma_data_version */
export async function dataVersionOf(session: Session): Promise<unknown> {
  return (await session.prepared('PRAGMA data_version', [])).rows[0]?.['data_version'];
}

export async function keyBaseline(session: Session, dataVersion: unknown): Promise<KeyBaseline> {
  const cached = baselines.get(session);
  if (cached !== undefined && cached.dataVersion === dataVersion) return cached.baseline;
  const { broken, unchecked } = await checkKeys(session);
  const counts = new Map<string, number>();
  for (const key of broken.map(signOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const baseline = { broken: counts, unchecked: new Set([...unchecked.keys()].map(fold)) };
  baselines.set(session, { dataVersion, baseline });
  return baseline;
}

export function forgetKeys(session: Session): void {
  baselines.delete(session);
}

/** What is broken now and was not before. */
export async function newlyBroken(session: Session, before: KeyBaseline): Promise<KeyCheck> {
  const { broken, unchecked } = await checkKeys(session);
  const left = new Map(before.broken);
  const isNew = (key: BrokenKey): boolean => {
    // Nobody could tell what its rows were like.
    if (before.unchecked.has(fold(key.table))) return false;
    const sign = signOf(key);
    const known = left.get(sign) ?? 0;
    left.set(sign, known - 1);
    return known <= 0;
  };
  return {
    broken: broken.filter(isNew),
    unchecked: new Map([...unchecked].filter(([table]) => !before.unchecked.has(fold(table)))),
  };
}

/** @throws ToraleError REVISION_FAILED */
export async function refuseBrokenKeys(session: Session, before: KeyBaseline): Promise<void> {
  const { broken, unchecked } = await newlyBroken(session, before);
  const [mismatch] = unchecked;
  if (mismatch !== undefined) {
    throw new ToraleError('REVISION_FAILED', `The foreign keys of ${mismatch[0]} cannot be checked: ${mismatch[1]}.`, {
      hint: 'What a key refers to has to be a primary key, or to have a unique index without WHERE and with the default collation.',
      data: { tables: [...unchecked.keys()] },
    });
  }
  const [first] = broken;
  if (first === undefined) return;
  const where = first.rowid === null ? '' : ` (rowid ${first.rowid})`;
  throw new ToraleError(
    'REVISION_FAILED',
    `${broken.length} row${broken.length === 1 ? '' : 's'} would break a foreign key, the first in ${first.table}${where}, ` +
      `which refers to ${first.parent}.`,
    {
      hint: 'Foreign keys are off while a revision runs. Mend the rows in the revision, or let it run with: export const options = { foreignKeys: true }',
      data: { violations: broken.slice(0, 10) },
    },
  );
}

export async function checkKeys(session: Session): Promise<KeyCheck> {
  const columns = new Map<string, readonly string[]>();
  const named = async (rows: readonly Row[]): Promise<BrokenKey[]> => {
    const broken: BrokenKey[] = [];
    for (const row of rows) {
      const [table, parent] = [String(row['table']), String(row['parent'])];
      const key = `${String(row['fkid'])} ${table}`;
      // Numbers of keys are given anew in a table that is rebuilt.
      if (!columns.has(key)) columns.set(key, await columnsOfKey(session, table, Number(row['fkid'])));
      broken.push({ table, parent, rowid: row['rowid'] as number | null, columns: columns.get(key)! });
    }
    return broken;
  };
  try {
    // The function, unlike the pragma, can stay prepared: it looks at the tables when it runs, not when it is prepared.
    const { rows } = await session.prepared('SELECT * FROM pragma_foreign_key_check', []);
    return { broken: await named(rows), unchecked: new Map() };
  } catch (error) {
    if (!isMismatch(error)) throw error;
  }
  // One such key keeps SQLite from looking at all others: https://www.sqlite.org/foreignkeys.html#fk_indexes
  const broken: BrokenKey[] = [];
  const unchecked = new Map<string, string>();
  const tables = await session.query(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`);
  for (const { name } of tables.rows) {
    try {
      const { rows } = await session.query('SELECT * FROM pragma_foreign_key_check(?)', [name]);
      broken.push(...(await named(rows)));
    } catch (error) {
      if (!isMismatch(error)) throw error;
      unchecked.set(String(name), describeError(error).message);
    }
  }
  return { broken, unchecked };
}

async function columnsOfKey(session: Session, table: string, id: number): Promise<string[]> {
  const { rows } = await session.query(
    'SELECT "from" AS name FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq',
    [table, id],
  );
  return rows.map(({ name }) => String(name));
}

const isMismatch = (error: unknown): boolean => describeError(error).message.startsWith('foreign key mismatch');

const fold = (name: string): string => name.toLowerCase();

const signOf = ({ table, rowid, columns }: BrokenKey): string =>
  JSON.stringify([fold(table), rowid, ...columns.map(fold)]);
