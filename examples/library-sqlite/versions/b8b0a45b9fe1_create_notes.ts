/**
 * create notes
 *
 * Revision ID: b8b0a45b9fe1
 * Revises: (base)
 * Create Date: 2026-05-04T17:20:36.481Z
 */
import type { Operations } from 'torale';

export const revision = 'b8b0a45b9fe1';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL) STRICT');
}
