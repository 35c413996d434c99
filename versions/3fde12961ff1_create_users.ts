/**
 * create users
 *
 * Revision ID: 3fde12961ff1
 * Revises: (base)
 * Create Date: 2026-01-12T09:14:03.218Z
 */
import type { Operations } from 'torale';

export const revision = '3fde12961ff1';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    postgres: `
      CREATE TABLE users (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        email text NOT NULL,
        display_name text,
        is_active boolean DEFAULT true NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_email_check CHECK (email LIKE '%_@_%')
      )
    `,
    // Times are UTC: the application's sessions run with time_zone = '+00:00'.
    mysql: `
      CREATE TABLE users (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        email varchar(320) NOT NULL,
        display_name varchar(200),
        is_active boolean DEFAULT true NOT NULL,
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        updated_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT users_email_check CHECK (email LIKE '%_@_%')
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE users (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        email text NOT NULL,
        display_name text,
        is_active integer DEFAULT 1 NOT NULL,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        updated_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_email_check CHECK (email LIKE '%_@_%'),
        CONSTRAINT users_is_active_check CHECK (is_active IN (0, 1))
      ) STRICT
    `,
  });

  // One account per address, however it is capitalised; on MySQL the collation sees to that.
  await op.execute({
    postgres: 'CREATE UNIQUE INDEX users_email_key ON users (lower(email))',
    mysql: 'CREATE UNIQUE INDEX users_email_key ON users (email)',
    sqlite: 'CREATE UNIQUE INDEX users_email_key ON users (lower(email))',
  });

  // The later tables use this function as well. MySQL has ON UPDATE instead, SQLite one trigger a table.
  await op.execute({
    postgres: `
      CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.updated_at := now();
        RETURN NEW;
      END;
      $$
    `,
    mysql: null,
    sqlite: null,
  });
  // Whoever sets updated_at, an import for instance, keeps what he wrote.
  await op.execute({
    postgres: `
      CREATE TRIGGER users_set_updated_at BEFORE UPDATE ON users
      FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at)
      EXECUTE FUNCTION set_updated_at()
    `,
    mysql: null,
    sqlite: `
      CREATE TRIGGER users_set_updated_at AFTER UPDATE ON users
      FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at
      BEGIN
        UPDATE users SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
      END
    `,
  });
}
