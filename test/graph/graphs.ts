import { RevisionGraph } from '../../src/graph/graph.ts';
import type { RevisionHeader } from '../../src/graph/header.ts';
import { isToraleError, type ToraleError } from '../../src/errors.ts';

function list(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',');
}

function field(values: string[]): string | string[] | null {
  return values.length < 2 ? (values[0] ?? null) : values;
}

/**
 * Headers in one line: `a b<a c<a m<b,c~x[label,other]` — an id, its parents after `<`, its dependencies after `~`,
 * its labels in brackets.
 */
export function headers(text: string): RevisionHeader[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const found = /^([^<~[]*)(?:<([^~[]*))?(?:~([^[]*))?(?:\[(.*)\])?$/.exec(word);
      if (found === null) throw new Error(`Cannot read '${word}'`);
      return {
        revision: found[1]!,
        downRevision: field(list(found[2])),
        dependsOn: field(list(found[3])),
        branchLabels: field(list(found[4])),
      };
    });
}

export function graph(text: string): RevisionGraph {
  return RevisionGraph.from(headers(text));
}

/** The ToraleError that a call throws. */
export function refusal(call: () => unknown): ToraleError {
  try {
    call();
  } catch (error) {
    if (isToraleError(error)) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

/** Parents and dependencies of a revision, as the graph resolves them. */
export function allParents(of: RevisionGraph, id: string): string[] {
  return [...of.parents(id), ...of.dependencies(id)];
}
