import { idOf, keyOf, objectOf, type ObjectId, type Path, type SchemaObject } from '../../schema/object.ts';
import { Schema, type Need } from '../../schema/schema.ts';
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
  readonly #objects = new Map<ObjectId, SchemaObject>();
  readonly #needs = new Map<ObjectId, readonly Need[]>();
  /** The last trigger of each time and event of a table. */
  readonly #fired = new Map<string, string>();

  constructor(ground: Ground, isOwn: (object: SchemaObject) => boolean) {
    this.#ground = ground;
    this.#isOwn = isOwn;
  }

  schema(): Schema {
    const objects = [...this.#objects.values()];
    const needs = new Map([...this.#needs, ...viewNeeds(objects)]);
    return new Schema(objects, needs).filter((object) => !this.#isOwn(object));
  }

  database(options: Readonly<Record<string, string>>): void {
    this.#put(objectOf('database', [], { options }), []);
  }

  table(name: string, row: Row): void {
    const table = this.#fold(name);
    const read = readTable(withoutDatabase(String(row['Create Table']), this.#ground.database));
    const { options, collation } = this.#options(read);
    const engine = options.find((option) => option.startsWith('ENGINE='))?.slice('ENGINE='.length);
    const partitionBy = read.partitionBy && partitioningText(readPartitioning(read.partitionBy, engine));
    this.#put(objectOf('table', [table], { partitionBy, options, clauses: read.clauses }), []);
    let position = '';
    for (const column of read.columns) {
      this.#column(table, column, position, collation);
      position = column.name;
    }
    const whole: Need = { id: idOf('table', [table]), strength: 'own' };
    for (const { name: index, unique, definition, names } of read.indexes) {
      this.#put(objectOf('index', [table, index], { unique, definition }), [whole, ...columnsOf(table, names)]);
    }
    for (const constraint of read.constraints) this.#constraint(table, constraint);
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

  #column(table: string, read: ReadColumn, position: string, tableCollation: string): void {
    const { name, type, charset, generated, expression, notNull, clauses, names } = read;
    const ofCharset = charset === undefined ? tableCollation : this.#ground.collations.get(charset);
    const collation = isText(type) ? (read.collation ?? ofCharset) : undefined;
    if (/^(?:geometry|point|linestring|polygon|multi|geomcollection|geometrycollection)/.test(type))
      this.hasGeometries = true;
    const object = objectOf('column', [table, name], {
      type,
      collation,
      notNull,
      generated,
      expression,
      position,
      clauses,
    });
    const used = names.flatMap((other): Need[] => [
      { id: idOf('column', [table, other]), strength: 'use' },
      { id: idOf('sequence', [other]), strength: 'use' },
    ]);
    this.#put(object, [{ id: idOf('table', [table]), strength: 'own' }, ...used]);
  }

  #constraint(table: string, { name, type, definition, columns, references }: ReadConstraint): void {
    const parent = references === undefined ? undefined : this.#fold(references.table);
    const needs: Need[] = [{ id: idOf('table', [table]), strength: 'own' }, ...columnsOf(table, columns)];
    if (parent !== undefined) {
      needs.push({ id: idOf('table', [parent]), strength: 'use' }, ...columnsOf(parent, references!.columns));
    }
    const object = {
      type,
      definition,
      columns: type === 'CHECK' ? [] : columns,
      references: parent === undefined ? [] : [parent],
    };
    this.#put(objectOf('constraint', [table, name], object), needs);
  }

  place(table: string, name: string, srid: string): void {
    const id = idOf('column', [this.#fold(table), name]);
    const object = this.#objects.get(id);
    if (object?.kind !== 'column') return;
    const clauses = [`REF_SYSTEM_ID=${srid}`, ...(object.definition.clauses ?? [])];
    this.#objects.set(id, objectOf('column', object.path, { ...object.definition, clauses }));
  }

  view(name: string, row: Row): void {
    const read = readView(String(row['Create View']));
    if (read === null) return this.#leave(name, `view ${name}: SHOW CREATE VIEW says something else`);
    const definition = withoutDatabase(read.definition, this.#ground.database);
    const object = objectOf('view', [this.#fold(name)], { columns: [], definition, options: read.options });
    this.#put(object, []);
    this.#definer(object, read.definer);
  }

  sequence(name: string, row: Row): void {
    const definition = readSequence(String(row['Create Table']));
    if (definition === null) this.#leave(name, `sequence ${name}: SHOW CREATE SEQUENCE says something else`);
    else this.#put(objectOf('sequence', [this.#fold(name)], definition), []);
  }

  routine(type: string, name: string, row: Row): void {
    const printed = Object.entries(row).find(([title]) => /^Create /i.test(title))?.[1];
    if (typeof printed !== 'string')
      return this.#leave(name, `${type.toLowerCase()} ${name}: its text is hidden from this user`);
    const { definer, noun, rest } = readProgram(printed, String(row['sql_mode']));
    const definition = { type: noun, definition: rest, settings: settingsOf(row) };
    const object = objectOf('routine', [type.toLowerCase(), name], definition);
    const isBody = type === 'PACKAGE BODY';
    this.#put(object, isBody ? [{ id: idOf('routine', ['package', name]), strength: 'own' }] : []);
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
    const object = objectOf('trigger', [table, name], { definition, position, settings: settingsOf(row) });
    this.#put(object, [{ id: idOf('table', [table]), strength: 'own' }]);
    this.#definer(object, definer);
  }

  event(name: string, row: Row, times: EventTimes): void {
    const { definer, rest } = readProgram(String(row['Create Event']), String(row['sql_mode']));
    const definition = eventText(rest, times);
    const zone = namesTime(definition) ? { time_zone: String(row['time_zone']) } : {};
    const object = objectOf('event', [name], { definition, settings: { ...settingsOf(row), ...zone } });
    this.#put(object, []);
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
    this.#put(objectOf('owner', [object.kind, ...object.path], { role }), [{ id: keyOf(object), strength: 'own' }]);
  }

  #fold(table: string): string {
    return this.#ground.isFolding ? table.toLowerCase() : table;
  }

  #leave(table: string, said: string): void {
    if (!this.#isOwn(objectOf('table', [table], {}))) this.unread.push(said);
  }

  #put(object: SchemaObject, needs: readonly Need[]): void {
    this.#objects.set(keyOf(object), object);
    this.#needs.set(keyOf(object), needs);
  }
}

function columnsOf(table: string, names: Path): Need[] {
  return names.map((column) => ({ id: idOf('column', [table, column]), strength: 'use' }));
}
