/**
 * tick notes off
 *
 * Revision ID: 0f2b8b7b3d34
 * Revises: b8b0a45b9fe1
 * Create Date: 2026-06-21T08:05:12.907Z
 */
import type { Operations } from 'torale';

export const revision = '0f2b8b7b3d34';
export const downRevision = 'b8b0a45b9fe1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('ALTER TABLE notes ADD COLUMN is_done integer DEFAULT 0 NOT NULL CHECK (is_done IN (0, 1))');
}
