import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from './support/revisions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('the library exports these names', async () => {
  const library = (await import('torale')) as Record<string, unknown>;
  // A name more is a promise more: it is made here, in the documentation and in the changelog.
  const promised = [
    'RevisionGraph',
    'ToraleError',
    'check',
    'current',
    'defineConfig',
    'diff',
    'inspect',
    'stamp',
    'upgrade',
  ];
  expect(Object.keys(library).toSorted()).toEqual(promised);
});

/** A user's program that touches every exported type; it is compiled, never run. */
const SAMPLE = `
import {
  RevisionGraph, ToraleError, check, current, defineConfig, diff, inspect, stamp, upgrade,
  type AppliedRevision, type ApplyReport, type Change, type CheckOptions, type CheckReport, type ConfigFile,
  type ConfigSettings, type CurrentReport, type DatabaseState, type DialectName, type DiffOptions, type DiffReport,
  type ErrorCode, type EventListener, type Finding, type Flavor, type InspectOptions, type Operations,
  type PlannedStep, type QueryResult, type RebuildOptions, type RevisionHeader, type RevisionInput, type SchemaObject, type SchemaSide,
  type Snapshot, type SqlPerDialect, type Statement, type StampOptions, type ToraleEvent, type ToraleOptions, type UpgradeOptions,
} from 'torale';

const listener: EventListener = (event: ToraleEvent) => {
  if (event.type === 'plan') event.steps.map((step: PlannedStep) => step.file?.length ?? step.revision);
  if (event.type === 'revision-applied') event.durationMs.toFixed();
};
const options: ToraleOptions = { url: 'sqlite:./app.db', versions: ['a', 'b'], lockTimeout: '10m', signal: AbortSignal.timeout(1), onEvent: listener };
const upgrading: UpgradeOptions = { ...options, revision: ['head'], auto: true, force: false, singleTransaction: true };
const stamping: StampOptions = { ...options, revision: 'head', purge: true };
const checking: CheckOptions = { versions: 'versions', offline: true };

export async function main(): Promise<DatabaseState> {
  const report: ApplyReport = await upgrade(upgrading);
  const [first]: readonly AppliedRevision[] = report.applied;
  const { heads }: { heads: readonly string[] } = await stamp(stamping);
  const checked: CheckReport = await check(checking);
  const finding: Finding | undefined = checked.findings[0];
  const found: CurrentReport = await current(options);
  try {
    await upgrade({ revisions: [module] });
  } catch (error) {
    if (error instanceof ToraleError) {
      const code: ErrorCode = error.code;
      if (code === 'LOCKED') return found.state;
      const exit: number = error.exitCode;
      const hint: string | undefined = error.hint;
      console.log(exit, hint, error.data['revisions'], first?.durationMs, heads.length, finding?.revisions?.[0]);
    }
  }
  return found.state;
}

const module: RevisionInput = {
  revision: 'a1',
  downRevision: null,
  async upgrade(op: Operations) {
    const sql: SqlPerDialect = { postgres: 'SELECT 1', mysql: 'SELECT 1', sqlite: null };
    const { rows, rowCount }: QueryResult = await op.execute(sql);
    await op.knex('t').where({ id: rowCount }).first();
    op.log(String(rows.length));
    op.signal.throwIfAborted();
    await op.autocommit(async () => { await op.execute('SELECT $1', [1]); });
    const rebuilding: RebuildOptions = { copy: { b: 'a + 1' }, drop: ['a'] };
    await op.rebuildTable('t', 'CREATE TABLE t (b)', rebuilding);
    const flavor: Flavor = 'mariadb';
    const dialect: DialectName = op.dialect;
    console.log(flavor, dialect, op.scratch);
  },
};
const wanted: SchemaSide = { postgres: 'schema.sql', sqlite: { print: 'node export.mjs' } };
const comparing: DiffOptions = { from: 'head', to: wanted, renames: ['users.name:full_name'], dialect: 'postgres', exclude: ['comment'] };
const looking: InspectOptions = { url: 'sqlite:./app.db', include: ['table:public.*'] };
export async function compare(): Promise<string[]> {
  const report: DiffReport = await diff(comparing);
  const kinds = report.changes.map((change: Change) => (change.type === 'create' ? change.object.kind : change.type));
  const sql = report.statements.map((statement: Statement) => statement.transactional === false ? statement.sql : statement.hazard ?? '');
  const snapshot: Snapshot = await inspect(looking);
  const [first]: readonly SchemaObject[] = snapshot.objects;
  return [...kinds, ...sql, first?.path.join('.') ?? '', snapshot.server.version];
}
const header: RevisionHeader = { revision: 'a1', downRevision: null };
const graph: RevisionGraph = RevisionGraph.from([header]);
const settings: ConfigSettings = { url: 'sqlite:./app.db' };
const file: ConfigFile = defineConfig({ ...settings, environments: { production: { wait: '60s' } } });
console.log(graph.heads, graph.plan({ applied: [], target: 'head' }).steps[0]?.headsAfter, file);

// @ts-expect-error -- a misspelled option is found by the compiler
void upgrade({ url: 'sqlite:./app.db', version: 'versions' });
// @ts-expect-error -- as is a misspelled code
export const isLocked = (error: ToraleError): boolean => error.code === 'LOKED';
`;

test('every exported type serves a strict program', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['torale', 'knex', '@types', 'undici-types', 'tarn']) {
    const target = name === 'torale' ? root : join(root, 'node_modules', name);
    symlinkSync(target, join(folder, 'node_modules', name), 'junction');
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'app.ts'), SAMPLE);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder],
    { encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
