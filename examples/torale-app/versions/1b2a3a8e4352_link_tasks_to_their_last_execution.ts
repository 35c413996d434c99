/**
 * link tasks to their last execution
 *
 * Revision ID: 1b2a3a8e4352
 * Revises: 29917a2e6264
 * Create Date: 2026-04-14T12:54:10.026Z
 */
import type { Operations } from 'torale';

export const revision = '1b2a3a8e4352';
export const downRevision = '29917a2e6264';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('ALTER TABLE tasks ADD COLUMN last_execution_id uuid');
  await op.execute('ALTER TABLE tasks DISABLE TRIGGER update_tasks_updated_at');
  await op.execute(`
    UPDATE tasks SET last_execution_id = latest.id
    FROM (
      SELECT DISTINCT ON (task_id) task_id, id FROM task_executions ORDER BY task_id, started_at DESC NULLS LAST, id
    ) AS latest
    WHERE latest.task_id = tasks.id
  `);
  await op.execute('ALTER TABLE tasks ENABLE TRIGGER update_tasks_updated_at');
  await op.execute(`
    ALTER TABLE tasks ADD CONSTRAINT tasks_last_execution_id_fkey
      FOREIGN KEY (last_execution_id) REFERENCES task_executions (id) ON DELETE SET NULL
  `);
}
