import { AwaitGuard } from '../apply/await-guard.ts';
import { callSite, type CallSite } from '../apply/call-site.ts';
import { KnexOperations } from '../apply/knex-operations.ts';
import { refuseForgotten } from '../apply/operations.ts';
import type { StatementExecutor, StatementRequest } from '../apply/statement.ts';
import { thrownError } from '../dialects/network.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { importModule } from '../revision/load.ts';
import { knexOn } from '../session/knex.ts';
import { brokenLiteral, lossOf } from './knex-losses.ts';
import type { Scratch } from './scratch.ts';

type Build = (knex: unknown, about: { readonly dialect: string; readonly flavor: string }) => unknown;

/**
 * Builds the schema that a module's default function describes with Knex: `export default async (knex, { dialect }) => …`.
 *
 * @throws ToraleError TARGET_FAILED for code that fails, that forgets an `await`, or in which Knex loses something
 */
export async function runSchemaModule(scratch: Scratch, file: string, signal: AbortSignal): Promise<void> {
  const { dialect, session } = scratch;
  const build = await loadBuild(file);
  const executor = new Executor(scratch, signal);
  const guard = new AwaitGuard();
  let place: CallSite | null = null;
  const operations = new KnexOperations((hooks) => knexOn(dialect.knexClient, session.driver, session.server, hooks), {
    dialect,
    executor,
    file,
    word: 'knex',
    compiled: (builder, site) => {
      place = site;
      refuseLoss(dialect.name, builder);
    },
  });
  try {
    const about = { dialect: dialect.name, flavor: session.server.flavor };
    await guard.watch('the default function', null, async () => build(operations.knex, about));
    refuseForgotten(operations.forgotten(), 'its default function');
  } catch (error) {
    signal.throwIfAborted();
    throw moduleFailure(scratch, file, executor, error, place);
  }
  await scratch.reset();
}

async function loadBuild(file: string): Promise<Build> {
  let namespace: unknown;
  try {
    namespace = await importModule(file);
  } catch (error) {
    const [reason = ''] = thrownError(error).message.split('\n');
    const site = callSite((error as Error | undefined)?.stack, file);
    throw new ToraleError('TARGET_FAILED', `${placeOf(site, file)}: it cannot be imported: ${reason}`, {
      cause: error,
      data: { file: displayPath(file) },
    });
  }
  const build = defaultOf(namespace);
  if (typeof build === 'function') return build as Build;
  throw new ToraleError('TARGET_FAILED', `${displayPath(file)} has no default function.`, {
    hint: 'Write: export default async (knex, { dialect }) => { await knex.schema.createTable(…); };',
    data: { file: displayPath(file) },
  });
}

/** A CommonJS file that was compiled from ESM holds its default export one level deeper. */
function defaultOf(namespace: unknown): unknown {
  const content = (namespace as { default?: unknown } | null)?.default ?? namespace;
  return typeof content === 'object' && content !== null && 'default' in content ? content.default : content;
}

/** Runs each statement as it comes, and remembers the last for the error. */
class Executor implements StatementExecutor {
  last: { readonly sql: string; readonly site: CallSite | null } | null = null;
  readonly #scratch: Scratch;
  readonly #signal: AbortSignal;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(scratch: Scratch, signal: AbortSignal) {
    this.#scratch = scratch;
    this.#signal = signal;
  }

  execute<T>(request: StatementRequest<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      this.#signal.throwIfAborted();
      this.last = { sql: request.statement.text, site: request.site };
      this.#scratch.guard(request.statement.text);
      const answer = await request.send();
      this.last = null;
      return answer;
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  autocommit<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  batch(): Promise<never> {
    return Promise.reject(new Error('a schema has no batches'));
  }

  look(): Promise<never> {
    return Promise.reject(new Error('a schema rebuilds no table'));
  }
}

function refuseLoss(dialect: Scratch['dialect']['name'], builder: object): void {
  const loss = lossOf(dialect, builder);
  if (loss !== null) throw new ToraleError('TARGET_FAILED', `Knex would lose something on ${dialect}: ${loss}.`);
  const { sql } = builder as { sql?: unknown };
  const literal = typeof sql === 'string' ? brokenLiteral(dialect, sql) : null;
  if (literal === null) return;
  throw new ToraleError(
    'TARGET_FAILED',
    `Knex takes the ? in ${literal} for a placeholder and would send $1 in its place.`,
    {
      hint: String.raw`Write \\? there.`,
    },
  );
}

function moduleFailure(
  { dialect, title }: Scratch,
  file: string,
  executor: Executor,
  error: unknown,
  compiling: CallSite | null,
): ToraleError {
  const known = isToraleError(error) ? error : null;
  const site =
    executor.last?.site ?? (known === null ? callSite((error as Error | undefined)?.stack, file) : compiling);
  const place = placeOf(site, file);
  if (known !== null) {
    const code = known.code === 'SCRATCH_REFUSED' ? known.code : 'TARGET_FAILED';
    return new ToraleError(code, `${place}: ${known.message}`, {
      hint: known.hint?.replace('if (!op.scratch) …', 'it is no part of a schema'),
      data: { ...known.data, file: displayPath(file) },
      cause: error,
    });
  }
  const server = executor.last === null ? null : dialect.describeError(error);
  const reason =
    server === null ? thrownError(error).message : `${title.split(' ')[0]} ${server.code}: ${server.message}`;
  const shown = executor.last === null ? [] : [`    ${clip(executor.last.sql)}`];
  return new ToraleError(
    'TARGET_FAILED',
    [`${place}: the schema could not be built.`, ...shown, `  ${reason}`].join('\n'),
    {
      cause: error,
      data: { file: displayPath(site?.file ?? file), ...(site === null ? {} : { line: site.line }) },
    },
  );
}

function placeOf(site: CallSite | null, file: string): string {
  return site === null ? displayPath(file) : `${displayPath(site.file)}:${site.line}`;
}

function clip(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
