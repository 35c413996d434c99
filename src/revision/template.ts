import { commentText, escapeComment, messageLines } from './comment.ts';

export interface NewRevision {
  readonly revision: string;
  readonly downRevision: string | readonly string[] | null;
  readonly branchLabels?: string | readonly string[] | null | undefined;
  readonly dependsOn?: string | readonly string[] | null | undefined;
  readonly message?: string | null | undefined;
  readonly createDate: Date;
  /** The lines inside `upgrade`, indented, put there as they are. */
  readonly body?: string | undefined;
  /** `js` leaves out the types; default `ts`. */
  readonly format?: 'ts' | 'js' | undefined;
}

/**
 * The text of a new revision file. Of the message every line stands in the leading comment, without control and
 * bidirectional characters; readHeader gives all values back.
 */
export function renderRevision(options: NewRevision): string {
  const { revision, downRevision, branchLabels, dependsOn, message, createDate, body, format = 'ts' } = options;
  const lines = messageLines(message ?? '').map(escapeComment);
  const parents = [downRevision ?? '(base)'].flat().map(commentText);
  const comment = [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    `Revision ID: ${commentText(revision)}`,
    `Revises: ${parents.join(', ')}`,
    `Create Date: ${createDate.toISOString()}`,
  ];
  const typed = format === 'ts';
  // A parameter that nothing uses would be the first thing a linter says of the file.
  const isEmptyMerge = body === undefined && Array.isArray(downRevision) && downRevision.length > 1;
  return [
    '/**',
    ...comment.map((line) => (line === '' ? ' *' : ` * ${line}`)),
    ' */',
    ...(typed && !isEmptyMerge ? ["import type { Operations } from 'torale';"] : []),
    ...(typed ? [''] : []),
    `export const revision = ${literal(revision)};`,
    `export const downRevision = ${literal(downRevision)};`,
    `export const branchLabels = ${literal(branchLabels)};`,
    `export const dependsOn = ${literal(dependsOn)};`,
    '',
    ...(typed || isEmptyMerge ? [] : ["/** @param {import('torale').Operations} op */"]),
    `export async function upgrade(${isEmptyMerge ? '' : typed ? 'op: Operations' : 'op'})${typed ? ': Promise<void>' : ''} {`,
    body?.replace(/\n+$/, '') ??
      (isEmptyMerge ? '  // A merge: there is nothing to do.' : '  // await op.execute(`CREATE TABLE …`);'),
    '}',
    '',
  ].join('\n');
}

function literal(value: string | readonly string[] | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? quote(value) : `[${value.map(quote).join(', ')}]`;
}

/** JSON's escapes in single quotes, and all that is not plainly visible as `\\u…`. */
function quote(value: string): string {
  const inside = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inside.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits)}'`;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
