/**
 * notify through connectors
 *
 * Revision ID: afa3918fd0ed
 * Revises: fd9398da3071
 * Create Date: 2026-03-30T07:59:23.340Z
 */
import type { Operations } from 'torale';

export const revision = 'afa3918fd0ed';
export const downRevision = 'fd9398da3071';
export const branchLabels = null;
export const dependsOn = 'c26dc792c81d';

export async function upgrade(op: Operations): Promise<void> {
  // SQLite cannot alter a CHECK.
  if (op.dialect === 'sqlite') return rebuildChannels(op);

  await op.execute({
    postgres: `
      ALTER TABLE notification_channels ADD COLUMN user_connector_id uuid
        CONSTRAINT notification_channels_user_connector_id_fkey REFERENCES user_connectors (id) ON DELETE CASCADE
    `,
    mysql: `
      ALTER TABLE notification_channels
        ADD COLUMN user_connector_id char(36) CHARACTER SET ascii,
        ADD CONSTRAINT notification_channels_user_connector_id_fkey
          FOREIGN KEY (user_connector_id) REFERENCES user_connectors (id) ON DELETE CASCADE
    `,
    sqlite: null,
  });
  await op.execute('ALTER TABLE notification_channels DROP CONSTRAINT notification_channels_kind_check');
  await op.execute(`
    ALTER TABLE notification_channels ADD CONSTRAINT notification_channels_kind_check
      CHECK (kind IN ('email', 'webhook', 'connector'))
  `);
  await op.execute(`
    ALTER TABLE notification_channels ADD CONSTRAINT notification_channels_connector_check
      CHECK ((kind = 'connector') = (user_connector_id IS NOT NULL))
  `);
  await op.execute(
    'CREATE INDEX notification_channels_user_connector_id_idx ON notification_channels (user_connector_id)',
  );
}

/** The order of https://www.sqlite.org/lang_altertable.html#otheralter; Torale has switched foreign_keys off. */
async function rebuildChannels(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE notification_channels_new (
      id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
      user_id text NOT NULL,
      kind text NOT NULL,
      address text NOT NULL,
      is_default integer DEFAULT 0 NOT NULL,
      verified_at text,
      created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
      user_connector_id text,
      CONSTRAINT notification_channels_pkey PRIMARY KEY (id),
      CONSTRAINT notification_channels_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
      CONSTRAINT notification_channels_user_connector_id_fkey
        FOREIGN KEY (user_connector_id) REFERENCES user_connectors (id) ON DELETE CASCADE,
      CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'webhook', 'connector')),
      CONSTRAINT notification_channels_connector_check
        CHECK ((kind = 'connector') = (user_connector_id IS NOT NULL)),
      CONSTRAINT notification_channels_is_default_check CHECK (is_default IN (0, 1))
    ) STRICT
  `);
  await op.execute(`
    INSERT INTO notification_channels_new (id, user_id, kind, address, is_default, verified_at, created_at)
    SELECT id, user_id, kind, address, is_default, verified_at, created_at FROM notification_channels
  `);
  await op.execute('DROP TABLE notification_channels');
  await op.execute('ALTER TABLE notification_channels_new RENAME TO notification_channels');
  await op.execute(`
    CREATE UNIQUE INDEX notification_channels_default_key ON notification_channels (user_id) WHERE is_default
  `);
  await op.execute(
    'CREATE INDEX notification_channels_user_connector_id_idx ON notification_channels (user_connector_id)',
  );
}
