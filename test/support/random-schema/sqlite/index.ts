import type { Model } from '../model.ts';
import { printFullText, printRtree, printTrigger, printView } from './print-others.ts';
import { printIndex, printTable, shapeTables } from './print-tables.ts';
import { SqliteWorld } from './world.ts';

export { SQLITE_SPECS } from './specs.ts';

/** A script that fills an empty SQLite database. */
export function printSqlite(model: Model): string {
  const world = new SqliteWorld(model);
  shapeTables(world);
  const tables = [...world.relations.values()];
  const statements = tables.map((relation) => printTable(relation, world));
  for (const relation of tables) {
    for (const choices of world.parts('index', relation.id)) statements.push(...printIndex(choices, relation, world));
  }
  for (const choices of world.things('fullText')) statements.push(...printFullText(choices, world));
  for (const choices of world.things('rtree')) statements.push(...printRtree(choices, world));
  for (const choices of world.things('view')) statements.push(...printView(choices, world));
  for (const choices of world.things('trigger')) statements.push(...printTrigger(choices, world));
  return statements.map((sql) => `${sql};\n`).join('');
}
