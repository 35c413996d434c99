/**
 * index the public feed
 *
 * Revision ID: 7e9fc7132565
 * Revises: c8aeadd439ee
 * Create Date: 2026-06-08T13:18:02.950Z
 */
import type { Operations } from 'torale';

export const revision = '7e9fc7132565';
export const downRevision = 'c8aeadd439ee';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // The table is large and written to all the time: the index is built without blocking writers, which PostgreSQL
  // does outside a transaction only.
  await op.autocommit(async () => {
    await op.execute({
      postgres: `
        CREATE INDEX CONCURRENTLY task_executions_feed_idx ON task_executions (completed_at DESC)
        WHERE status = 'success' AND notification IS NOT NULL
      `,
      mysql: `
        CREATE INDEX task_executions_feed_idx ON task_executions (status, completed_at)
        ALGORITHM = INPLACE LOCK = NONE
      `,
      sqlite: `
        CREATE INDEX task_executions_feed_idx ON task_executions (completed_at DESC)
        WHERE status = 'success' AND notification IS NOT NULL
      `,
    });
  });
}
