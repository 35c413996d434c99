/**
 * add api keys
 *
 * Revision ID: c69ce6bb47e1
 * Revises: a39498b735f7
 * Create Date: 2026-01-15T16:40:29.118Z
 */
import type { Operations } from 'torale';

export const revision = 'c69ce6bb47e1';
export const downRevision = 'a39498b735f7';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE api_keys (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      key_prefix text NOT NULL,
      key_hash text NOT NULL UNIQUE,
      name text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz,
      is_active boolean NOT NULL DEFAULT true
    )
  `);
  await op.execute('CREATE INDEX idx_api_keys_user_id ON api_keys (user_id)');
  await op.execute('CREATE INDEX idx_api_keys_key_hash ON api_keys (key_hash) WHERE is_active = true');

  await op.execute('ALTER TABLE users ADD COLUMN first_name text');
}
