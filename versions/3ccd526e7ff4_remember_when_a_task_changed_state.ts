/**
 * remember when a task changed state
 *
 * Revision ID: 3ccd526e7ff4
 * Revises: c56f912c7915
 * Create Date: 2026-04-20T12:26:31.097Z
 */
import type { Operations } from 'torale';

export const revision = '3ccd526e7ff4';
export const downRevision = 'c56f912c7915';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // A task that is not active has no next run: mended first, then enforced.
  await op.execute("UPDATE tasks SET next_run_at = NULL WHERE state <> 'active'");

  if (op.dialect === 'sqlite') await rebuildTasks(op);
  else await alterTasks(op);

  await op.execute({
    postgres: `
      CREATE FUNCTION set_state_changed_at() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.state_changed_at := now();
        RETURN NEW;
      END;
      $$
    `,
    mysql: null,
    sqlite: null,
  });
  // MySQL wants log_bin_trust_function_creators = 1 or SUPER for a trigger while the binary log is on.
  await op.execute({
    postgres: `
      CREATE TRIGGER tasks_set_state_changed_at BEFORE UPDATE ON tasks
      FOR EACH ROW WHEN (NEW.state <> OLD.state)
      EXECUTE FUNCTION set_state_changed_at()
    `,
    mysql: `
      CREATE TRIGGER tasks_set_state_changed_at BEFORE UPDATE ON tasks
      FOR EACH ROW
      BEGIN
        IF NEW.state <> OLD.state THEN
          SET NEW.state_changed_at = CURRENT_TIMESTAMP(6);
        END IF;
      END
    `,
    sqlite: `
      CREATE TRIGGER tasks_set_state_changed_at AFTER UPDATE OF state ON tasks
      FOR EACH ROW WHEN NEW.state <> OLD.state
      BEGIN
        UPDATE tasks SET state_changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
      END
    `,
  });
}

async function alterTasks(op: Operations): Promise<void> {
  await op.execute({
    postgres: 'ALTER TABLE tasks ADD COLUMN state_changed_at timestamptz',
    mysql: 'ALTER TABLE tasks ADD COLUMN state_changed_at datetime(6)',
    sqlite: null,
  });
  // The best guess for old rows. It must not itself count as an update of the task.
  await op.execute({
    postgres: `
      ALTER TABLE tasks DISABLE TRIGGER tasks_set_updated_at;
      UPDATE tasks SET state_changed_at = updated_at;
      ALTER TABLE tasks ENABLE TRIGGER tasks_set_updated_at;
    `,
    mysql: 'UPDATE tasks SET state_changed_at = updated_at, updated_at = updated_at',
    sqlite: null,
  });
  await op.execute({
    postgres: `
      ALTER TABLE tasks
        ALTER COLUMN state_changed_at SET DEFAULT now(),
        ALTER COLUMN state_changed_at SET NOT NULL
    `,
    mysql: 'ALTER TABLE tasks MODIFY state_changed_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL',
    sqlite: null,
  });
  await op.execute(`
    ALTER TABLE tasks ADD CONSTRAINT tasks_next_run_at_check CHECK (next_run_at IS NULL OR state = 'active')
  `);
}

/**
 * Making a table anew and moving the rows is how SQLite adds a CHECK, in the order of
 * https://www.sqlite.org/lang_altertable.html#otheralter. Torale has switched foreign_keys off, so the DROP deletes
 * nothing elsewhere, and looks at all keys before it commits.
 */
async function rebuildTasks(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE tasks_new (
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
      is_public integer DEFAULT 0 NOT NULL,
      view_count integer DEFAULT 0 NOT NULL,
      forked_from_task_id text,
      state_changed_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
      CONSTRAINT tasks_pkey PRIMARY KEY (id),
      CONSTRAINT tasks_user_id_name_key UNIQUE (user_id, name),
      CONSTRAINT tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
      CONSTRAINT tasks_last_execution_id_fkey FOREIGN KEY (last_execution_id)
        REFERENCES task_executions (id) ON DELETE SET NULL,
      CONSTRAINT tasks_forked_from_task_id_fkey FOREIGN KEY (forked_from_task_id)
        REFERENCES tasks (id) ON DELETE SET NULL,
      CONSTRAINT tasks_state_check CHECK (state IN ('active', 'paused', 'completed')),
      CONSTRAINT tasks_next_run_at_check CHECK (next_run_at IS NULL OR state = 'active'),
      CONSTRAINT tasks_last_known_state_check CHECK (json_valid(last_known_state)),
      CONSTRAINT tasks_is_public_check CHECK (is_public IN (0, 1))
    ) STRICT
  `);
  await op.execute(`
    INSERT INTO tasks_new (
      id, user_id, name, search_query, condition_description, state, last_known_state, last_execution_id, next_run_at,
      created_at, updated_at, is_public, view_count, forked_from_task_id, state_changed_at
    )
    SELECT
      id, user_id, name, search_query, condition_description, state, last_known_state, last_execution_id, next_run_at,
      created_at, updated_at, is_public, view_count, forked_from_task_id, updated_at
    FROM tasks
  `);
  // Its indexes and triggers go with it, and come back below.
  await op.execute('DROP TABLE tasks');
  await op.execute('ALTER TABLE tasks_new RENAME TO tasks');
  await op.execute('CREATE INDEX tasks_last_execution_id_idx ON tasks (last_execution_id)');
  await op.execute("CREATE INDEX tasks_due_idx ON tasks (next_run_at) WHERE state = 'active'");
  await op.execute('CREATE INDEX tasks_forked_from_task_id_idx ON tasks (forked_from_task_id)');
  await op.execute('CREATE INDEX tasks_public_view_count_idx ON tasks (view_count) WHERE is_public');
  await op.execute(`
    CREATE TRIGGER tasks_set_updated_at AFTER UPDATE ON tasks
    FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at
    BEGIN
      UPDATE tasks SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
    END
  `);
}
