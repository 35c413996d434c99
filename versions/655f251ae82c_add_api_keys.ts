/**
 * add api keys
 *
 * Revision ID: 655f251ae82c
 * Revises: 7e9fc7132565
 * Create Date: 2026-07-15T08:44:49.612Z
 */
import type { Operations } from 'torale';

export const revision = '655f251ae82c';
export const downRevision = '7e9fc7132565';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  // Of a key only its hash is kept, and a prefix by which its owner tells it from others.
  await op.execute({
    postgres: `
      CREATE TABLE api_keys (
        id uuid DEFAULT gen_random_uuid() NOT NULL,
        user_id uuid NOT NULL,
        name text NOT NULL,
        key_prefix text NOT NULL,
        key_hash text NOT NULL,
        scopes text[] DEFAULT '{read}' NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT api_keys_pkey PRIMARY KEY (id),
        CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
        CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT api_keys_scopes_check CHECK (scopes <@ '{read,write}')
      )
    `,
    mysql: `
      CREATE TABLE api_keys (
        id char(36) CHARACTER SET ascii DEFAULT (uuid()) NOT NULL,
        user_id char(36) CHARACTER SET ascii NOT NULL,
        name varchar(80) NOT NULL,
        key_prefix varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        key_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        scopes set('read', 'write') DEFAULT 'read' NOT NULL,
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        last_used_at datetime(6),
        revoked_at datetime(6),
        PRIMARY KEY (id),
        CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
        CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE api_keys (
        id text DEFAULT (lower(hex(randomblob(16)))) NOT NULL,
        user_id text NOT NULL,
        name text NOT NULL,
        key_prefix text NOT NULL,
        key_hash text NOT NULL,
        scopes text DEFAULT 'read' NOT NULL,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        last_used_at text,
        revoked_at text,
        CONSTRAINT api_keys_pkey PRIMARY KEY (id),
        CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
        CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT api_keys_scopes_check CHECK (scopes IN ('read', 'write', 'read,write'))
      ) STRICT
    `,
  });
  await op.execute('CREATE INDEX api_keys_user_id_idx ON api_keys (user_id)');
}
