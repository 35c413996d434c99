import { hostname, userInfo } from 'node:os';
import type { HistoryEntry } from '../journal/statements.ts';
import { version } from '../version.ts';
import type { Run } from './run.ts';

/** A row of the history for a revision that counts as applied from this moment on, without having been run. */
export function entryOfNow(
  { graph, source }: Pick<Run, 'graph' | 'source'>,
  revision: string,
  action: HistoryEntry['action'],
): HistoryEntry {
  const now = new Date();
  return {
    revision,
    parents: graph.allParents(revision),
    action,
    checksum: source.checksumOf(revision),
    startedAt: now,
    finishedAt: now,
    durationMs: 0,
    toraleVersion: version,
    appliedBy: whoAmI(),
  };
}

let me: string | undefined;

/** Never fails: a container may run under a uid that has no name. Asked once, since the system looks that up in files. */
export function whoAmI(): string {
  return (me ??= `${userName()}${hostname()} (pid ${process.pid})`);
}

function userName(): string {
  try {
    return `${userInfo().username}@`;
  } catch {
    return process.getuid === undefined ? '' : `${process.getuid()}@`;
  }
}
