/**
 * record notification deliveries
 *
 * Revision ID: fd9398da3071
 * Revises: 6971fe1a4e84
 * Create Date: 2026-03-02T14:33:40.219Z
 */
import type { Operations } from 'torale';

export const revision = 'fd9398da3071';
export const downRevision = '6971fe1a4e84';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    postgres: `
      CREATE TABLE notification_deliveries (
        id bigint GENERATED ALWAYS AS IDENTITY,
        channel_id uuid NOT NULL,
        execution_id uuid,
        payload jsonb NOT NULL,
        attempts integer DEFAULT 0 NOT NULL,
        next_attempt_at timestamptz DEFAULT now(),
        delivered_at timestamptz,
        last_error text,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT notification_deliveries_pkey PRIMARY KEY (id),
        CONSTRAINT notification_deliveries_channel_id_fkey
          FOREIGN KEY (channel_id) REFERENCES notification_channels (id) ON DELETE CASCADE,
        CONSTRAINT notification_deliveries_execution_id_fkey
          FOREIGN KEY (execution_id) REFERENCES task_executions (id) ON DELETE SET NULL,
        CONSTRAINT notification_deliveries_attempts_check CHECK (attempts BETWEEN 0 AND 10)
      )
    `,
    mysql: `
      CREATE TABLE notification_deliveries (
        id bigint AUTO_INCREMENT NOT NULL,
        channel_id char(36) CHARACTER SET ascii NOT NULL,
        execution_id char(36) CHARACTER SET ascii,
        payload json NOT NULL,
        attempts integer DEFAULT 0 NOT NULL,
        next_attempt_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6),
        delivered_at datetime(6),
        last_error text,
        created_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT notification_deliveries_channel_id_fkey
          FOREIGN KEY (channel_id) REFERENCES notification_channels (id) ON DELETE CASCADE,
        CONSTRAINT notification_deliveries_execution_id_fkey
          FOREIGN KEY (execution_id) REFERENCES task_executions (id) ON DELETE SET NULL,
        CONSTRAINT notification_deliveries_attempts_check CHECK (attempts BETWEEN 0 AND 10)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE notification_deliveries (
        id integer PRIMARY KEY,
        channel_id text NOT NULL,
        execution_id text,
        payload text NOT NULL,
        attempts integer DEFAULT 0 NOT NULL,
        next_attempt_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        delivered_at text,
        last_error text,
        created_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
        CONSTRAINT notification_deliveries_channel_id_fkey
          FOREIGN KEY (channel_id) REFERENCES notification_channels (id) ON DELETE CASCADE,
        CONSTRAINT notification_deliveries_execution_id_fkey
          FOREIGN KEY (execution_id) REFERENCES task_executions (id) ON DELETE SET NULL,
        CONSTRAINT notification_deliveries_payload_check CHECK (json_valid(payload)),
        CONSTRAINT notification_deliveries_attempts_check CHECK (attempts BETWEEN 0 AND 10)
      ) STRICT
    `,
  });
  await op.execute('CREATE INDEX notification_deliveries_channel_id_idx ON notification_deliveries (channel_id)');
  await op.execute('CREATE INDEX notification_deliveries_execution_id_idx ON notification_deliveries (execution_id)');

  const waiting = `
    CREATE INDEX notification_deliveries_waiting_idx ON notification_deliveries (next_attempt_at)
    WHERE delivered_at IS NULL
  `;
  await op.execute({
    postgres: waiting,
    mysql: `
      CREATE INDEX notification_deliveries_waiting_idx
      ON notification_deliveries (delivered_at, next_attempt_at)
    `,
    sqlite: waiting,
  });
}
