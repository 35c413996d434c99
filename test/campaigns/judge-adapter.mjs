// The tool's side of the judge's converge.py: JSON lines, one schema taken to another by the library's `diff`.
//
//   converge.py --tool "node test/campaigns/judge-adapter.mjs" …
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { loadDialect } from '../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { diff } from '../../src/index.ts';

const REFUSED = 12;

function urlOf(dialect, side) {
  return dialect === 'sqlite' && !side.startsWith('sqlite:') ? `sqlite:${pathToFileURL(side).pathname}` : side;
}

/** Runs of transactional statements in one transaction each, the others alone between them. */
async function runStatements(session, dialect, statements) {
  let transaction = null;
  const open = async () => {
    transaction ??= await dialect.beginRevision(session, { lock: NO_LOCK, foreignKeys: false });
  };
  const commit = async () => {
    await transaction?.commit();
    transaction = null;
  };
  let committed = 0;
  try {
    for (const { sql, transactional } of statements) {
      if (transactional === false || !dialect.transactionalDdl) await commit();
      else await open();
      await session.query(sql);
      if (transaction === null) committed += 1;
    }
    await commit();
  } catch (error) {
    await transaction?.rollback().catch(() => undefined);
    throw Object.assign(error, { committed });
  }
}

const NO_LOCK = { schema: null, table: 'torale_version', timeoutMs: 10_000, onWait() {} };

async function converge({ dialect: name, current, desired }) {
  const [from, to] = [urlOf(name, current), urlOf(name, desired)];
  const { statements } = await diff({ from, to, renames: 'none' });
  if (statements.length === 0) return { ok: true, changed: false };
  const url = parseDatabaseUrl(from, { base: process.cwd() });
  const dialect = await loadDialect(url.dialect);
  const session = await dialect.connect(url, { connectTimeoutMs: 10_000, readOnly: false, create: false });
  try {
    await runStatements(session, dialect, statements);
  } finally {
    await session.close();
  }
  return { ok: true, changed: true };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await converge(request);
  } catch (error) {
    process.stderr.write(`${request.id}: ${error.stack ?? error}\n`);
    const message = [error.message, error.detail].filter(Boolean).join(' ');
    answer = error.exitCode === REFUSED ? { refused: message } : { error: message };
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
}
