/**
 * index tasks that are due
 *
 * Revision ID: adfda5d0de59
 * Revises: e4da19d4293a
 * Create Date: 2026-01-20T15:02:44.130Z
 */
import type { Operations } from 'torale';

export const revision = 'adfda5d0de59';
export const downRevision = 'e4da19d4293a';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // The scheduler asks for active tasks only. MySQL has no partial indexes: there the state leads.
  const due = "CREATE INDEX tasks_due_idx ON tasks (next_run_at) WHERE state = 'active'";
  await op.execute({
    postgres: due,
    mysql: 'CREATE INDEX tasks_due_idx ON tasks (state, next_run_at)',
    sqlite: due,
  });
}
