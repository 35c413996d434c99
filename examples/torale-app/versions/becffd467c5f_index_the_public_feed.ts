/**
 * index the public feed
 *
 * Revision ID: becffd467c5f
 * Revises: 1823e3b9c79b
 * Create Date: 2026-06-18T09:11:33.790Z
 */
import type { Operations } from 'torale';

export const revision = 'becffd467c5f';
export const downRevision = '1823e3b9c79b';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.autocommit(async () => {
    await op.execute(`
      CREATE INDEX CONCURRENTLY idx_task_executions_feed ON task_executions (started_at DESC)
      WHERE status = 'success' AND notification IS NOT NULL
    `);
  });
}
