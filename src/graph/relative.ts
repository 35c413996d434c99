import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { parseRelative, type RelativeIdentifier } from './identifier.ts';
import { named } from './names.ts';
import { ambiguousWalk, resolveBranch, resolveSingle } from './resolve.ts';
import { ancestors, lineage, type Marks } from './walk.ts';

/** A place on a walk; undefined is the base, before every revision. */
type Place = number | undefined;

/** What a walk does that comes to an end of the history before its last step. */
type AtTheEnd = 'refuse' | 'stay';

function refused(message: string, hint: string): ToraleError {
  return new ToraleError('RELATIVE_REVISION', message, { hint });
}

function describe(dag: Dag, place: Place): string {
  return place === undefined ? 'the base' : named(dag, place);
}

function walkUp(
  dag: Dag,
  identifier: string,
  from: Place,
  steps: number,
  line: Marks | undefined,
  end: AtTheEnd,
): Place {
  let place = from;
  for (let step = 0; step < steps; step++) {
    const all = place === undefined ? dag.bases() : dag.childrenOf(place, 'down');
    const ways = line === undefined ? all : all.filter((node) => line[node] === 1);
    if (ways.length > 1) throw ambiguousWalk(dag, identifier, place, dag.sorted(ways));
    if (ways.length === 0) {
      if (end === 'stay') return place;
      throw refused(
        `'${identifier}' passes the top: only ${step} of ${steps} revisions follow ${describe(dag, from)}.`,
        'Use head for the newest.',
      );
    }
    place = ways[0];
  }
  return place;
}

function walkDown(dag: Dag, identifier: string, from: Place, steps: number, end: AtTheEnd): Place {
  let place = from;
  for (let step = 0; step < steps; step++) {
    const parents: readonly number[] = place === undefined ? [] : dag.down.of(place);
    if (parents.length > 1) throw ambiguousWalk(dag, identifier, place, parents);
    place = parents[0];
    if (place === undefined) {
      if (end === 'stay') return undefined;
      throw refused(`'${identifier}' leads down to the base, where there is no revision.`, 'Count fewer steps.');
    }
  }
  return place;
}

/** Where `+n` starts: the applied row, or the tip of what is applied in the branch, or the base. */
function startFrom(dag: Dag, identifier: string, rows: readonly number[], line: Marks | undefined): Place {
  let starts = rows;
  if (line !== undefined) {
    starts = rows.filter((row) => line[row] === 1);
    if (starts.length === 0) {
      const applied = ancestors(dag, rows, 'all');
      const isParent = new Uint8Array(dag.size);
      const inBranch = dag.nodes.filter((node) => applied[node] === 1 && line[node] === 1);
      for (const node of inBranch) for (const parent of dag.parents.of(node)) isParent[parent] = 1;
      starts = inBranch.filter((node) => isParent[node] === 0);
    }
  }
  if (starts.length > 1) {
    throw refused(
      `'${identifier}' has no single start: ${dag
        .sorted(starts)
        .map((node) => named(dag, node))
        .join(', ')} are applied.`,
      'Name the branch before an @ (label@+1), or the revision to go to.',
    );
  }
  return starts[0];
}

function walk(
  dag: Dag,
  identifier: string,
  { branch, symbol, steps }: RelativeIdentifier,
  rows: readonly number[],
  end: AtTheEnd,
): Place {
  const startAt = (name: string): Place => resolveSingle(dag, branch === undefined ? name : `${branch}@${name}`);
  if (steps > 0) {
    const line = branch === undefined ? undefined : lineage(dag, [resolveBranch(dag, branch)], 'down');
    const from = symbol === undefined ? startFrom(dag, identifier, rows, line) : startAt(symbol);
    return walkUp(dag, identifier, from, steps, line, end);
  }
  if (symbol === undefined) {
    throw refused(`'${identifier}' goes down: Torale only goes forward.`, 'Count up from what is applied with +N.');
  }
  return walkDown(dag, identifier, startAt(symbol), -steps, end);
}

/**
 * The revisions a relative identifier leads to (none: the base), or undefined where the text is not a relative
 * identifier. A branch label that looks like one (`feature-1`) is the label.
 *
 * @throws ToraleError RELATIVE_REVISION where the way is not unique, or, unless `end` is `stay`, leads past an end
 */
export function resolveRelative(
  dag: Dag,
  identifier: string,
  rows: readonly number[],
  end: AtTheEnd,
): readonly number[] | undefined {
  if (typeof identifier !== 'string' || dag.labels.has(identifier)) return undefined;
  const relative = parseRelative(identifier);
  if (relative === undefined) return undefined;
  const place = walk(dag, identifier, relative, rows, end);
  return place === undefined ? [] : [place];
}
