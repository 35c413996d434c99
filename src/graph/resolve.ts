import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import type { Dag } from './dag.ts';
import { parseIdentifier, parseRelative } from './identifier.ts';
import { named } from './names.ts';
import { ancestors, descendants, lineage } from './walk.ts';

/** The revisions an identifier names; none of them is the base, the state before every revision. */
export interface Resolved {
  readonly nodes: readonly number[];
  /** The revision that the part before `@` names. */
  readonly branch: number | undefined;
}

const KEYWORDS = ['head', 'heads', 'base'];

function unknown(identifier: string, hint: string | undefined): ToraleError {
  return new ToraleError('UNKNOWN_REVISION', `Unknown revision '${identifier}'.`, {
    hint,
    data: { revisions: [identifier] },
  });
}

/** One revision by its id or label in full, or by the beginning of one; undefined where nothing begins so. */
function byName(dag: Dag, name: string, within: Uint8Array | undefined): number | undefined {
  const exact = dag.index.get(name) ?? dag.labels.get(name);
  if (exact !== undefined || name === '') return exact;
  const hits: [string, number][] = [];
  for (const names of [dag.index, dag.labels]) {
    for (const [candidate, node] of names) {
      if (candidate.length > 3 && candidate.startsWith(name) && (within === undefined || within[node] === 1)) {
        hits.push([candidate, node]);
      }
    }
  }
  if (hits.length > 1) {
    const names = hits.map(([candidate]) => candidate).sort();
    const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    throw new ToraleError('AMBIGUOUS_REVISION', `'${name}' could be ${names.length} revisions: ${shown}.`, {
      hint: 'Write more characters of the id.',
      data: { revisions: names },
    });
  }
  return hits[0]?.[1];
}

/** The revision that the part before an `@` names. */
export function resolveBranch(dag: Dag, branch: string): number {
  const node = byName(dag, branch, undefined);
  if (node !== undefined) return node;
  throw new ToraleError('UNKNOWN_REVISION', `Unknown branch '${branch}'.`, {
    hint:
      didYouMean(branch, [...dag.labels.keys(), ...dag.ids]) ??
      (dag.labels.size > 0
        ? `Branches: ${[...dag.labels.keys()].sort().join(', ')}.`
        : 'No revision has a branch label.'),
    data: { revisions: [branch] },
  });
}

/** The refusal where one head is wanted. */
export function multipleHeads(dag: Dag, heads: readonly number[], branch?: string): ToraleError {
  const ids = heads.map((node) => dag.id(node));
  const owner = branch === undefined ? 'The history' : `The branch '${branch}'`;
  const all = branch === undefined ? 'heads' : `${branch}@heads`;
  return new ToraleError(
    'MULTIPLE_HEADS',
    `${owner} has ${heads.length} heads: ${heads.map((node) => named(dag, node)).join(', ')}.`,
    {
      hint: `Merge them:  torale merge -m "merge" ${ids.join(' ')}      or apply ${heads.length === 2 ? 'both' : 'all'}:  torale upgrade ${all}`,
      data: { revisions: ids },
    },
  );
}

/** The heads, by parents only, of a branch or of the whole history. */
function branchHeads(dag: Dag, branch: number | undefined): number[] {
  const heads = dag.heads('down');
  if (branch === undefined) return heads;
  const line = lineage(dag, [branch], 'down');
  return heads.filter((node) => line[node] === 1);
}

/**
 * `-N`: N steps down from every real head; from those of a branch where one is named.
 * A walk that reaches base ends there; one that meets a merge is refused.
 */
function belowHeads(dag: Dag, identifier: string, steps: number, branch: number | undefined): number[] {
  const after = branch === undefined ? undefined : descendants(dag, [branch], 'down');
  const found = new Set<number>();
  for (const head of dag.heads('all')) {
    if (after !== undefined && after[head] === 0) continue;
    let node: number | undefined = head;
    for (let step = 0; step < steps && node !== undefined; step++) {
      const parents = dag.down.of(node);
      if (parents.length > 1) throw ambiguousWalk(dag, identifier, node, parents);
      node = parents[0];
    }
    if (node !== undefined) found.add(node);
  }
  return dag.sorted(found);
}

/** The refusal where a relative identifier could go several ways. */
export function ambiguousWalk(
  dag: Dag,
  identifier: string,
  from: number | undefined,
  ways: readonly number[],
): ToraleError {
  const place = from === undefined ? 'the base' : named(dag, from);
  return new ToraleError(
    'RELATIVE_REVISION',
    `'${identifier}' has no single way: from ${place} it could go to ${ways.map((node) => named(dag, node)).join(', ')}.`,
    { hint: 'Name the revision by its id, or the branch before an @.', data: { revisions: dag.sortedIds(ways) } },
  );
}

/** The revisions one identifier names; `current` means the applied ones where they are given. */
export function resolveOne(dag: Dag, identifier: string, applied?: readonly number[]): Resolved {
  if (typeof identifier !== 'string') {
    throw new ToraleError('UNKNOWN_REVISION', `A revision identifier must be a text, not ${typeof identifier}.`);
  }
  const { branch: branchName, symbol } = parseIdentifier(identifier);
  const branch = branchName === undefined ? undefined : resolveBranch(dag, branchName);

  if (symbol === 'base') return { nodes: [], branch };
  if (symbol === 'heads') return { nodes: branch === undefined ? dag.heads('all') : branchHeads(dag, branch), branch };
  if (symbol === 'head') {
    const heads = branchHeads(dag, branch);
    if (heads.length > 1) throw multipleHeads(dag, heads, branchName);
    return { nodes: heads, branch };
  }

  const line = branch === undefined ? undefined : lineage(dag, [branch], 'down');
  const node = byName(dag, symbol, line);
  if (node !== undefined) {
    if (line !== undefined && line[node] === 0) {
      throw new ToraleError('NOT_IN_BRANCH', `Revision ${named(dag, node)} is not in the branch '${branchName}'.`, {
        hint: `Drop the '${branchName}@'.`,
        data: { revisions: [dag.id(node)] },
      });
    }
    return { nodes: [node], branch };
  }

  if (symbol === 'current' && applied !== undefined) {
    return { nodes: line === undefined ? applied : applied.filter((row) => line[row] === 1), branch };
  }
  if (/^-\d+$/.test(symbol) && Number(symbol) < 0) {
    return { nodes: belowHeads(dag, identifier, -Number(symbol), branch), branch };
  }
  if (parseRelative(identifier) !== undefined) {
    throw new ToraleError('RELATIVE_REVISION', `The relative identifier '${identifier}' cannot stand here.`, {
      hint: 'Only upgrade and history count from another revision: name this one by its id.',
      data: { revisions: [identifier] },
    });
  }
  const candidates = line === undefined ? dag.ids : dag.ids.filter((_, other) => line[other] === 1);
  throw unknown(identifier, didYouMean(symbol, [...KEYWORDS, ...dag.labels.keys(), ...candidates]));
}

/** The revisions that several identifiers name, each once, in the order given. */
export function resolveAll(dag: Dag, identifiers: string | readonly string[], applied?: readonly number[]): number[] {
  const all = typeof identifiers === 'string' ? [identifiers] : identifiers;
  return [...new Set(all.flatMap((identifier) => resolveOne(dag, identifier, applied).nodes))];
}

/** The revision that an identifier names where only one will do; undefined for the base. */
export function resolveSingle(dag: Dag, identifier: string, applied?: readonly number[]): number | undefined {
  const { nodes } = resolveOne(dag, identifier, applied);
  if (nodes.length < 2) return nodes[0];
  throw new ToraleError(
    'MULTIPLE_HEADS',
    `'${identifier}' is ${nodes.length} revisions: ${nodes.map((node) => named(dag, node)).join(', ')}.`,
    { hint: 'Name one of them.', data: { revisions: nodes.map((node) => dag.id(node)) } },
  );
}

/** Refuses a set in which one revision is an ancestor of another. */
export function refuseOverlap(dag: Dag, nodes: readonly number[], what: string, hint: string): void {
  if (nodes.length < 2) return;
  const before = ancestors(
    dag,
    nodes.flatMap((node) => dag.parents.of(node)),
    'all',
  );
  const older = nodes.find((node) => before[node] === 1);
  if (older === undefined) return;
  const after = descendants(dag, [older], 'all');
  const newer = nodes.find((node) => node !== older && after[node] === 1)!;
  throw new ToraleError(
    'OVERLAPPING_REVISIONS',
    `${what} overlap: ${named(dag, older)} is an ancestor of ${named(dag, newer)}.`,
    { hint, data: { revisions: [dag.id(older), dag.id(newer)] } },
  );
}
