// Large schemas on SQLite: the same two, as files, as scripts, and as Alembic's metadata.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteFile } from './databases.mjs';

const pad = (number) => String(number).padStart(4, '0');

/** What the twenty changes do to a table's columns. */
const CHANGED = {
  10: { extra: 'varchar(40)' },
  11: { extra: 'varchar(40)' },
  12: { extra: 'varchar(40)' },
  13: { extra: 'varchar(40)' },
  14: { extra: 'varchar(40)' },
  20: { note: null },
  21: { note: null },
  30: { name: 'varchar(200) NOT NULL' },
  31: { qty: 'bigint NOT NULL DEFAULT 0' },
  40: { name: 'varchar(100)' },
  50: { qty: 'integer NOT NULL DEFAULT 1' },
};

function table(n, isAfter) {
  const name = `t_${pad(n)}`;
  const columns = {
    id: 'integer NOT NULL',
    name: 'varchar(100) NOT NULL',
    code: 'varchar(20) NOT NULL',
    amount: 'numeric(12, 2)',
    qty: 'integer NOT NULL DEFAULT 0',
    active: 'boolean NOT NULL DEFAULT true',
    note: 'text',
    created_at: 'timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP',
    updated_at: 'timestamp',
    parent_id: 'integer',
    ...(isAfter ? CHANGED[n] : {}),
  };
  const items = [
    ...Object.entries(columns).flatMap(([column, type]) => (type === null ? [] : [`${column} ${type}`])),
    'PRIMARY KEY (id)',
    `CONSTRAINT uq_${name}_code UNIQUE (code)`,
    ...(n === 0 ? [] : [`CONSTRAINT fk_${name}_parent FOREIGN KEY (parent_id) REFERENCES t_${pad(n - 1)} (id)`]),
    ...(isAfter && n === 80 ? ['CONSTRAINT fk_t_0080_extra FOREIGN KEY (qty) REFERENCES t_0000 (id)'] : []),
  ];
  return [
    `CREATE TABLE ${name} (\n  ${items.join(',\n  ')}\n)`,
    ...(isAfter && n === 70 ? [] : [`CREATE INDEX ix_${name}_name ON ${name} (name)`]),
    `CREATE INDEX ix_${name}_parent ON ${name} (parent_id)`,
    ...(n % 5 === 0 ? [`CREATE INDEX ix_${name}_active_created ON ${name} (active, created_at)`] : []),
    ...(isAfter && (n === 60 || n === 61) ? [`CREATE INDEX ix_${pad(n)}_new ON ${name} (amount)`] : []),
  ];
}

function script(size, isAfter) {
  const numbers = Array.from({ length: isAfter ? size - 2 : size }, (_, n) => n);
  const news = [0, 1, 2].map((n) => `CREATE TABLE t_new_${n} (id integer NOT NULL PRIMARY KEY, name varchar(50))`);
  return [...numbers.flatMap((n) => table(n, isAfter)), ...(isAfter ? news : [])].map((sql) => `${sql};\n`).join('');
}

/**
 * @param {number} size tables
 * @param {string} folder for files of its own
 * @param {(id: string, ...args: string[]) => import('./measure.mjs').Variant} torale
 */
export async function sqliteWork(size, folder, torale) {
  const [before, after] = ['before', 'after'].map((name) => {
    const inside = join(folder, `${name}-${size}`);
    mkdirSync(inside);
    const file = sqliteFile(inside);
    return { ...file, url: `sqlite:${file.url}` };
  });
  for (const [at, database] of [before, after].entries()) {
    await database.renew();
    await database.run(`BEGIN;\n${script(size, at === 1)}COMMIT;`);
  }
  const versions = join(folder, `versions-${size}`);
  const base = 'aaaaaaaaaaaa_base.ts';
  mkdirSync(versions);
  writeFileSync(join(versions, base), revision(script(size, false)));
  const [same, target] = ['same', 'target'].map((name) => join(folder, `${name}-${size}.sql`));
  writeFileSync(same, script(size, false));
  writeFileSync(target, script(size, true));
  const onlyBase = (inside) => () => {
    for (const name of readdirSync(inside)) if (name !== base) rmSync(join(inside, name), { recursive: true });
  };
  const autogenerate = (id, goal) => ({
    ...torale(
      id,
      'revision',
      '--autogenerate',
      '-m',
      'x',
      '--no-renames',
      '--url',
      before.url,
      '--versions',
      versions,
      '--target',
      goal,
    ),
    before: onlyBase(versions),
  });
  return {
    databases: [before, after],
    variants: [
      torale(`inspect, ${size}`, 'inspect', before.url, '--json'),
      torale(`diff, ${size}, 20 changes`, 'diff', before.url, after.url, '--sql', '--no-renames'),
      torale(`diff, ${size}, no change`, 'diff', before.url, before.url, '--sql'),
      autogenerate(`revision --autogenerate, ${size}, 20 changes`, target),
      autogenerate(`revision --autogenerate, ${size}, no change`, same),
      ...alembic(size, folder),
    ],
  };
}

function revision(sql) {
  return `/**
 * base
 *
 * Revision ID: aaaaaaaaaaaa
 * Create Date: 2026-11-20T12:00:00.000Z
 */
export const revision = 'aaaaaaaaaaaa';
export const downRevision = null;

export async function upgrade(op) {
  await op.execute(\`\n${sql}\`);
}
`;
}

const PYTHON = process.env.TORALE_BENCH_PYTHON ?? '/usr/bin/python3';

/** Which Alembic there is, with its SQLAlchemy; undefined where there is none. */
export function alembicVersion() {
  const print =
    'import alembic, sqlalchemy; print("Alembic", alembic.__version__, "with SQLAlchemy", sqlalchemy.__version__)';
  const { status, stdout } = spawnSync(PYTHON, ['-c', print], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The same work for Alembic, where it is there: `revision --autogenerate` against a database made by its own metadata. */
function alembic(size, folder) {
  if (alembicVersion() === undefined) return [];
  return [true, false].map((isChanged) => {
    const home = join(folder, `alembic-${size}-${isChanged ? 'changed' : 'same'}`);
    const versions = join(home, 'versions');
    mkdirSync(versions, { recursive: true });
    const url = `sqlite:///${join(home, 'app.db')}`;
    writeFileSync(join(home, 'alembic.ini'), `[alembic]\nscript_location = ${home}\nsqlalchemy.url = ${url}\n`);
    writeFileSync(join(home, 'script.py.mako'), MAKO);
    writeFileSync(join(home, 'models.py'), MODELS);
    writeFileSync(join(home, 'env.py'), environment(home, size, isChanged));
    const made = spawnSync(PYTHON, ['-c', creation(home, size, url)], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    const command = [PYTHON, '-m', 'alembic', '-c', join(home, 'alembic.ini'), 'revision', '--autogenerate', '-m', 'x'];
    return {
      id: `Alembic, ${size}, ${isChanged ? '20 changes' : 'no change'}`,
      command,
      cwd: home,
      cache: 'warm',
      before: () => {
        for (const name of readdirSync(versions)) if (name.endsWith('.py')) rmSync(join(versions, name));
      },
    };
  });
}

const MAKO = `"""\${message}"""
revision = \${repr(up_revision)}
down_revision = \${repr(down_revision)}
from alembic import op
import sqlalchemy as sa
\${imports if imports else ""}
def upgrade():
    \${upgrades if upgrades else "pass"}
def downgrade():
    \${downgrades if downgrades else "pass"}
`;

const MODELS = `
import sqlalchemy as sa

def metadata(size, changed):
    meta = sa.MetaData()
    for n in range(size - 2 if changed else size):
        t = f"t_{n:04d}"
        is_ = lambda *numbers: changed and n in numbers
        columns = [
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("name", sa.String(200 if is_(30) else 100), nullable=is_(40)),
            sa.Column("code", sa.String(20), nullable=False),
            sa.Column("amount", sa.Numeric(12, 2)),
            sa.Column("qty", sa.BigInteger if is_(31) else sa.Integer, nullable=False, server_default="1" if is_(50) else "0"),
            sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
            sa.Column("created_at", sa.TIMESTAMP, nullable=False, server_default=sa.func.now()),
            sa.Column("updated_at", sa.TIMESTAMP),
            sa.Column("parent_id", sa.Integer),
        ]
        if not is_(20, 21):
            columns.append(sa.Column("note", sa.Text))
        if is_(10, 11, 12, 13, 14):
            columns.append(sa.Column("extra", sa.String(40)))
        extras = [sa.UniqueConstraint("code", name=f"uq_{t}_code")]
        if n > 0:
            extras.append(sa.ForeignKeyConstraint(["parent_id"], [f"t_{n - 1:04d}.id"], name=f"fk_{t}_parent"))
        if is_(80):
            extras.append(sa.ForeignKeyConstraint(["qty"], ["t_0000.id"], name="fk_t_0080_extra"))
        table = sa.Table(t, meta, *columns, *extras)
        if not is_(70):
            sa.Index(f"ix_{t}_name", table.c.name)
        sa.Index(f"ix_{t}_parent", table.c.parent_id)
        if n % 5 == 0:
            sa.Index(f"ix_{t}_active_created", table.c.active, table.c.created_at)
        if is_(60, 61):
            sa.Index(f"ix_{n:04d}_new", table.c.amount)
    for n in range(3 if changed else 0):
        sa.Table(f"t_new_{n}", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
    return meta
`;

const found = (home) => `import sys\nsys.path.insert(0, ${JSON.stringify(home)})\nfrom models import metadata\n`;

const creation = (home, size, url) =>
  `${found(home)}import sqlalchemy as sa\nmetadata(${size}, False).create_all(sa.create_engine(${JSON.stringify(url)}))\n`;

/** SQLAlchemy 1.4 follows foreign keys by recursion: a chain of a thousand tables is too deep for Python as it is. */
const environment = (home, size, isChanged) => `${found(home)}
sys.setrecursionlimit(100000)
from alembic import context
import sqlalchemy as sa

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata(${size}, ${isChanged ? 'True' : 'False'}),
                      compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()
`;
