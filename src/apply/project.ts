import type { Knex } from 'knex';
import type { Config } from '../config/config.ts';
import type { EventListener } from '../events.ts';
import { RevisionGraph } from '../graph/graph.ts';
import type { RevisionInput } from '../revision/module.ts';
import { borrowConnection } from './borrow.ts';
import { connect } from './connect.ts';
import type { Run } from './run.ts';
import { filesOf, modulesOf, type RevisionSource } from './source.ts';

export interface RunOptions {
  readonly onEvent?: EventListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the files of the version locations. */
  readonly revisions?: readonly RevisionInput[] | undefined;
  /** Instead of the configured database. */
  readonly knex?: Knex | undefined;
  readonly connection?: object | undefined;
}

/** A run's ground: files and graph are read when first asked for. */
export function createRun(config: Config, options: RunOptions = {}): Run {
  const onEvent = options.onEvent ?? (() => undefined);
  const signal = options.signal ?? new AbortController().signal;
  let source: RevisionSource | undefined;
  let graph: RevisionGraph | undefined;
  return {
    config,
    onEvent,
    signal,
    get source() {
      return (source ??= options.revisions === undefined ? filesOf(config.versions) : modulesOf(options.revisions));
    },
    get graph() {
      return (graph ??= RevisionGraph.from(this.source.headers));
    },
    open(how) {
      if (options.knex !== undefined || options.connection !== undefined) return borrowConnection(options);
      return connect(config, how, onEvent, signal);
    },
  };
}
