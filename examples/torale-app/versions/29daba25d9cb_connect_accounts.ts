/**
 * connect accounts
 *
 * Revision ID: 29daba25d9cb
 * Revises: 233cb2f700e1
 * Create Date: 2026-08-27T11:57:42.335Z
 */
import type { Operations } from 'torale';

export const revision = '29daba25d9cb';
export const downRevision = '233cb2f700e1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE user_connectors (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      toolkit_slug text NOT NULL,
      connected_account_id text,
      status text NOT NULL DEFAULT 'INITIATED'
        CHECK (status IN ('ACTIVE', 'INITIATED', 'INITIALIZING', 'EXPIRED', 'FAILED', 'INACTIVE')),
      status_reason text,
      connected_at timestamptz,
      last_used_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )
  `);
  await op.execute('CREATE UNIQUE INDEX uq_user_connectors_user_toolkit ON user_connectors (user_id, toolkit_slug)');
  await op.execute('CREATE INDEX idx_user_connectors_user_id ON user_connectors (user_id)');
  await op.execute('CREATE INDEX idx_user_connectors_status ON user_connectors (status)');
  await op.execute(`
    CREATE TRIGGER update_user_connectors_updated_at BEFORE UPDATE ON user_connectors
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()
  `);

  await op.execute(`
    ALTER TABLE tasks ADD COLUMN attached_connector_slugs text[] NOT NULL DEFAULT ARRAY[]::text[]
  `);
  await op.execute('ALTER TABLE users ADD COLUMN has_seen_welcome boolean NOT NULL DEFAULT false');
}
