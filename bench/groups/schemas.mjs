// Large schemas: read, compared, and drafted as a revision.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idOf } from '../baselines/work.mjs';
import { digits } from '../bench.mjs';
import { TITLES } from '../databases.mjs';
import { dateOf } from '../projects.mjs';
import { changes, tables, target } from '../schemas.mjs';

/** @typedef {import('../bench.mjs').Bench} Bench */

/** So many statements are one transaction: with many more, PostgreSQL is out of locks as it is installed. */
const AT_ONCE = 300;

/** `inspect` beside `pg_dump`. */
export async function inspect(bench, { dump }, sizes) {
  if (!bench.dialects.includes('postgres')) return [];
  const rows = [];
  for (const size of sizes) {
    const database = bench.database('postgres');
    await fill(database, tables('postgres', size));
    const key = `inspect postgres ${size}`;
    const check = (output) => expected(output.match(/"uq_t_\d+_code"/g)?.length ?? 0, size);
    rows.push({
      key,
      title: `\`inspect\`, PostgreSQL, ${digits(size)} tables`,
      cells: {
        node: bench.node(),
        ...bench.torale(key, ['inspect', database.url, '--json'], { check }),
        dump: dump && {
          id: `${key}, pg_dump`,
          command: ['pg_dump', '--schema-only', database.url],
          cwd: bench.empty,
        },
      },
    });
  }
  return rows;
}

/** Twenty changes: `diff` of two databases, and `revision --autogenerate` from revisions and a script. */
export async function autogenerate(bench, peers, sizes) {
  const rows = [];
  for (const dialect of bench.dialects)
    for (const size of sizes) rows.push(...(await changed(bench, size > 1000 ? {} : peers, dialect, size)));
  return rows;
}

async function changed(bench, { alembic, drizzle }, dialect, size) {
  const folder = bench.path(`schema-${dialect}-${size}`);
  const [before, after] = ['before', 'after'].map((name) => bench.database(dialect, join(folder, name)));
  await fill(before, tables(dialect, size));
  await fill(after, dialect === 'sqlite' ? target(dialect, size) : tables(dialect, size));
  if (dialect !== 'sqlite') await after.run(changes(dialect, size));
  const [from, to] = [before, after].map(({ url }) => (dialect === 'sqlite' ? `sqlite:${url}` : url));
  const peers = { alembic: await bench.tried('Alembic', () => alembic?.autogenerate(dialect, size)) };
  const title = `${TITLES[dialect]}, ${digits(size)} tables`;
  const [diff, revision] = [`diff ${dialect} ${size}`, `autogenerate ${dialect} ${size}`];
  return [
    {
      key: diff,
      title: `\`diff\`, ${title}`,
      cells: {
        node: bench.node(),
        ...bench.torale(diff, ['diff', from, to, '--sql', '--no-renames'], { check: (output) => statements(output) }),
        ...peers,
        drizzle: await bench.tried('drizzle-kit', () => drizzle?.autogenerate(dialect, size)),
      },
    },
    {
      key: revision,
      title: `\`revision --autogenerate\`, ${title}`,
      cells: { node: bench.node(), ...drafted(bench, revision, folder, dialect, size, from), ...peers },
    },
  ];
}

/** A version folder with a chain of revisions that make all tables; the target is a script. */
function drafted(bench, key, folder, dialect, size, url) {
  const versions = join(folder, 'versions');
  mkdirSync(versions, { recursive: true });
  const script = (list) => list.map((sql) => `${sql};\n`).join('');
  const parts = inParts(tables(dialect, size));
  for (const [at, part] of parts.entries())
    writeFileSync(join(versions, `${idOf(at)}_tables.ts`), revisionOf(at, script(part)));
  const goal = join(folder, 'target.sql');
  writeFileSync(goal, script(target(dialect, size)));
  const drafts = () => readdirSync(versions).filter((name) => !name.endsWith('_tables.ts'));
  const place = ['--url', url, '--versions', versions, '--target', goal];
  return bench.torale(key, ['revision', '--autogenerate', '-m', 'x', '--no-renames', ...place], {
    before: () => {
      for (const name of drafts()) rmSync(join(versions, name), { recursive: true });
    },
    check: () => expected(drafts().filter((name) => name.endsWith('_x.ts')).length, 1),
  });
}

function revisionOf(at, sql) {
  const parent = at === 0 ? null : idOf(at - 1);
  return `/**
 * tables
 *
 * Revision ID: ${idOf(at)}${parent === null ? '' : `\n * Revises: ${parent}`}
 * Create Date: ${dateOf(at).toISOString()}
 */
export const revision = '${idOf(at)}';
export const downRevision = ${parent === null ? 'null' : `'${parent}'`};

export async function upgrade(op) {
  await op.execute(\`\n${sql}\`);
}
`;
}

function inParts(list) {
  return Array.from({ length: Math.ceil(list.length / AT_ONCE) }, (_, at) =>
    list.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}

async function fill(database, list) {
  await database.renew();
  if (database.dialect === 'sqlite') return database.run(['BEGIN', ...list, 'COMMIT']);
  if (database.dialect === 'mysql') return database.run(list);
  for (const part of inParts(list)) await database.run([part.join(';\n')]);
}

/** So that nothing is measured that does not find the changes. */
function statements(output) {
  const found = output.match(/;$/gm)?.length ?? 0;
  if (found < 20) throw new Error(`20 changes, ${found} statements found`);
}

function expected(found, wanted) {
  if (found !== wanted) throw new Error(`${found} found instead of ${wanted}`);
}
