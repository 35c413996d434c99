import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type { Dialect } from '../dialects/dialect.ts';
import type { Server } from './session.ts';

/** A query as Knex hands it to its driver; `response` is filled in with the driver's answer. */
export interface KnexQuery {
  sql: string;
  bindings?: readonly unknown[];
  method?: string;
  output?: unknown;
  response?: unknown;
  /** Set where there is no answer: handed out in its stead. */
  stand?: unknown;
}

export interface KnexHooks {
  /** Called for each query; `send` gives it to the driver and fills in `response`. */
  query(query: KnexQuery, send: () => Promise<KnexQuery>): Promise<KnexQuery>;
  /** Called when a builder is made, to note where. */
  created(builder: object, kind: 'query' | 'schema' | 'raw'): void;
  /** Called when the SQL of a builder is asked for: somebody runs it or uses it. Of a table's after its callback was called. */
  compiled(builder: object): void;
}

interface ClientInternals {
  transacting: boolean;
  _query(connection: object, query: KnexQuery): Promise<KnexQuery>;
  processResponse(query: KnexQuery, runner: unknown): unknown;
  queryBuilder(...rest: unknown[]): object;
  schemaBuilder(...rest: unknown[]): object;
  raw(...rest: unknown[]): { toSQL(...rest: unknown[]): unknown };
  queryCompiler(builder: object, ...rest: unknown[]): object;
  schemaCompiler(builder: object, ...rest: unknown[]): object;
  tableCompiler(builder: object, ...rest: unknown[]): object;
}

type ClientClass = new (config: Knex.Config) => ClientInternals;

/**
 * Makes a Knex on one connection, every query of which passes through `hooks`.
 *
 * Loaded with `require`, for the getter `op.knex` cannot wait, and only when it is used: Knex costs more to load
 * than everything else together.
 */
export function knexOn(client: Dialect['knexClient'], connection: object, server: Server, hooks: KnexHooks): Knex {
  const require = createRequire(import.meta.url);
  const knex = require('knex') as (config: object) => Knex;
  const Client = require(`knex/lib/dialects/${client}/index.js`) as ClientClass;
  const instance = knex({
    client: hookedClient(Client, hooks),
    connectionPool: poolOfOne(connection),
    version: server.version,
    useNullAsDefault: client === 'better-sqlite3',
    // Knex writes warnings to the console by itself otherwise.
    log: { warn() {}, error() {}, debug() {}, deprecate() {} },
  });
  // Knex's own transactions are then savepoints inside Torale's, which they can never commit.
  (instance.client as ClientInternals).transacting = true;
  return instance;
}

/** A subclass, since Knex makes the clients of its transactions from the class, not from the instance. */
function hookedClient(Client: ClientClass, hooks: KnexHooks): ClientClass {
  return class extends Client {
    initializeDriver(): void {
      // The connection is there already, and while recording there is none and no driver is needed.
    }

    override _query(connection: object, query: KnexQuery): Promise<KnexQuery> {
      return hooks.query(query, () => super._query(connection, query));
    }

    override processResponse(query: KnexQuery, runner: unknown): unknown {
      return query?.stand === undefined ? super.processResponse(query, runner) : query.stand;
    }

    override queryBuilder(...rest: unknown[]): object {
      const builder = super.queryBuilder(...rest);
      hooks.created(builder, 'query');
      return builder;
    }

    override schemaBuilder(...rest: unknown[]): object {
      const builder = super.schemaBuilder(...rest);
      hooks.created(builder, 'schema');
      return builder;
    }

    override raw(...rest: unknown[]): { toSQL(...rest: unknown[]): unknown } {
      const raw = super.raw(...rest);
      const toSQL = raw.toSQL.bind(raw);
      raw.toSQL = (...options) => {
        hooks.compiled(raw);
        return toSQL(...options);
      };
      hooks.created(raw, 'raw');
      return raw;
    }

    override queryCompiler(builder: object, ...rest: unknown[]): object {
      hooks.compiled(builder);
      return super.queryCompiler(builder, ...rest);
    }

    override tableCompiler(builder: object, ...rest: unknown[]): object {
      hooks.compiled(builder);
      return super.tableCompiler(builder, ...rest);
    }

    override schemaCompiler(builder: object, ...rest: unknown[]): object {
      hooks.compiled(builder);
      return super.schemaCompiler(builder, ...rest);
    }
  };
}

/** What Knex takes for a tarn pool, around the one connection. */
function poolOfOne(connection: object): object {
  return {
    acquire: () => ({ promise: Promise.resolve(connection) }),
    release: () => true,
    destroy: () => Promise.resolve(),
    numFree: () => 1,
    numUsed: () => 0,
    numPendingAcquires: () => 0,
    numPendingCreates: () => 0,
  };
}
