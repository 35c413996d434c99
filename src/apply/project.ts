import type { Knex } from 'knex';
import type { Config } from '../config/config.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { EventListener } from '../events.ts';
import { RevisionGraph } from '../graph/graph.ts';
import { twinHint } from '../revision/locations.ts';
import type { RevisionInput } from '../revision/module.ts';
import { redactValue, secretsOf } from '../redact.ts';
import { borrowConnection } from './borrow.ts';
import { connect } from './connect.ts';
import type { Run } from './run.ts';
import { filesOf, modulesOf, type RevisionSource } from './source.ts';

export interface RunOptions {
  readonly onEvent?: EventListener | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onInspect?: Run['onInspect'];
  /** Instead of the files of the version locations. */
  readonly revisions?: readonly RevisionInput[] | undefined;
  /** Instead of the configured database. */
  readonly knex?: Knex | undefined;
  readonly connection?: object | undefined;
}

/** A twin is most often a compiled copy, and the graph knows nothing of files. */
function loadGraph(headers: RevisionSource['headers']): RevisionGraph {
  try {
    return RevisionGraph.from(headers);
  } catch (error) {
    if (!isToraleError(error) || error.code !== 'DUPLICATE_REVISION') throw error;
    const hint = twinHint(error.data['files'] as string[]) ?? error.hint;
    throw new ToraleError(error.code, error.message, { hint, data: error.data, cause: error });
  }
}

/** A run's ground: files and graph are read when first asked for. */
export function createRun(config: Config, options: RunOptions = {}): Run {
  const secrets = secretsOf(config.database, ...config.scratchUrls);
  const listener = options.onEvent;
  const onEvent: EventListener = (event) => listener?.(redactValue(event, secrets));
  const signal = options.signal ?? new AbortController().signal;
  let source: RevisionSource | undefined;
  let graph: RevisionGraph | undefined;
  return {
    config,
    onEvent,
    signal,
    onInspect: options.onInspect,
    get source() {
      return (source ??=
        options.revisions === undefined
          ? filesOf(config.versions, config.fileTemplate.includes('/'))
          : modulesOf(options.revisions));
    },
    get graph() {
      return (graph ??= loadGraph(this.source.headers));
    },
    async open(how) {
      signal.throwIfAborted();
      if (options.knex !== undefined || options.connection !== undefined) {
        return borrowConnection(options, { readOnly: how.readOnly, role: config.role, searchPath: config.searchPath });
      }
      return connect(config, how, onEvent, signal);
    },
  };
}
