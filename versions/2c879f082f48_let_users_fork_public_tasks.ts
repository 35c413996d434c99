/**
 * let users fork public tasks
 *
 * Revision ID: 2c879f082f48
 * Revises: c26dc792c81d
 * Create Date: 2026-03-05T16:20:51.006Z
 */
import type { Operations } from 'torale';

export const revision = '2c879f082f48';
export const downRevision = 'c26dc792c81d';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    postgres: 'ALTER TABLE tasks ADD COLUMN is_public boolean DEFAULT false NOT NULL',
    mysql: 'ALTER TABLE tasks ADD COLUMN is_public boolean DEFAULT false NOT NULL',
    sqlite: 'ALTER TABLE tasks ADD COLUMN is_public integer DEFAULT 0 NOT NULL CHECK (is_public IN (0, 1))',
  });
  await op.execute('ALTER TABLE tasks ADD COLUMN view_count integer DEFAULT 0 NOT NULL');

  // MySQL ignores REFERENCES beside a column.
  await op.execute({
    postgres: `
      ALTER TABLE tasks ADD COLUMN forked_from_task_id uuid
        CONSTRAINT tasks_forked_from_task_id_fkey REFERENCES tasks (id) ON DELETE SET NULL
    `,
    mysql: `
      ALTER TABLE tasks
        ADD COLUMN forked_from_task_id char(36) CHARACTER SET ascii,
        ADD CONSTRAINT tasks_forked_from_task_id_fkey
          FOREIGN KEY (forked_from_task_id) REFERENCES tasks (id) ON DELETE SET NULL
    `,
    sqlite: `
      ALTER TABLE tasks ADD COLUMN forked_from_task_id text
        CONSTRAINT tasks_forked_from_task_id_fkey REFERENCES tasks (id) ON DELETE SET NULL
    `,
  });
  await op.execute('CREATE INDEX tasks_forked_from_task_id_idx ON tasks (forked_from_task_id)');

  await op.execute({
    postgres: 'CREATE INDEX tasks_public_view_count_idx ON tasks (view_count) WHERE is_public',
    mysql: 'CREATE INDEX tasks_public_view_count_idx ON tasks (is_public, view_count)',
    sqlite: 'CREATE INDEX tasks_public_view_count_idx ON tasks (view_count) WHERE is_public',
  });
}
