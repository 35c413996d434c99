/**
 * add notification channels
 *
 * Revision ID: 6971fe1a4e84
 * Revises: 35019555095d
 * Create Date: 2026-02-19T09:47:12.664Z
 */
import type { Operations } from 'torale';

export const revision = '6971fe1a4e84';
export const downRevision = '35019555095d';
export const branchLabels = 'notifications';
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // Of a user's channels at most one is the default: a unique index over the rows that are. MySQL has no partial
  // indexes, but its unique indexes let NULL pass any number of times.
  await op.execute({
    postgres: `
      CREATE TABLE notification_channels (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        user_id uuid NOT NULL,
        kind text NOT NULL,
        address text NOT NULL,
        is_default boolean DEFAULT false NOT NULL,
        verified_at timestamptz,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT notification_channels_pkey PRIMARY KEY (id),
        CONSTRAINT notification_channels_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'webhook'))
      )
    `,
    mysql: `
      CREATE TABLE notification_channels (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        user_id char(36) CHARACTER SET ascii NOT NULL,
        kind varchar(20) NOT NULL,
        address varchar(500) NOT NULL,
        is_default boolean DEFAULT false NOT NULL,
        default_key tinyint GENERATED ALWAYS AS (IF(is_default, 1, NULL)) VIRTUAL,
        verified_at datetime(6),
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT notification_channels_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'webhook'))
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE notification_channels (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        user_id text NOT NULL,
        kind text NOT NULL,
        address text NOT NULL,
        is_default integer DEFAULT 0 NOT NULL,
        verified_at text,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        CONSTRAINT notification_channels_pkey PRIMARY KEY (id),
        CONSTRAINT notification_channels_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'webhook')),
        CONSTRAINT notification_channels_is_default_check CHECK (is_default IN (0, 1))
      ) STRICT
    `,
  });
  await op.execute({
    postgres:
      'CREATE UNIQUE INDEX notification_channels_default_key ON notification_channels (user_id) WHERE is_default',
    mysql: 'CREATE UNIQUE INDEX notification_channels_default_key ON notification_channels (user_id, default_key)',
    sqlite: 'CREATE UNIQUE INDEX notification_channels_default_key ON notification_channels (user_id) WHERE is_default',
  });

  // So far everyone was told by email.
  await op.execute(`
    INSERT INTO notification_channels (user_id, kind, address, is_default)
    SELECT id, 'email', email, true FROM users
  `);
}
