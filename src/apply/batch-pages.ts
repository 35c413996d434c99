import type { Dialect, ResultColumn } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { Row, Session } from '../session/session.ts';
import { didYouMean } from '../suggest.ts';

/** The rows of one batch. */
export interface Page {
  readonly rows: readonly Row[];
  /** The key of its last row, as exact texts; null where it has no rows. */
  readonly after: readonly string[] | null;
  readonly isLast: boolean;
}

const REPEATED = 'torale_repeated';

/**
 * Reads a query page by page in the order of its key. Each page begins behind the last row of the one before, so that
 * rows which a change takes out of the query are neither skipped nor seen twice.
 */
export class Pages {
  readonly #session: Session;
  readonly #dialect: Dialect;
  readonly #select: string;
  readonly #key: readonly ResultColumn[];

  private constructor(session: Session, dialect: Dialect, select: string, key: readonly ResultColumn[]) {
    this.#session = session;
    this.#dialect = dialect;
    this.#select = select;
    this.#key = key;
  }

  /**
   * @param key names of columns; null is the first
   * @throws ToraleError REVISION_FAILED for a key that the query does not have, that has no exact order, or is NULL
   */
  static async open(session: Session, dialect: Dialect, select: string, key: readonly string[] | null): Promise<Pages> {
    const columns = await dialect.columnsOf(session, select);
    const names = key ?? columns.slice(0, 1).map(({ name }) => name);
    const pages = new Pages(
      session,
      dialect,
      select,
      names.map((name) => columnNamed(columns, name)),
    );
    await pages.#refuseNull();
    return pages;
  }

  /** As it is told to people: `id`, `tenant, id`. */
  get keyName(): string {
    return this.#key.map(({ name }) => name).join(', ');
  }

  async read(after: readonly string[] | null, size: number): Promise<Page> {
    // One more than wanted: it tells whether there is another page, and whether the key repeats at the end of this one.
    const { rows: found } = await this.#session.query(this.#pageSql(after, size + 1));
    const keys: string[][] = [];
    for (const row of found) {
      keys.push(this.#takeKey(row));
      if (Number(row[REPEATED]) === 1) throw this.#notUnique(keys.at(-1)!);
      delete row[REPEATED];
    }
    const [first] = keys;
    if (after !== null && first?.every((part, index) => part === after[index])) throw this.#inexact(first);
    const rows = found.slice(0, size);
    return { rows, after: keys[rows.length - 1] ?? null, isLast: found.length <= size };
  }

  #takeKey(row: Row): string[] {
    return this.#key.map(({ name }, index) => {
      const text = row[hidden(index)];
      delete row[hidden(index)];
      // SQLite hands whole numbers out as JavaScript's, which end at 2^53.
      if (typeof row[name] === 'number' && !Number.isSafeInteger(row[name]) && /^-?\d+$/.test(String(text))) {
        row[name] = BigInt(String(text));
      }
      return String(text);
    });
  }

  #pageSql(after: readonly string[] | null, limit: number): string {
    const columns = this.#key.map(({ name }) => this.#dialect.quote(name));
    const order = columns.join(', ');
    const inPage = columns.map((column) => `torale_page.${column}`);
    const texts = this.#key.map(({ toText }, index) => `${toText(inPage[index]!)} AS ${hidden(index)}`);
    // The server compares, for only it knows which texts are the same to it.
    const same = inPage.map((column) => `LAG(${column}) OVER torale_order = ${column}`).join(' AND ');
    const behind = after === null ? '' : ` WHERE ${this.#behind(columns, after)}`;
    return (
      `SELECT torale_page.*, ${texts.join(', ')}, CASE WHEN ${same} THEN 1 ELSE 0 END AS ${REPEATED} FROM (` +
      `SELECT * FROM (${this.#select}\n) AS torale_rows${behind} ORDER BY ${order} LIMIT ${limit}` +
      `) AS torale_page WINDOW torale_order AS (ORDER BY ${inPage.join(', ')}) ORDER BY ${inPage.join(', ')}`
    );
  }

  /** MySQL uses no index for a comparison of rows; the others use one only for that. */
  #behind(columns: readonly string[], after: readonly string[]): string {
    const values = this.#key.map(({ fromText }, index) => fromText(after[index] ?? ''));
    if (columns.length === 1) return `${columns[0]} > ${values[0]}`;
    if (this.#dialect.name !== 'mysql') return `(${columns.join(', ')}) > (${values.join(', ')})`;
    const steps = columns.map((column, index) => {
      const equal = columns.slice(0, index).map((earlier, at) => `${earlier} = ${values[at]}`);
      return `(${[...equal, `${column} > ${values[index]}`].join(' AND ')})`;
    });
    return steps.join(' OR ');
  }

  /** NULL is neither before nor behind anything: such rows would be skipped in silence. */
  async #refuseNull(): Promise<void> {
    const nulls = this.#key.map(({ name }) => `${this.#dialect.quote(name)} IS NULL`).join(' OR ');
    const { rows } = await this.#session.query(
      `SELECT 1 AS found FROM (${this.#select}\n) AS torale_rows WHERE ${nulls} LIMIT 1`,
    );
    if (rows.length === 0) return;
    throw new ToraleError('REVISION_FAILED', `op.batch: the key (${this.keyName}) is NULL in some rows.`, {
      hint: 'Name a key that every row has, or leave those rows out of the select.',
    });
  }

  #notUnique(key: readonly string[]): ToraleError {
    return new ToraleError(
      'REVISION_FAILED',
      `op.batch: several rows have the key (${this.keyName}) = (${key.join(', ')}).`,
      { hint: "Name columns that tell the rows apart: key: ['tenant', 'id']." },
    );
  }

  #inexact(key: readonly string[]): ToraleError {
    return new ToraleError(
      'REVISION_FAILED',
      `op.batch: the key (${this.keyName}) = (${key.join(', ')}) is not exact, so that a page cannot begin behind it.`,
      { hint: 'Name another key, or cast it in the select.' },
    );
  }
}

const hidden = (index: number): string => `torale_key_${index + 1}`;

function columnNamed(columns: readonly ResultColumn[], name: string): ResultColumn {
  const alike = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  const found = columns.find((column) => column.name === name) ?? (alike.length === 1 ? alike[0] : undefined);
  if (found === undefined) {
    const names = columns.map((column) => column.name);
    throw new ToraleError('REVISION_FAILED', `op.batch: the select has no column '${name}' to be its key.`, {
      hint: didYouMean(name, names) ?? `It has ${names.join(', ')}.`,
    });
  }
  if (found.unfit !== null) {
    throw new ToraleError('REVISION_FAILED', `op.batch: the key ${found.name} is ${found.unfit}.`, {
      hint: 'Name another key, or cast it in the select.',
    });
  }
  return found;
}
