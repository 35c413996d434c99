/**
 * create tasks and executions
 *
 * Revision ID: e4da19d4293a
 * Revises: 3fde12961ff1
 * Create Date: 2026-01-14T10:41:27.905Z
 */
import type { Operations } from 'torale';

export const revision = 'e4da19d4293a';
export const downRevision = '3fde12961ff1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // A task points at its last execution, an execution at its task. In this cycle one foreign key has to come
  // afterwards; SQLite cannot add one, but takes one to a table that does not exist yet.
  await op.execute({
    postgres: `
      CREATE TABLE tasks (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        user_id uuid NOT NULL,
        name text NOT NULL,
        search_query text NOT NULL,
        condition_description text,
        state text DEFAULT 'active' NOT NULL,
        last_known_state jsonb,
        last_execution_id uuid,
        next_run_at timestamptz,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT tasks_pkey PRIMARY KEY (id),
        CONSTRAINT tasks_user_id_name_key UNIQUE (user_id, name),
        CONSTRAINT tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT tasks_state_check CHECK (state IN ('active', 'paused', 'completed'))
      )
    `,
    mysql: `
      CREATE TABLE tasks (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        user_id char(36) CHARACTER SET ascii NOT NULL,
        name varchar(200) NOT NULL,
        search_query text NOT NULL,
        condition_description text,
        state varchar(20) DEFAULT 'active' NOT NULL,
        last_known_state json,
        last_execution_id char(36) CHARACTER SET ascii,
        next_run_at datetime(6),
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        updated_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT tasks_user_id_name_key UNIQUE (user_id, name),
        CONSTRAINT tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT tasks_state_check CHECK (state IN ('active', 'paused', 'completed'))
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE tasks (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        user_id text NOT NULL,
        name text NOT NULL,
        search_query text NOT NULL,
        condition_description text,
        state text DEFAULT 'active' NOT NULL,
        last_known_state text,
        last_execution_id text,
        next_run_at text,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        updated_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        CONSTRAINT tasks_pkey PRIMARY KEY (id),
        CONSTRAINT tasks_user_id_name_key UNIQUE (user_id, name),
        CONSTRAINT tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT tasks_last_execution_id_fkey FOREIGN KEY (last_execution_id)
          REFERENCES task_executions (id) ON DELETE SET NULL,
        CONSTRAINT tasks_state_check CHECK (state IN ('active', 'paused', 'completed')),
        CONSTRAINT tasks_last_known_state_check CHECK (json_valid(last_known_state))
      ) STRICT
    `,
  });

  await op.execute({
    postgres: `
      CREATE TABLE task_executions (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        task_id uuid NOT NULL,
        status text DEFAULT 'pending' NOT NULL,
        result jsonb,
        notification text,
        error_message text,
        created_at timestamptz DEFAULT now() NOT NULL,
        started_at timestamptz,
        completed_at timestamptz,
        CONSTRAINT task_executions_pkey PRIMARY KEY (id),
        CONSTRAINT task_executions_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
        CONSTRAINT task_executions_status_check CHECK (status IN ('pending', 'running', 'success', 'failed')),
        CONSTRAINT task_executions_times_check CHECK (completed_at >= started_at)
      )
    `,
    mysql: `
      CREATE TABLE task_executions (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        task_id char(36) CHARACTER SET ascii NOT NULL,
        status varchar(20) DEFAULT 'pending' NOT NULL,
        result json,
        notification text,
        error_message text,
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        started_at datetime(6),
        completed_at datetime(6),
        PRIMARY KEY (id),
        CONSTRAINT task_executions_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
        CONSTRAINT task_executions_status_check CHECK (status IN ('pending', 'running', 'success', 'failed')),
        CONSTRAINT task_executions_times_check CHECK (completed_at >= started_at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE task_executions (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        task_id text NOT NULL,
        status text DEFAULT 'pending' NOT NULL,
        result text,
        notification text,
        error_message text,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        started_at text,
        completed_at text,
        CONSTRAINT task_executions_pkey PRIMARY KEY (id),
        CONSTRAINT task_executions_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
        CONSTRAINT task_executions_status_check CHECK (status IN ('pending', 'running', 'success', 'failed')),
        CONSTRAINT task_executions_times_check CHECK (completed_at >= started_at),
        CONSTRAINT task_executions_result_check CHECK (json_valid(result))
      ) STRICT
    `,
  });

  const closeCycle = `
    ALTER TABLE tasks ADD CONSTRAINT tasks_last_execution_id_fkey
      FOREIGN KEY (last_execution_id) REFERENCES task_executions (id) ON DELETE SET NULL
  `;
  await op.execute({ postgres: closeCycle, mysql: closeCycle, sqlite: null });

  await op.execute('CREATE INDEX tasks_last_execution_id_idx ON tasks (last_execution_id)');
  await op.execute('CREATE INDEX task_executions_task_id_created_at_idx ON task_executions (task_id, created_at)');

  await op.execute({
    postgres: `
      CREATE TRIGGER tasks_set_updated_at BEFORE UPDATE ON tasks
      FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at)
      EXECUTE FUNCTION set_updated_at()
    `,
    mysql: null,
    sqlite: `
      CREATE TRIGGER tasks_set_updated_at AFTER UPDATE ON tasks
      FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at
      BEGIN
        UPDATE tasks SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
      END
    `,
  });
}
