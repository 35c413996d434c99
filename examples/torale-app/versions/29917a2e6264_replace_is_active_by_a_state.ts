/**
 * replace is_active by a state
 *
 * Revision ID: 29917a2e6264
 * Revises: 0a1579f687e1
 * Create Date: 2026-03-30T08:17:26.733Z
 */
import type { Operations } from 'torale';

export const revision = '29917a2e6264';
export const downRevision = '0a1579f687e1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute("ALTER TABLE tasks ADD COLUMN state text NOT NULL DEFAULT 'active'");
  await op.execute('ALTER TABLE tasks ADD COLUMN state_changed_at timestamptz NOT NULL DEFAULT now()');

  // The rows are filled in without touching updated_at.
  await op.execute('ALTER TABLE tasks DISABLE TRIGGER update_tasks_updated_at');
  await op.execute(`
    UPDATE tasks SET
      state = CASE WHEN is_active THEN 'active' ELSE 'paused' END,
      state_changed_at = coalesce(updated_at, created_at, now())
  `);
  await op.execute('ALTER TABLE tasks ENABLE TRIGGER update_tasks_updated_at');

  await op.execute(`
    ALTER TABLE tasks ADD CONSTRAINT tasks_state_check CHECK (state IN ('active', 'paused', 'completed'))
  `);
  await op.execute('CREATE INDEX idx_tasks_state ON tasks (state)');
  await op.execute('CREATE INDEX idx_tasks_user_state ON tasks (user_id, state)');
  await op.execute('ALTER TABLE tasks DROP COLUMN is_active');
}
