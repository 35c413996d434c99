/**
 * notify by email
 *
 * Revision ID: a7a2f73a6fce
 * Revises: 97dccad5b7d1
 * Create Date: 2026-02-10T13:05:44.902Z
 */
import type { Operations } from 'torale';

export const revision = 'a7a2f73a6fce';
export const downRevision = '97dccad5b7d1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('ALTER TABLE users ADD COLUMN verified_notification_emails text[] DEFAULT ARRAY[]::text[]');
  await op.execute(`
    ALTER TABLE tasks
      ADD COLUMN notifications jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN notification_channels text[] DEFAULT ARRAY['email'],
      ADD COLUMN notification_email text,
      ADD CONSTRAINT check_notification_channels CHECK (notification_channels <@ ARRAY['email', 'webhook'])
  `);
  // Whoever has an account has proved its address.
  await op.execute('UPDATE users SET verified_notification_emails = ARRAY[email]');

  await op.execute(`
    CREATE TABLE email_verifications (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      email text NOT NULL,
      verification_code text NOT NULL,
      verified boolean DEFAULT false,
      expires_at timestamptz NOT NULL,
      verified_at timestamptz,
      attempts integer DEFAULT 0,
      created_at timestamptz DEFAULT now()
    )
  `);
  await op.execute(`
    CREATE UNIQUE INDEX uq_pending_email_verification ON email_verifications (user_id, email) WHERE verified = false
  `);
  await op.execute(`
    CREATE INDEX idx_email_verifications_code ON email_verifications (verification_code) WHERE verified = false
  `);
  await op.execute('CREATE INDEX idx_email_verifications_user_created ON email_verifications (user_id, created_at)');

  await op.execute(`
    CREATE TABLE notification_sends (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      task_id uuid REFERENCES tasks (id) ON DELETE SET NULL,
      recipient_email text NOT NULL,
      notification_type text NOT NULL,
      execution_id uuid REFERENCES task_executions (id) ON DELETE SET NULL,
      status text NOT NULL DEFAULT 'success',
      error_message text,
      created_at timestamptz DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_notification_sends_user_time ON notification_sends (user_id, created_at)');
  await op.execute(
    'CREATE INDEX idx_notification_sends_email_time ON notification_sends (recipient_email, created_at)',
  );
}
