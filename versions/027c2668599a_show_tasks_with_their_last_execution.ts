/**
 * show tasks with their last execution
 *
 * Revision ID: 027c2668599a
 * Revises: 655f251ae82c
 * Create Date: 2026-09-01T15:37:28.504Z
 */
import type { Operations } from 'torale';

export const revision = '027c2668599a';
export const downRevision = '655f251ae82c';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  const select = `
    SELECT t.id, t.user_id, t.name, t.state, t.next_run_at,
      e.status AS last_status, e.error_category AS last_error_category, e.completed_at AS last_completed_at
    FROM tasks t LEFT JOIN task_executions e ON e.id = t.last_execution_id
  `;
  // By default a view of MySQL's runs with the rights of whoever made it.
  await op.execute({
    postgres: `CREATE VIEW task_overview AS ${select}`,
    mysql: `CREATE SQL SECURITY INVOKER VIEW task_overview AS ${select}`,
    sqlite: `CREATE VIEW task_overview AS ${select}`,
  });
}
