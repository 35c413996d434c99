/**
 * retry failed executions
 *
 * Revision ID: 1823e3b9c79b
 * Revises: efcdb7841241
 * Create Date: 2026-05-21T14:36:05.519Z
 */
import type { Operations } from 'torale';

export const revision = '1823e3b9c79b';
export const downRevision = 'efcdb7841241';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE task_executions
      ADD COLUMN retry_count integer NOT NULL DEFAULT 0,
      ADD COLUMN error_category text,
      ADD COLUMN internal_error text
  `);
  // What users were shown so far was meant for us.
  await op.execute(`
    UPDATE task_executions SET internal_error = error_message, error_message = 'The search failed.'
    WHERE error_message IS NOT NULL
  `);
}
