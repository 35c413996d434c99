import type { Model } from '../model.ts';
import {
  printDatabase,
  printEvent,
  printFunction,
  printProcedure,
  printSequence,
  printTrigger,
  printView,
} from './print-others.ts';
import { printForeignKey, printTable, shapeTables } from './print-tables.ts';
import { MysqlWorld } from './world.ts';

export { MYSQL_SPECS } from './specs.ts';

/** Between statements: programs have semicolons and line ends inside. */
export const BETWEEN = ';\n\n';

/** A script that fills an empty database of MariaDB. */
export function printMysql(model: Model): string {
  const world = new MysqlWorld(model);
  const statements: string[] = [];
  for (const choices of world.things('database')) statements.push(...printDatabase(choices));
  for (const choices of world.things('sequence')) statements.push(...printSequence(choices, world));
  shapeTables(world);
  const tables = [...world.relations.values()];
  for (const relation of tables) statements.push(printTable(relation, world));
  for (const relation of tables) {
    for (const choices of world.parts('foreignKey', relation.id))
      statements.push(...printForeignKey(choices, relation, world));
  }
  for (const choices of world.things('view')) statements.push(...printView(choices, world));
  const before = new Map<string, string>();
  for (const relation of tables) {
    for (const choices of world.parts('trigger', relation.id))
      statements.push(...printTrigger(choices, relation, before));
  }
  for (const choices of world.things('procedure')) statements.push(...printProcedure(choices, world));
  for (const choices of world.things('function')) statements.push(...printFunction(choices));
  for (const choices of world.things('event')) statements.push(...printEvent(choices));
  return statements.map((sql) => `${sql}${BETWEEN}`).join('');
}
