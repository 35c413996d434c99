import type { Kind, LooseKinds } from '../../schema/kinds.ts';
import { idOf, keyOf, objectOf, type ObjectId, type Path, type SchemaObject } from '../../schema/object.ts';
import { ObjectPool } from '../../schema/pool.ts';
import { Schema, type Entry, type Need } from '../../schema/schema.ts';
import type { Row } from '../../session/session.ts';
import { isText, type ReadColumn } from './kinds/column-text.ts';
import { eventText, namesTime, type EventTimes } from './kinds/event-text.ts';
import { partitioningText, readPartitioning } from './kinds/partition-text.ts';
import { settingsOf } from './kinds/program.ts';
import { readProgram, triggerGroup, triggerText } from './kinds/program-text.ts';
import { readSequence } from './kinds/sequence.ts';
import { readTable, type ReadConstraint, type ReadTable } from './kinds/show-create.ts';
import { nameIn, tokensOf, withoutDatabase } from './kinds/text.ts';
import { readView } from './kinds/view.ts';
import { viewNeeds } from './view-needs.ts';
import { quote } from './quote.ts';

/** What the texts are to be read by. */
export interface Ground {
  readonly database: string;
  /** `root@localhost` */
  readonly user: string;
  /** Names of tables are alike whatever their case: https://mariadb.com/kb/en/identifier-case-sensitivity/ */
  readonly isFolding: boolean;
  /** What a character set has that names no collation. */
  readonly collations: ReadonlyMap<string, string>;
}

/** Other engines do not know them, and keep them all the same: https://mariadb.com/kb/en/aria-storage-engine/ */
const OF_ARIA = /^(?:PAGE_CHECKSUM|TRANSACTIONAL)=/;
const ARIA_DEFAULT = 'PAGE_CHECKSUM=1';

/** Makes objects of what the server prints, one answer of SHOW CREATE after the other. */
export class Reading {
  readonly unread: string[] = [];
  hasGeometries = false;
  readonly #ground: Ground;
  readonly #isOwn: (object: SchemaObject) => boolean;
  readonly #pool: ObjectPool;
  readonly #entries = new Map<ObjectId, Entry>();
  /** The last trigger of each time and event of a table. */
  readonly #fired = new Map<string, string>();

  constructor(ground: Ground, isOwn: (object: SchemaObject) => boolean, pool = new ObjectPool()) {
    this.#ground = ground;
    this.#isOwn = isOwn;
    this.#pool = pool;
  }

  schema(): Schema {
    for (const [id, needs] of viewNeeds(this.#entries)) this.#entries.set(id, { ...this.#entries.get(id)!, needs });
    return new Schema(this.#pool.settle(this.#entries)).filter((object) => !this.#isOwn(object));
  }

  database(options: Readonly<Record<string, string>>): void {
    this.#put('database', [], { options }, []);
  }

  table(name: string, row: Row): void {
    const table = this.#fold(name);
    const read = readTable(withoutDatabase(String(row['Create Table']), this.#ground.database));
    const { options, collation } = this.#options(read);
    const engine = options.find((option) => option.startsWith('ENGINE='))?.slice('ENGINE='.length);
    const partitionBy = read.partitionBy && partitioningText(readPartitioning(read.partitionBy, engine));
    this.#put('table', [table], { partitionBy, options, clauses: read.clauses }, []);
    let position = '';
    // One list for all columns that need nothing else.
    const whole: readonly Need[] = [{ id: idOf('table', [table]), strength: 'own' }];
    for (const column of read.columns) {
      this.#column(table, column, position, collation, whole);
      position = column.name;
    }
    for (const { name: index, unique, definition, names } of read.indexes) {
      this.#put('index', [table, index], { unique, definition }, whole.concat(columnsOf(table, names)));
    }
    for (const constraint of read.constraints) this.#constraint(table, constraint, whole);
    for (const rest of read.rest) this.#leave(table, rest.replace('of this', `of ${table}`));
  }

  /** A table's collation is always said, also where it is its character set's own. */
  #options(table: ReadTable): { options: readonly string[]; collation: string } {
    const isAria = table.options.includes('ENGINE=Aria');
    const options = table.options.filter((option) => (isAria ? option !== ARIA_DEFAULT : !OF_ARIA.test(option)));
    const said = options.find((option) => option.startsWith('COLLATE='))?.slice('COLLATE='.length);
    const charset =
      options.find((option) => option.startsWith('DEFAULT CHARSET='))?.slice('DEFAULT CHARSET='.length) ?? '';
    const collation = said ?? this.#ground.collations.get(charset) ?? '';
    return { options: said === undefined ? [...options, `COLLATE=${collation}`] : options, collation };
  }

  #column(table: string, read: ReadColumn, position: string, tableCollation: string, whole: readonly Need[]): void {
    const { name, type, charset, generated, expression, notNull, clauses, names } = read;
    const ofCharset = charset === undefined ? tableCollation : this.#ground.collations.get(charset);
    const collation = isText(type) ? (read.collation ?? ofCharset) : undefined;
    if (/^(?:geometry|point|linestring|polygon|multi|geomcollection|geometrycollection)/.test(type))
      this.hasGeometries = true;
    const definition = { type, collation, notNull, generated, expression, position, clauses };
    const used = names.flatMap((other): Need[] => [
      { id: idOf('column', [table, other]), strength: 'use' },
      { id: idOf('sequence', [other]), strength: 'use' },
    ]);
    this.#put('column', [table, name], definition, used.length === 0 ? whole : whole.concat(used));
  }

  #constraint(
    table: string,
    { name, type, definition, columns, references }: ReadConstraint,
    whole: readonly Need[],
  ): void {
    const parent = references === undefined ? undefined : this.#fold(references.table);
    const used: readonly Need[] =
      parent === undefined
        ? []
        : [{ id: idOf('table', [parent]), strength: 'use' }, ...columnsOf(parent, references!.columns)];
    const object = {
      type,
      definition,
      columns: type === 'CHECK' ? [] : columns,
      references: parent === undefined ? [] : [parent],
    };
    this.#put('constraint', [table, name], object, whole.concat(columnsOf(table, columns), used));
  }

  place(table: string, name: string, srid: string): void {
    const id = idOf('column', [this.#fold(table), name]);
    const entry = this.#entries.get(id);
    if (entry?.object.kind !== 'column') return;
    const { path, definition } = entry.object;
    const clauses = [`REF_SYSTEM_ID=${srid}`, ...(definition.clauses ?? [])];
    this.#put('column', path, { ...definition, clauses }, entry.needs);
  }

  view(name: string, row: Row): void {
    const read = readView(String(row['Create View']));
    if (read === null) return this.#leave(name, `view ${name}: SHOW CREATE VIEW says something else`);
    const definition = withoutDatabase(read.definition, this.#ground.database);
    const object = this.#put('view', [this.#fold(name)], { columns: [], definition, options: read.options }, []);
    this.#definer(object, read.definer);
  }

  sequence(name: string, row: Row): void {
    const definition = readSequence(String(row['Create Table']));
    if (definition === null) this.#leave(name, `sequence ${name}: SHOW CREATE SEQUENCE says something else`);
    else this.#put('sequence', [this.#fold(name)], definition, []);
  }

  routine(type: string, name: string, row: Row): void {
    const printed = Object.entries(row).find(([title]) => /^Create /i.test(title))?.[1];
    if (typeof printed !== 'string')
      return this.#leave(name, `${type.toLowerCase()} ${name}: its text is hidden from this user`);
    const { definer, noun, rest } = readProgram(printed, String(row['sql_mode']));
    const definition = { type: noun, definition: rest, settings: settingsOf(row) };
    const isBody = type === 'PACKAGE BODY';
    const needs: Need[] = isBody ? [{ id: idOf('routine', ['package', name]), strength: 'own' }] : [];
    const object = this.#put('routine', [type.toLowerCase(), name], definition, needs);
    this.#definer(object, definer);
  }

  /** Called for those of one table, time and event in the order in which they fire. */
  trigger(onTable: string, name: string, row: Row): void {
    const table = this.#fold(onTable);
    const sqlMode = String(row['sql_mode']);
    const { definer, rest } = readProgram(String(row['SQL Original Statement']), sqlMode);
    const definition = triggerText(rest, sqlMode);
    const group = `${table} ${triggerGroup(definition)}`;
    const position = this.#fired.get(group) ?? '';
    this.#fired.set(group, name);
    const needs: Need[] = [{ id: idOf('table', [table]), strength: 'own' }];
    const object = this.#put('trigger', [table, name], { definition, position, settings: settingsOf(row) }, needs);
    this.#definer(object, definer);
  }

  event(name: string, row: Row, times: EventTimes): void {
    const { definer, rest } = readProgram(String(row['Create Event']), String(row['sql_mode']));
    const definition = eventText(rest, times);
    const zone = namesTime(definition) ? { time_zone: String(row['time_zone']) } : {};
    const object = this.#put('event', [name], { definition, settings: { ...settingsOf(row), ...zone } }, []);
    this.#definer(object, definer);
  }

  /** Who made it is who runs the revisions, on every database; only another is worth a word. */
  #definer(object: SchemaObject, definer: string | undefined): void {
    if (definer === undefined) return;
    const parts = tokensOf(definer)
      .filter(({ kind }) => kind === 'name' || kind === 'word')
      .map((token) => nameIn(definer, token));
    if (parts.join('@') === this.#ground.user) return;
    const role = parts.map((part) => quote(part)).join('@');
    this.#put('owner', [object.kind, ...object.path], { role }, [{ id: keyOf(object), strength: 'own' }]);
  }

  #fold(table: string): string {
    return this.#ground.isFolding ? table.toLowerCase() : table;
  }

  #leave(table: string, said: string): void {
    if (!this.#isOwn(objectOf('table', [table], {}))) this.unread.push(said);
  }

  #put<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K], needs: readonly Need[]): SchemaObject {
    const object = this.#pool.make(kind, path, definition) as unknown as SchemaObject;
    const id = idOf(kind, path);
    this.#entries.set(id, { id, object, needs, text: undefined });
    return object;
  }
}

function columnsOf(table: string, names: Path): Need[] {
  return names.map((column) => ({ id: idOf('column', [table, column]), strength: 'use' }));
}
