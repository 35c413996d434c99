// What starts, looks and ends: `--version`, `heads`, `current`, and `upgrade head` where nothing is pending.
import { idOf } from '../baselines/work.mjs';
import { digits } from '../bench.mjs';
import { TITLES } from '../databases.mjs';

/** @typedef {import('../bench.mjs').Bench} Bench */
/** @typedef {import('../bench.mjs').Row} Row */

const SIZES = [10, 1000, 10_000];

/** @param {Bench} bench */
export async function version(bench, { alembic, knex, drizzle }) {
  return [
    {
      key: 'version',
      title: '`--version`',
      cells: {
        node: bench.node(),
        ...bench.torale('version', ['--version'], { isCold: true }),
        alembic: alembic?.version(),
        knex: knex?.version(),
        drizzle: drizzle?.version(),
      },
    },
  ];
}

/** @param {Bench} bench */
export async function heads(bench, { alembic }) {
  const rows = [];
  for (const size of [0, ...SIZES]) {
    const project = await bench.project(`chain-${size}`, size);
    rows.push({
      key: `heads ${size}`,
      title: `\`heads\`, ${digits(size)}`,
      cells: {
        node: bench.node(),
        ...(size === 0 ? {} : { files: bench.read(project, size), headers: bench.headers(project, size) }),
        ...bench.torale(`heads ${size}`, ['heads'], { cwd: project, isCold: true }),
        ...(size === 0 ? {} : { alembic: alembic?.heads(size) }),
      },
    });
  }
  return rows;
}

/** `current`, and `upgrade head` on the same databases at 1,000. */
export async function look(bench, { alembic, knex, drizzle }, names) {
  const rows = [];
  for (const dialect of bench.dialects) {
    for (const size of dialect === 'sqlite' ? SIZES : [1000]) {
      const isPaired = size === 1000 && names.includes('at-head');
      if (!isPaired && !names.includes('current')) continue;
      const project = await bench.project(`chain-${size}`, size);
      const database = await atHead(bench, dialect, project, size);
      const ofAlembic = await bench.tried('Alembic', () => alembic?.atHead(dialect, size));
      const ofKnex = await bench.tried('knex', () => knex?.atHead(dialect, size));
      const ofDrizzle = isPaired ? await bench.tried('drizzle-kit', () => drizzle?.atHead(dialect, size)) : undefined;
      const files = bench.read(project, size);
      const headers = bench.headers(project, size);
      const current = `current ${dialect} ${size}`;
      rows.push({
        key: current,
        title: `\`current\`, ${TITLES[dialect]}, ${digits(size)}`,
        cells: {
          node: bench.node(),
          files,
          headers,
          driver: bench.driver(current, database),
          ...bench.torale(current, ['current'], { cwd: project, database, isCold: true }),
          alembic: ofAlembic?.current,
          knex: ofKnex?.current,
        },
      });
      if (!isPaired) continue;
      const key = `at-head ${dialect} ${size}`;
      rows.push({
        key,
        title: `\`upgrade head\` at head, ${TITLES[dialect]}, ${digits(size)}`,
        cells: {
          node: bench.node(),
          files,
          headers,
          driver: bench.driver(current, database),
          ...bench.torale(key, ['upgrade', 'head'], { cwd: project, database, isCold: true }),
          alembic: ofAlembic?.upgrade,
          knex: ofKnex?.upgrade,
          drizzle: ofDrizzle?.upgrade,
        },
      });
    }
  }
  return rows;
}

/** Really applied; at 10,000, where only `current` looks, the first alone, and the row then moved. */
async function atHead(bench, dialect, project, size) {
  const database = bench.database(dialect, project);
  await database.renew();
  const isLarge = size > 1000;
  bench.run(['upgrade', isLarge ? idOf(0) : 'head'], { cwd: project, database });
  if (isLarge) await database.run([`UPDATE torale_version SET version_num = '${idOf(size - 1)}'`]);
  return database;
}
