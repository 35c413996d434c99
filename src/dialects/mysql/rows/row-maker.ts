import type { Session } from '../../../session/session.ts';
import { Repeatable } from '../../made-up-rows.ts';
import { describeError } from '../errors.ts';
import { quote } from '../quote.ts';
import { candidatesIn } from './candidates.ts';
import type { RowColumn, RowTable } from './catalog.ts';
import { explainFailure } from './explain.ts';
import { columnNamed, isNamed, originOf, type RowTables } from './foreign-keys.ts';
import { edgeOf, emptyOf, isWhole, NULL, valueOf, type Value } from './values.ts';

/** A row by the names of its columns. */
export type MadeRow = ReadonlyMap<string, Value>;

/** How often a row is changed and tried again before it is given up. */
const MOST_TRIES = 150;
/** What more than one row adds is worth a few tries. */
const FEW_TRIES = 40;
/** When it is made like the one before, as far as the table has one. */
const HALF_WAY = 20;

const ROWS = [0, 1, 2, 3, 4];

/** ER_DUP_ENTRY, with what MySQL and MariaDB have besides. */
const DUPLICATE = new Set(['1062', '1586', '1859']);
/** ER_CONSTRAINT_FAILED of MariaDB, ER_CHECK_CONSTRAINT_VIOLATED of MySQL. */
const CHECK = new Set(['4025', '3819']);
/** ER_NO_PARTITION_FOR_GIVEN_VALUE, ER_ROW_DOES_NOT_MATCH_GIVEN_PARTITION_SET */
const NO_PARTITION = new Set(['1526', '1748']);
const CANNOT_BE_NULL = '1048';

/** Puts rows into one table: values that the table refuses are changed where it says so, until it takes them. */
export class RowMaker {
  readonly #session: Session;
  readonly #table: RowTable;
  readonly #tables: RowTables;
  readonly #unique: ReadonlySet<string>;
  readonly #parents: ReadonlyMap<RowTable, ReadonlyMap<number, MadeRow>>;
  readonly #taken = new Map<number, MadeRow>();
  #candidates: readonly Value[] | null = null;
  readonly #random = new Repeatable();
  #error: unknown = null;
  #code = '';
  #refusal = '';
  /** What the server said to the plainest row. */
  reason = '';

  /** @param parents the rows of tables that are filled already, by their number */
  constructor(
    session: Session,
    table: RowTable,
    tables: RowTables,
    parents: ReadonlyMap<RowTable, ReadonlyMap<number, MadeRow>>,
  ) {
    this.#session = session;
    this.#table = table;
    this.#tables = tables;
    this.#parents = parents;
    this.#unique = new Set([...table.unique.values()].flat().map((name) => name.toLowerCase()));
  }

  /** The rows that the table took, by their number. */
  async fill(): Promise<ReadonlyMap<number, MadeRow>> {
    const rows = ROWS.map((at) => this.#row(at));
    if (this.#table.isVersioned) await this.#leaveHistory();
    // Most tables take what they are given.
    if (await this.#insert(rows)) for (const at of ROWS) this.#taken.set(at, rows[at]!);
    else {
      for (const at of ROWS) {
        const row = await this.#insertInTries(rows[at]!, at, this.#taken.size === 0 && at < 2 ? MOST_TRIES : FEW_TRIES);
        if (row !== null) this.#taken.set(at, row);
      }
    }
    return this.#taken;
  }

  /** A row that was there once: only the versions before the current one tell whether they are kept. */
  async #leaveHistory(): Promise<void> {
    // Within one transaction a row numbered by transactions would have no past: https://mariadb.com/kb/en/system-versioned-tables/
    await this.#session.query('COMMIT');
    if ((await this.#insertInTries(this.#row(5), 5, FEW_TRIES)) !== null) {
      await this.#session.query('COMMIT');
      await this.#session.query(`DELETE FROM ${quote(this.#table.name)}`).catch(() => undefined);
    }
    await this.#session.query('COMMIT');
    await this.#session.query('START TRANSACTION');
  }

  /** Plain, as like the first as can be, from the ends of its types, without any value, with empty ones; 5 and on plain. */
  #row(at: number): Map<string, Value> {
    const row = new Map(this.#table.columns.map((column) => [column.name, this.#value(column, at)]));
    for (const { columns, parent, referenced } of this.#table.foreignKeys) {
      const above = this.#parents.get(this.#tables.get(parent) ?? this.#table);
      const isTold = columns.some((name) => this.#unique.has(name.toLowerCase()));
      const chosen = above?.get(at === 1 && !isTold ? 0 : at) ?? above?.get(0);
      for (const [place, name] of columns.entries()) {
        const own = columnNamed(this.#table, name);
        if (own === undefined || row.get(own.name) === NULL) continue;
        // No row of a table that gets none can be referred to.
        if (!own.notNull && !this.#tables.has(parent)) {
          row.set(own.name, NULL);
          continue;
        }
        const origin = originOf(this.#table, name, this.#tables);
        const planned = origin === undefined ? undefined : plainOf(origin, at === 1 && !isTold ? 0 : at);
        const value = chosen === undefined ? planned : valueIn(chosen, referenced[place]!);
        if (value !== undefined) row.set(own.name, value);
      }
    }
    return row;
  }

  #value(column: RowColumn, at: number): Value {
    const isTold = this.#unique.has(column.name.toLowerCase());
    if (at === 1) return valueOf(column, isTold ? 1 : 0);
    // A counter at its end would take no row any more.
    if (column.isCounter) return plainOf(column, at);
    if (at === 2 && !this.#isReferenced(column)) return edgeOf(column);
    if (at === 3 && !column.notNull) return NULL;
    return at === 4 && !isTold ? emptyOf(column) : plainOf(column, at);
  }

  /** Rows of other tables refer to this number before it is there. */
  #isReferenced({ name }: RowColumn): boolean {
    return this.#table.unique.get('PRIMARY')?.some(isNamed(name)) === true;
  }

  async #insert(rows: readonly MadeRow[]): Promise<boolean> {
    const names = this.#table.columns.map(({ name }) => name);
    const tuples = rows.map((row) => `(${names.map((name) => row.get(name) ?? NULL).join(', ')})`);
    try {
      await this.#session.query(
        `INSERT INTO ${quote(this.#table.name)} (${names.map(quote).join(', ')}) VALUES ${tuples.join(', ')}`,
      );
      return true;
    } catch (error) {
      this.#error = error;
      const { code, message, connectionLost } = describeError(error);
      if (connectionLost) throw error;
      this.#refusal = message;
      this.#code = code;
      return false;
    }
  }

  async #insertInTries(given: MadeRow, at: number, tries: number): Promise<MadeRow | null> {
    const row = new Map(given);
    const refused = new Set<string>();
    let last = '';
    for (let round = 0; round < tries; round += 1) {
      if (round === HALF_WAY) for (const [name, value] of this.#taken.get(0) ?? []) row.set(name, value);
      if (await this.#insert([row])) return row;
      if (this.reason === '') this.reason = explainFailure(this.#error).message;
      // What a trigger says, and an engine that cannot, does not depend on values.
      if (!KNOWN.test(this.#code) && last === this.#refusal && round > 10) return null;
      last = this.#refusal;
      this.#change(row, this.#blamed(), at, refused, round);
    }
    return null;
  }

  #blamed(): readonly RowColumn[] {
    const { columns, checks, unique, partitionedBy } = this.#table;
    const named = (names: readonly string[] | undefined): readonly RowColumn[] => {
      const found = columns.filter(({ name }) => names?.some(isNamed(name)));
      return found.length > 0 ? found : columns;
    };
    if (NO_PARTITION.has(this.#code)) return named(partitionedBy);
    if (CHECK.has(this.#code)) {
      const said = /(?:CONSTRAINT `(.+)` failed|constraint '(.+)' is violated)/i.exec(this.#refusal);
      return named(checks.get(said?.[1] ?? said?.[2] ?? ''));
    }
    if (DUPLICATE.has(this.#code)) {
      // MySQL names the table before the key.
      const said = / for key '(?:.*\.)?(.*?)'$/.exec(this.#refusal)?.[1] ?? '';
      return named(unique.get(said));
    }
    const said = /(?:[Cc]olumn|[Ff]ield) (?:'([^']*)'|`(?:[^`]|``)*`\.`(?:[^`]|``)*`\.`((?:[^`]|``)*)`)/.exec(
      this.#refusal,
    );
    return named([said?.[1] ?? said?.[2]?.replaceAll('``', '`') ?? '']);
  }

  /** At first to what is plain, then to whatever may be worth trying. */
  #change(
    row: Map<string, Value>,
    columns: readonly RowColumn[],
    at: number,
    refused: Set<string>,
    round: number,
  ): void {
    const isDuplicate = DUPLICATE.has(this.#code);
    for (const column of columns) {
      if (isDuplicate || refused.has(column.name)) continue;
      refused.add(column.name);
      row.set(column.name, valueOf(column, at));
      if (this.#code === CANNOT_BE_NULL) return;
    }
    if (round === 0 && !isDuplicate) return;
    const some = this.#random.chance(0.6) ? [this.#random.pick(columns)] : columns;
    for (const column of some) {
      if (column === undefined) continue;
      if (isDuplicate || this.#random.chance(0.2))
        row.set(column.name, valueOf(column, 10 + this.#random.below(10_000)));
      else row.set(column.name, this.#candidate(column));
    }
  }

  #candidate(column: RowColumn): Value {
    this.#candidates ??= candidatesIn(this.#table.text);
    const value = this.#random.pick(this.#candidates) ?? NULL;
    return value === NULL && column.notNull ? valueOf(column, this.#random.below(100)) : value;
  }
}

/** Refusals that name what is wrong with a value. */
const KNOWN =
  /^(?:1048|1062|1264|1265|1292|1364|1366|1367|1406|1411|1416|1526|1586|1690|1748|1859|3819|4025|4038|4078)$/;

/** With a 0 among the numbers: where a column begins to count by itself, that may become another. */
const plainOf = (column: RowColumn, at: number): Value => (at === 4 && isWhole(column) ? '0' : valueOf(column, at));

function valueIn(row: MadeRow, name: string): Value | undefined {
  for (const [own, value] of row) if (isNamed(name)(own)) return value === NULL ? undefined : value;
  return undefined;
}
