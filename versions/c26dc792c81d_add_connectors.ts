/**
 * add connectors
 *
 * Revision ID: c26dc792c81d
 * Revises: 35019555095d
 * Create Date: 2026-02-17T13:55:08.447Z
 */
import type { Operations } from 'torale';

export const revision = 'c26dc792c81d';
export const downRevision = '35019555095d';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    postgres: `
      CREATE TABLE connectors (
        slug text NOT NULL,
        name text NOT NULL,
        icon text NOT NULL,
        auth_kind text NOT NULL,
        is_enabled boolean DEFAULT true NOT NULL,
        CONSTRAINT connectors_pkey PRIMARY KEY (slug),
        CONSTRAINT connectors_auth_kind_check CHECK (auth_kind IN ('oauth2', 'api_key'))
      )
    `,
    mysql: `
      CREATE TABLE connectors (
        slug varchar(40) NOT NULL,
        name varchar(80) NOT NULL,
        icon varchar(16) NOT NULL,
        auth_kind varchar(20) NOT NULL,
        is_enabled boolean DEFAULT true NOT NULL,
        PRIMARY KEY (slug),
        CONSTRAINT connectors_auth_kind_check CHECK (auth_kind IN ('oauth2', 'api_key'))
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE connectors (
        slug text NOT NULL,
        name text NOT NULL,
        icon text NOT NULL,
        auth_kind text NOT NULL,
        is_enabled integer DEFAULT 1 NOT NULL,
        CONSTRAINT connectors_pkey PRIMARY KEY (slug),
        CONSTRAINT connectors_auth_kind_check CHECK (auth_kind IN ('oauth2', 'api_key')),
        CONSTRAINT connectors_is_enabled_check CHECK (is_enabled IN (0, 1))
      ) STRICT, WITHOUT ROWID
    `,
  });

  await op.execute({
    postgres: `
      CREATE TABLE user_connectors (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        user_id uuid NOT NULL,
        connector_slug text NOT NULL,
        status text DEFAULT 'initiated' NOT NULL,
        account_id text,
        connected_at timestamptz,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT user_connectors_pkey PRIMARY KEY (id),
        CONSTRAINT user_connectors_user_id_connector_slug_key UNIQUE (user_id, connector_slug),
        CONSTRAINT user_connectors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT user_connectors_connector_slug_fkey FOREIGN KEY (connector_slug) REFERENCES connectors (slug),
        CONSTRAINT user_connectors_status_check CHECK (status IN ('initiated', 'active', 'expired', 'failed'))
      )
    `,
    mysql: `
      CREATE TABLE user_connectors (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        user_id char(36) CHARACTER SET ascii NOT NULL,
        connector_slug varchar(40) NOT NULL,
        status enum('initiated', 'active', 'expired', 'failed') DEFAULT 'initiated' NOT NULL,
        account_id varchar(200),
        connected_at datetime(6),
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        updated_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT user_connectors_user_id_connector_slug_key UNIQUE (user_id, connector_slug),
        CONSTRAINT user_connectors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT user_connectors_connector_slug_fkey FOREIGN KEY (connector_slug) REFERENCES connectors (slug)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE user_connectors (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        user_id text NOT NULL,
        connector_slug text NOT NULL,
        status text DEFAULT 'initiated' NOT NULL,
        account_id text,
        connected_at text,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        updated_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        CONSTRAINT user_connectors_pkey PRIMARY KEY (id),
        CONSTRAINT user_connectors_user_id_connector_slug_key UNIQUE (user_id, connector_slug),
        CONSTRAINT user_connectors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT user_connectors_connector_slug_fkey FOREIGN KEY (connector_slug) REFERENCES connectors (slug),
        CONSTRAINT user_connectors_status_check CHECK (status IN ('initiated', 'active', 'expired', 'failed'))
      ) STRICT
    `,
  });
  await op.execute('CREATE INDEX user_connectors_connector_slug_idx ON user_connectors (connector_slug)');

  await op.execute({
    postgres: `
      CREATE TRIGGER user_connectors_set_updated_at BEFORE UPDATE ON user_connectors
      FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at)
      EXECUTE FUNCTION set_updated_at()
    `,
    mysql: null,
    sqlite: `
      CREATE TRIGGER user_connectors_set_updated_at AFTER UPDATE ON user_connectors
      FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at
      BEGIN
        UPDATE user_connectors SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
      END
    `,
  });

  // Knex runs a query only when it is awaited. Each row names every column: on SQLite Knex fills a missing one with NULL.
  await op.knex('connectors').insert([
    { slug: 'github', name: 'GitHub', icon: '🐙', auth_kind: 'oauth2', is_enabled: true },
    { slug: 'gmail', name: 'Gmail', icon: '📧', auth_kind: 'oauth2', is_enabled: true },
    { slug: 'notion', name: 'Notion', icon: '🗒', auth_kind: 'oauth2', is_enabled: true },
    { slug: 'slack', name: 'Slack', icon: '💬', auth_kind: 'oauth2', is_enabled: true },
    { slug: 'linear', name: 'Linear', icon: '📐', auth_kind: 'api_key', is_enabled: false },
  ]);
}
