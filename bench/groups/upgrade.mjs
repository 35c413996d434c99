// 1,000 trivial revisions on an empty database.
import { TITLES } from '../databases.mjs';

const SIZE = 1000;

/** @param {import('../bench.mjs').Bench} bench */
export async function upgrade(bench, { alembic, knex, drizzle }) {
  const rows = [];
  for (const dialect of bench.dialects) {
    const project = await bench.project(dialect === 'sqlite' ? 'upgrade' : `chain-${SIZE}`, SIZE);
    const database = bench.database(dialect, project);
    const bare = bench.database(dialect, bench.empty);
    const key = `upgrade ${dialect}`;
    const check = (one) => isApplied(one);
    rows.push({
      key,
      title: `\`upgrade head\`, ${TITLES[dialect]}`,
      cells: {
        node: bench.node(),
        files: bench.import(project, SIZE),
        driver: bench.driver(key, bare, SIZE, { before: bare.renew, check: () => check(bare) }),
        ...bench.torale(key, ['upgrade', 'head'], {
          cwd: project,
          database,
          before: database.renew,
          check: () => check(database),
          isCold: true,
        }),
        alembic: alembic?.upgrade(dialect, SIZE, check),
        knex: knex?.upgrade(dialect, SIZE, check),
        drizzle: drizzle?.upgrade(dialect, SIZE, check),
      },
    });
  }
  return rows;
}

async function isApplied(database) {
  const number = await database.tables();
  if (number !== SIZE) throw new Error(`${number} tables instead of ${SIZE}`);
}
