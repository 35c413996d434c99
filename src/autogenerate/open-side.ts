import { connect } from '../apply/connect.ts';
import { onDatabase } from '../apply/database.ts';
import type { Connected, Run } from '../apply/run.ts';
import { loadSchemaDialect } from '../dialects/load-schema.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import type { ObjectPool } from '../schema/pool.ts';
import { findOwn } from './own.ts';
import type { Side } from './side.ts';

/** What opening a side takes. */
export interface SideContext {
  readonly run: Run;
  readonly dialect: DialectName;
  /** Where a scratch database can be made; SQLite needs nothing. */
  readonly host: ScratchHost | null;
  /** Of all schemas that are compared: what is alike in them is held once. */
  readonly pool: ObjectPool;
}

export interface ScratchHost {
  readonly url: DatabaseUrl;
  /** It is there for scratch databases, so that nothing on it needs to be shielded from them. */
  readonly isDedicated: boolean;
}

/** A schema with where it is from. */
export interface InspectedSide extends Inspection {
  /** As it was named. */
  readonly said: string;
  /** `PostgreSQL 15.20` */
  readonly title: string;
}

/** Reads a side: a database as it is, anything else built in a scratch database first. */
export async function openSide(context: SideContext, side: Side): Promise<InspectedSide> {
  context.run.signal.throwIfAborted();
  if (side.type === 'database') return inspectUrl(context, side.url);
  const { materialise } = await import('./materialise.ts');
  return materialise(context, side);
}

async function inspectUrl({ run, pool }: SideContext, url: DatabaseUrl): Promise<InspectedSide> {
  const { config, onEvent, signal } = run;
  // Role and search path were said of the configured database.
  const isConfigured = config.database?.display === url.display;
  const settings = isConfigured ? config : { ...config, role: null, searchPath: null };
  const how = { readOnly: true, create: false };
  const connected = await connect({ ...settings, database: url }, how, onEvent, signal);
  return onDatabase(connected, (opened) => inspectConnected(opened, run, url.display, pool));
}

/** Reads what a connection sees, without what is Torale's own. */
export async function inspectConnected(
  { session, dialect }: Pick<Connected, 'session' | 'dialect'>,
  { config, onInspect }: Pick<Run, 'config' | 'onInspect'>,
  said: string,
  pool?: ObjectPool,
): Promise<InspectedSide> {
  const rules = await loadSchemaDialect(dialect.name);
  onInspect?.('read');
  const isOwn = await findOwn(session, dialect, config);
  const inspection = await rules.inspect(session, isOwn, pool);
  return { ...inspection, said, title: session.server.title };
}
