import { existsSync } from 'node:fs';
import type { Run } from '../apply/run.ts';
import { connect } from '../apply/connect.ts';
import type { Flavor, DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import { secretsOf } from '../redact.ts';
import { contextFor } from './context.ts';
import type { SideContext } from './open-side.ts';
import { parseSide, type Side, type SideGround, type SideInput } from './side.ts';

/** A side with the folder that its relative names count from. */
export interface NamedSide {
  readonly input: SideInput | DialectSides;
  readonly base?: string;
}

export type DialectSides = Readonly<Partial<Record<Flavor, SideInput>>>;

export interface ReadOptions {
  readonly dialect: DialectName | null;
  /** Gets the secrets of the URLs that are read. */
  readonly secrets?: string[];
  /** What relative names count from: the working folder by default. */
  readonly base?: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads what a caller names as schemas, and what opening them takes.
 *
 * @throws ToraleError TARGET_UNKNOWN, USAGE, URL_INVALID, UNKNOWN_REVISION
 */
export async function readSides(
  run: Run,
  given: readonly (SideInput | DialectSides | NamedSide)[],
  options: ReadOptions,
): Promise<{ readonly context: SideContext; readonly sides: readonly Side[] }> {
  const named = given.map((one): NamedSide => (isNamed(one) ? one : { input: one }));
  const inputs = named.map(({ input }) => input);
  const names = inputs.length === 1 ? ['side'] : ['from', 'to'];
  const groundOf = (at: number): SideGround => ({
    base: named[at]!.base ?? options.base ?? process.cwd(),
    origin: names[at] ?? 'side',
    variables: options.variables,
    graph: () => run.graph,
  });
  const sides: (Side | null)[] = inputs.map((input, at) =>
    isPerDialect(input) ? null : parseSide(input, groundOf(at)),
  );
  const told = sides.filter((side) => side !== null);
  options.secrets?.push(...secretsOf(...told.map((side) => (side.type === 'database' ? side.url : null))));
  const context = contextFor(run, told, options.dialect);
  for (const [at, input] of inputs.entries()) {
    if (isPerDialect(input)) sides[at] = parseSide(await choose(context, input), groundOf(at));
  }
  return { context, sides: sides as Side[] };
}

/** `target` stands for the configured one, whose files count from its own folder. */
const TARGET = 'target';

/**
 * A side as a command line names it.
 *
 * @throws ToraleError USAGE for `target` where none is configured
 */
export function sideNamed({ config }: Run, text: string): NamedSide {
  if (text !== TARGET || existsSync(TARGET)) return { input: text };
  if (config.target !== null) return { input: config.target, base: config.targetBase };
  throw new ToraleError('USAGE', "No 'target' is configured.", {
    hint: "Write target: 'schema.sql' in torale.config.mjs, or name a file, a URL or a revision.",
  });
}

/** @throws ToraleError NO_DATABASE */
export function configuredSide({ config: { database } }: Run): Side {
  if (database !== null) return { type: 'database', said: database.display, url: database };
  throw new ToraleError('NO_DATABASE', 'No database is named.', {
    hint: 'Give --url, set DATABASE_URL, or name what to look at: torale inspect head',
  });
}

const FLAVORS: readonly string[] = ['postgres', 'mysql', 'mariadb', 'sqlite'];

function isNamed(given: SideInput | DialectSides | NamedSide): given is NamedSide {
  return typeof given === 'object' && 'input' in given;
}

function isPerDialect(input: SideInput | DialectSides): input is DialectSides {
  if (typeof input !== 'object' || Array.isArray(input)) return false;
  const keys = Object.keys(input);
  return keys.length > 0 && keys.every((key) => FLAVORS.includes(key));
}

/** The entry of the dialect at hand; `mariadb` overrides `mysql` there. */
async function choose(context: SideContext, input: DialectSides): Promise<SideInput> {
  const { dialect } = context;
  const isEither = dialect === 'mysql' && input.mariadb !== undefined && input.mysql !== undefined;
  const flavor = isEither ? await flavorOf(context) : dialect;
  const chosen = flavor === 'mysql' || flavor === 'mariadb' ? chosenOfMysql(flavor, input) : input[flavor];
  if (chosen !== undefined) return chosen;
  throw new ToraleError('TARGET_UNKNOWN', `The target names no schema for ${dialect}.`, {
    hint: `It has one for ${Object.keys(input).join(', ')}.`,
    data: { dialect },
  });
}

function chosenOfMysql(flavor: Flavor, { mysql, mariadb }: DialectSides): SideInput | undefined {
  return flavor === 'mariadb' || mysql === undefined ? (mariadb ?? mysql) : mysql;
}

async function flavorOf({ run, dialect, host }: SideContext): Promise<Flavor> {
  if (host === null) return dialect;
  const settings = { ...run.config, database: host.url };
  const { session } = await connect(settings, { readOnly: true, create: false }, run.onEvent, run.signal);
  await session.close();
  return session.server.flavor;
}
