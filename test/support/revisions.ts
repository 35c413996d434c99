import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface RevisionText {
  readonly id: string;
  readonly down?: string | readonly string[] | null;
  /** Lines of `upgrade(op)`. */
  readonly body?: string;
  /** Before the function: imports, options. */
  readonly extra?: string;
  readonly message?: string;
  readonly dependsOn?: string | null;
}

/** A folder of one test's own, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'torale-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function revisionText({
  id,
  down = null,
  body = '',
  extra = '',
  message = id,
  dependsOn = null,
}: RevisionText): string {
  return `/**
 * ${message}
 *
 * Revision ID: ${id}
 * Create Date: 2026-11-20T12:00:00.000Z
 */
import type { Operations } from 'torale';
${extra}
export const revision = '${id}';
export const downRevision = ${JSON.stringify(down)};
export const branchLabels = null;
export const dependsOn = ${JSON.stringify(dependsOn)};

export async function upgrade(op: Operations): Promise<void> {
${body}
}
`;
}

/** Writes revisions into a folder (a new one by default); a revision without `down` follows the one before it. */
export function writeVersions(
  revisions: readonly RevisionText[],
  folder = join(temporaryFolder(), 'versions'),
): string {
  mkdirSync(folder, { recursive: true });
  let before: string | null = null;
  for (const revision of revisions) {
    const text = revisionText({ ...revision, down: revision.down === undefined ? before : revision.down });
    writeFileSync(join(folder, `${revision.id}.ts`), text);
    before = revision.id;
  }
  return folder;
}
