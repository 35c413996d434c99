// What Torale should not exceed, each bar computed from the figures of one run.

import { TITLES } from './databases.mjs';

/** @typedef {import('./measure.mjs').Figure} Figure */
/** @typedef {import('./bench.mjs').Row} Row */

/**
 * @typedef {object} Bar
 * @property {string} key of the row
 * @property {string} title
 * @property {string} says what it may not exceed
 * @property {'CPU s' | 'wall s' | 'MiB'} unit
 * @property {number} own
 * @property {number} limit
 * @property {number} [ratio] own as a multiple of what the limit is a multiple of
 * @property {boolean} met
 */

const PROPERTIES = { 'CPU s': 'cpu', 'wall s': 'wall', MiB: 'rss' };
const PEERS = { alembic: 'Alembic', knex: 'knex', drizzle: 'drizzle-kit' };

/** Torale's figure for the row `own` is at most `factor × base`; without a base the factor is the limit. */
const barIn = (unit) => (title, own, says, factor, base) => ({ unit, title, own, says, factor, base });
const cpu = barIn('CPU s');
const wall = barIn('wall s');
const memory = barIn('MiB');

const of = (key, tool) => (f) => f(key, tool);
const each = (make) => Object.entries(TITLES).flatMap(([dialect, title]) => make(dialect, title));

/** Five times the tables in five times the time; what is above is noise. */
const linear = (bar, title, key) => bar(title, `${key} 5000`, '5 × 1.15 × that at 1,000', 5 * 1.15, of(`${key} 1000`));

const BARS = {
  start: [
    cpu('`--version`', 'version', '3.0 × node', 3, of('version', 'node')),
    cpu('`current`, SQLite, 10', 'current sqlite 10', '3.8 × node', 3.8, of('current sqlite 10', 'node')),
    cpu('`current`, SQLite, 1,000', 'current sqlite 1000', '3.8 × node', 3.8, of('current sqlite 1000', 'node')),
    cpu('`current`, SQLite, 10,000', 'current sqlite 10000', '1.4 × that at 10 + read − node', 1, flat),
    cpu('`heads`, 10,000', 'heads 10000', '1.8 × read', 1.8, of('heads 10000', 'files')),
    cpu('`heads`, 10,000', 'heads 10000', '1/8 of Alembic', 1 / 8, of('heads 10000', 'alembic')),
    ...each((dialect, title) => [
      cpu(`at head, ${title}`, `at-head ${dialect} 1000`, '1.5 × `current`', 1.5, of(`current ${dialect} 1000`)),
    ]),
  ],
  upgrade: each((dialect, title) => {
    const key = `upgrade ${dialect}`;
    return [
      cpu(title, key, '1.4 × (driver + import − node)', 1.4, loop(key)),
      ...Object.entries(PEERS).map(([peer, name]) => cpu(title, key, name, 1, of(key, peer))),
    ];
  }),
  planning: [cpu('10,000 revisions', 'planning', '0.15 s', 0.15)],
  inspect: [
    wall('1,000 tables', 'inspect postgres 1000', '0.5 × pg_dump', 0.5, of('inspect postgres 1000', 'dump')),
    wall('5,000 tables', 'inspect postgres 5000', '0.5 × pg_dump', 0.5, of('inspect postgres 5000', 'dump')),
    linear(wall, '5,000 tables', 'inspect postgres'),
  ],
  autogenerate: each((dialect, title) => {
    const [diff, draft] = [`diff ${dialect}`, `autogenerate ${dialect}`];
    const [diffTitle, draftTitle] = [`\`diff\`, ${title}`, `\`revision --autogenerate\`, ${title}`];
    return [
      cpu(`${diffTitle}, 1,000`, `${diff} 1000`, '1/4 of Alembic', 1 / 4, of(`${diff} 1000`, 'alembic')),
      wall(`${draftTitle}, 1,000`, `${draft} 1000`, 'Alembic', 1, of(`${draft} 1000`, 'alembic')),
      linear(cpu, `${diffTitle}, 5,000`, diff),
      linear(cpu, `${draftTitle}, 5,000`, draft),
      memory(`${diffTitle}, 5,000`, `${diff} 5000`, '300 MiB', 300),
      memory(`${draftTitle}, 5,000`, `${draft} 5000`, '300 MiB', 300),
    ];
  }),
};

/** What ten revisions cost, and the reading of the others. */
function flat(f) {
  const large = 'current sqlite 10000';
  return 1.4 * f('current sqlite 10') + f(large, 'files') - f(large, 'node');
}

/** Node starts in each of the two, but would once. */
function loop(key) {
  return (f) => f(key, 'driver') + f(key, 'files') - f(key, 'node');
}

class Missing extends Error {}

/**
 * The bars of a group that this run can tell about.
 *
 * @param {string} group
 * @param {readonly Row[]} rows
 * @param {ReadonlyMap<string, Figure>} figures
 * @returns {Bar[]}
 */
export function barsOf(group, rows, figures) {
  const cells = new Map(rows.map((row) => [row.key, row.cells]));
  return (BARS[group] ?? []).flatMap(({ title, says, unit, own, factor, base }) => {
    const figure = (key, tool = 'torale') => {
      const value = figures.get(cells.get(key)?.[tool]?.id)?.[PROPERTIES[unit]];
      if (value === undefined) throw new Missing();
      return value;
    };
    try {
      const value = figure(own);
      const one = base?.(figure);
      const limit = factor * (one ?? 1);
      return [{ key: own, title, says, unit, own: value, limit, ratio: one && value / one, met: value <= limit }];
    } catch (error) {
      if (error instanceof Missing) return [];
      throw error;
    }
  });
}
