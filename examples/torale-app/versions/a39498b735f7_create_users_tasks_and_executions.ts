/**
 * create users, tasks and executions
 *
 * Revision ID: a39498b735f7
 * Revises: (base)
 * Create Date: 2026-01-08T10:02:11.305Z
 */
import type { Operations } from 'torale';

export const revision = 'a39498b735f7';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public');

  await op.execute(`
    CREATE FUNCTION update_updated_at_column() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            NEW.updated_at = NOW();
            RETURN NEW;
        END;
        $$
  `);

  await op.execute(`
    CREATE TABLE users (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      clerk_user_id text NOT NULL UNIQUE,
      email text NOT NULL UNIQUE,
      is_active boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_users_clerk_user_id ON users (clerk_user_id)');
  await op.execute('CREATE INDEX idx_users_email ON users (email)');

  await op.execute(`
    CREATE TABLE tasks (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name text NOT NULL,
      schedule text NOT NULL DEFAULT '0 9 * * *',
      is_active boolean NOT NULL DEFAULT true,
      search_query text,
      condition_description text,
      last_known_state jsonb,
      created_at timestamptz DEFAULT now(),
      updated_at timestamptz DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_tasks_user_id ON tasks (user_id)');
  await op.execute(`
    CREATE TRIGGER update_tasks_updated_at BEFORE UPDATE ON tasks
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()
  `);

  await op.execute(`
    CREATE TABLE task_executions (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      task_id uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
      status text NOT NULL,
      started_at timestamptz DEFAULT now(),
      completed_at timestamptz,
      result jsonb,
      error_message text,
      condition_met boolean,
      grounding_sources jsonb,
      created_at timestamptz DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_task_executions_task_id ON task_executions (task_id)');
}
