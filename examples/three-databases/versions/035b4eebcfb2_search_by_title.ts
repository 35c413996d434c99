/**
 * search by title
 *
 * Revision ID: 035b4eebcfb2
 * Revises: 8b5715513814
 * Create Date: 2026-11-21T21:52:00.479Z
 */
import type { Operations } from 'torale';

export const revision = '035b4eebcfb2';
export const downRevision = '8b5715513814';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    sqlite: null,
    postgres: `CREATE INDEX bookmarks_search ON public.bookmarks USING gin (to_tsvector('simple'::regconfig, title))`,
    mysql: `ALTER TABLE \`bookmarks\` ADD FULLTEXT KEY \`bookmarks_search\` (\`title\`)`,
  });
}
