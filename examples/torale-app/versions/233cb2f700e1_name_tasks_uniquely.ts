/**
 * name tasks uniquely
 *
 * Revision ID: 233cb2f700e1
 * Revises: becffd467c5f
 * Create Date: 2026-07-09T16:03:21.164Z
 */
import type { Operations } from 'torale';

export const revision = '233cb2f700e1';
export const downRevision = 'becffd467c5f';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // The oldest keeps its name, the others get a number.
  await op.execute(`
    UPDATE tasks SET name = tasks.name || ' (' || numbered.number || ')'
    FROM (
      SELECT id, row_number() OVER (PARTITION BY user_id, name ORDER BY created_at, id) AS number FROM tasks
    ) AS numbered
    WHERE numbered.id = tasks.id AND numbered.number > 1
  `);
  await op.execute('ALTER TABLE tasks ADD CONSTRAINT uq_tasks_user_id_name UNIQUE (user_id, name)');
}
