import { isDeepStrictEqual } from 'node:util';
import { dataOf } from './databases.mjs';
import { schemaDifference, schemaOf } from './schemas.mjs';

/** @typedef {{ schema: string, data: Record<string, string>, log: string[] }} State */

const LOG = 'SELECT revision, at_statement FROM applied_log';

/** @param {import('./databases.mjs').Database} database */
async function logOf(database) {
  const rows = await database.query(LOG);
  return rows.map(({ revision, at_statement: at }) => `${String(revision)} ${String(at)}`).toSorted();
}

/**
 * What an undisturbed run makes, to compare others with.
 *
 * @param {import('./databases.mjs').Database} database
 * @returns {Promise<State>}
 */
export async function stateOf(database) {
  return { schema: await schemaOf(database), data: await dataOf(database), log: await logOf(database) };
}

/**
 * What is wrong with a database after a run that was disturbed; empty where nothing is.
 *
 * @param {State} expected
 * @param {import('./databases.mjs').Database} database
 * @param {readonly string[]} revisions
 */
export async function faultsOf(expected, database, revisions) {
  const faults = [];
  const log = await logOf(database);
  if (!isDeepStrictEqual(log, expected.log)) faults.push(`log: ${difference(expected.log, log)}`);
  const recorded = (await database.query('SELECT revision FROM torale_history')).map(({ revision }) =>
    String(revision),
  );
  if (!isDeepStrictEqual(recorded.toSorted(), revisions.toSorted()))
    faults.push(`history: ${difference(revisions, recorded)}`);
  const heads = (await database.query('SELECT version_num FROM torale_version')).map((row) => String(row.version_num));
  if (!isDeepStrictEqual(heads, revisions.slice(-1))) faults.push(`heads: ${heads.join(', ')}`);
  const left = await database.query('SELECT revision FROM torale_journal');
  if (left.length > 0) faults.push(`journal: ${left.length} rows left`);
  const data = await dataOf(database);
  if (!isDeepStrictEqual(data, expected.data))
    faults.push(`data: ${JSON.stringify(data)} instead of ${JSON.stringify(expected.data)}`);
  const schema = await schemaDifference(expected.schema, database);
  if (schema !== null) faults.push(`schema: ${schema.slice(0, 2000)}`);
  return faults;
}

/** @param {readonly string[]} expected @param {readonly string[]} found */
function difference(expected, found) {
  const count = (/** @type {readonly string[]} */ list, /** @type {string} */ one) =>
    list.filter((other) => other === one).length;
  return [...new Set([...expected, ...found])]
    .filter((one) => count(expected, one) !== count(found, one))
    .map((one) => `${one}: ${count(found, one)} times`)
    .join(', ');
}
