import { createRun } from '../apply/project.ts';
import { withoutSecrets } from '../apply/without-secrets.ts';
import type { Duration } from '../config/define.ts';
import { libraryConfig } from '../config/library.ts';
import { DIALECTS, type DialectName, type Flavor } from '../dialects/names.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { ToraleError } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { RevisionInput } from '../revision/module.ts';
import type { Snapshot } from '../schema/snapshot.ts';
import type { SideContext } from './open-side.ts';
import type { Side, SideInput } from './side.ts';

/** What `diff` and `inspect` take alike. */
export interface SchemaOptions {
  /** The database that revisions and files are meant for: it tells the dialect, and its server has the scratch database. */
  readonly url?: string;
  /** Which kind of database, where neither side tells. */
  readonly dialect?: DialectName;
  /** A server for scratch databases, or one for each dialect; where it is named, nothing on it is shielded from what runs there. */
  readonly scratchUrl?: string | Readonly<Partial<Record<DialectName, string>>>;
  /** Only these objects and their parts: `table:public.*`, `schema:audit`, `comment`. */
  readonly include?: readonly string[];
  /** All but these and their parts. */
  readonly exclude?: readonly string[];
  /** Folders of revision files; `versions` by default. */
  readonly versions?: string | readonly string[];
  /** Instead of `versions`: imported revision modules. */
  readonly revisions?: readonly RevisionInput[];
  readonly versionTable?: string;
  readonly versionTableSchema?: string;
  readonly wait?: Duration;
  readonly connectTimeout?: Duration;
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
}

/**
 * A schema: a database URL, a `.sql` file, folder or glob, a `schema.ts`, a revision such as `head`, a program that prints
 * DDL; one such for each dialect; or `''`, the empty schema.
 */
export type SchemaSide = SideInput | Readonly<Partial<Record<Flavor, SideInput>>>;

export interface DiffOptions extends SchemaOptions {
  readonly from: SchemaSide;
  readonly to: SchemaSide;
  /** `'none'`: a rename is a drop and an add; or `['old:new', …]`. Without it, what looks like a rename throws (exit 12). */
  readonly renames?: 'none' | readonly string[];
  /** False leaves out `ALGORITHM=…, LOCK=…`, by which MySQL and MariaDB refuse to copy a table that need not be copied. */
  readonly assertions?: boolean;
}

export interface DiffReport {
  readonly changes: readonly Change[];
  /** In the order in which they run, on one connection. */
  readonly statements: readonly Statement[];
}

export interface InspectOptions extends SchemaOptions {
  /** What to look at; the database of `url` by default. */
  readonly side?: SchemaSide;
}

/**
 * What takes one schema to another. Neither side is changed.
 *
 * @returns the changes, and the statements that make them: each as a driver takes it, one with `transactional: false`
 *   alone outside a transaction
 * @throws ToraleError; `code` and `exitCode` as documented in docs/exit-codes.md
 * @example
 * ```ts
 * const { statements } = await diff({ from: 'postgres://db/app', to: 'schema.sql' });
 * ```
 */
export async function diff(options: DiffOptions): Promise<DiffReport> {
  return onSides(options, [options.from, options.to], async (context, [from, to]) => {
    const { compareSides, plainStatement, shownChange } = await import('./compare.ts');
    const { include, exclude, renames, assertions } = options;
    const request = { from: from!, to: to!, renames, assertions, include, exclude };
    const { changes, statements } = await compareSides(context, request);
    return { changes: changes.map(shownChange), statements: statements.map(plainStatement) };
  });
}

/** What a schema holds, object by object. */
export async function inspect(options: InspectOptions): Promise<Snapshot> {
  const side = options.side ?? options.url;
  if (side === undefined) {
    throw new ToraleError('NO_DATABASE', 'Nothing to look at is named.', { hint: 'Give url or side.' });
  }
  return onSides(options, [side], async (context, [said]) => {
    const { inspectSide } = await import('./inspect.ts');
    const { snapshotOf } = await import('../schema/snapshot.ts');
    const { schema, server } = await inspectSide(context, said!, options);
    return snapshotOf(schema, context.dialect, server);
  });
}

async function onSides<T>(
  options: SchemaOptions,
  inputs: readonly SchemaSide[],
  work: (context: SideContext, sides: readonly Side[]) => Promise<T>,
): Promise<T> {
  refuseUnknownDialect(options.dialect);
  const secrets: string[] = [];
  const run = createRun(libraryConfig(options), options);
  return withoutSecrets(
    run,
    async () => {
      const { readSides } = await import('./read-sides.ts');
      const { context, sides } = await readSides(run, inputs, { dialect: options.dialect ?? null, secrets });
      return work(context, sides);
    },
    secrets,
  );
}

function refuseUnknownDialect(dialect: DialectName | undefined): void {
  if (dialect === undefined || DIALECTS.includes(dialect)) return;
  throw new ToraleError('USAGE', `'${String(dialect)}' is no dialect.`, { hint: `Known are ${DIALECTS.join(', ')}.` });
}
