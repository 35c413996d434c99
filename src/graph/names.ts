import type { Dag } from './dag.ts';
import type { RevisionHeader } from './header.ts';

/** `77aa01bc23de (invoices)`, as a revision is named in a message. */
export function named(dag: Dag, node: number): string {
  const { message } = dag.headers[node]!;
  return message === undefined || message === '' ? dag.id(node) : `${dag.id(node)} (${message})`;
}

/** `3f9c1a7be204 in versions/3f9c1a7be204_tags.ts`, as a revision is named where its file must be mended. */
export function located(header: RevisionHeader): string {
  return header.file === undefined ? header.revision : `${header.revision} in ${header.file}`;
}

/** The files of these headers, for `data.files`. */
export function filesOf(headers: readonly RevisionHeader[]): string[] {
  return headers.flatMap(({ file }) => (file === undefined ? [] : [file]));
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A field that may be written as one value or as several. */
export function listOf(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
