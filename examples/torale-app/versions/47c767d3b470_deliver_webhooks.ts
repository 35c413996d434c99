/**
 * deliver webhooks
 *
 * Revision ID: 47c767d3b470
 * Revises: a7a2f73a6fce
 * Create Date: 2026-02-24T11:48:03.271Z
 */
import type { Operations } from 'torale';

export const revision = '47c767d3b470';
export const downRevision = 'a7a2f73a6fce';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE users
      ADD COLUMN webhook_url text,
      ADD COLUMN webhook_secret text,
      ADD COLUMN webhook_enabled boolean DEFAULT false
  `);
  await op.execute('ALTER TABLE tasks ADD COLUMN webhook_url text, ADD COLUMN webhook_secret text');

  await op.execute(`
    CREATE TABLE webhook_deliveries (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      task_id uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
      execution_id uuid REFERENCES task_executions (id) ON DELETE CASCADE,
      webhook_url text NOT NULL,
      payload jsonb NOT NULL,
      signature text NOT NULL,
      http_status integer,
      response_body text,
      attempt_number integer NOT NULL DEFAULT 1,
      delivered_at timestamptz,
      failed_at timestamptz,
      error_message text,
      next_retry_at timestamptz,
      created_at timestamptz DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_webhook_deliveries_task_id ON webhook_deliveries (task_id)');
  await op.execute(`
    CREATE INDEX idx_webhook_deliveries_next_retry ON webhook_deliveries (next_retry_at)
    WHERE delivered_at IS NULL AND failed_at IS NULL
  `);
}
