/**
 * merge notifications
 *
 * Revision ID: c56f912c7915
 * Revises: 665888109fba, afa3918fd0ed
 * Create Date: 2026-04-02T10:12:55.873Z
 */
export const revision = 'c56f912c7915';
export const downRevision = ['665888109fba', 'afa3918fd0ed'];
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(): Promise<void> {
  // A merge: there is nothing to do.
}
