import type { WaitReport } from '../apply/wait.ts';
import { formatDuration } from './output.ts';

/** What was waited for, as a fact. */
export function waitText({ database, server, waitedMs, heads }: WaitReport): string {
  const waited = waitedMs < 1000 ? '' : ` (waited ${formatDuration(waitedMs)})`;
  const at = heads === undefined ? '' : `, and at ${heads.join(', ') || 'its head: there are no revisions'}`;
  return `${database} accepts connections${at}: ${server}${waited}.`;
}
