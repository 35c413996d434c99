/**
 * let the agent choose its next run
 *
 * Revision ID: efcdb7841241
 * Revises: 1b2a3a8e4352
 * Create Date: 2026-05-05T10:29:48.884Z
 */
import type { Operations } from 'torale';

export const revision = 'efcdb7841241';
export const downRevision = '1b2a3a8e4352';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('ALTER TABLE tasks ADD COLUMN next_run timestamptz, ADD COLUMN context jsonb');
  await op.execute('ALTER TABLE task_executions ADD COLUMN notification text');
  // Data loss: the schedules, and whether a condition was met; the notification says so from now on.
  await op.execute('ALTER TABLE tasks DROP COLUMN schedule');
  await op.execute('ALTER TABLE task_executions DROP COLUMN condition_met');
}
