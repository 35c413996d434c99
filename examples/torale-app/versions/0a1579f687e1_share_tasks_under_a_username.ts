/**
 * share tasks under a username
 *
 * Revision ID: 0a1579f687e1
 * Revises: 47c767d3b470
 * Create Date: 2026-03-11T15:22:38.457Z
 */
import type { Operations } from 'torale';

export const revision = '0a1579f687e1';
export const downRevision = '47c767d3b470';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE tasks
      ADD COLUMN is_public boolean DEFAULT false,
      ADD COLUMN view_count integer DEFAULT 0,
      ADD COLUMN subscriber_count integer DEFAULT 0,
      ADD COLUMN forked_from_task_id uuid REFERENCES tasks (id) ON DELETE SET NULL
  `);
  await op.execute('CREATE INDEX idx_tasks_is_public ON tasks (is_public) WHERE is_public = true');
  await op.execute('CREATE INDEX idx_tasks_public_view_count ON tasks (view_count) WHERE is_public = true');
  await op.execute(`
    CREATE INDEX idx_tasks_forked_from ON tasks (forked_from_task_id) WHERE forked_from_task_id IS NOT NULL
  `);

  await op.execute('ALTER TABLE users ADD COLUMN username varchar(30) UNIQUE');
  await op.execute('CREATE TABLE reserved_usernames (username varchar(30) PRIMARY KEY)');
  await op.execute(`
    INSERT INTO reserved_usernames (username)
    VALUES ('admin'), ('api'), ('docs'), ('explore'), ('help'), ('settings'), ('torale')
  `);
}
