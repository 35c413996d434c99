/**
 * allow one open execution a task
 *
 * Revision ID: c8aeadd439ee
 * Revises: 3ccd526e7ff4
 * Create Date: 2026-05-11T09:03:17.428Z
 */
import type { Operations } from 'torale';

export const revision = 'c8aeadd439ee';
export const downRevision = '3ccd526e7ff4';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // Two schedulers used to start a task twice. All but the newest open execution of a task are given up.
  await op.execute(`
    UPDATE task_executions SET status = 'failed', error_category = 'other', error_message = 'superseded'
    WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY task_id ORDER BY created_at DESC, id DESC) AS newest
        FROM task_executions WHERE status IN ('pending', 'running')
      ) AS open_executions
      WHERE newest > 1
    )
  `);

  const oneOpen = `
    CREATE UNIQUE INDEX task_executions_open_key ON task_executions (task_id)
    WHERE status IN ('pending', 'running')
  `;
  await op.execute({
    postgres: null,
    mysql: `
      ALTER TABLE task_executions ADD COLUMN open_key tinyint
        GENERATED ALWAYS AS (IF(status IN ('pending', 'running'), 1, NULL)) VIRTUAL
    `,
    sqlite: null,
  });
  await op.execute({
    postgres: oneOpen,
    mysql: 'CREATE UNIQUE INDEX task_executions_open_key ON task_executions (task_id, open_key)',
    sqlite: oneOpen,
  });
}
