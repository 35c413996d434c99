import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { checkId, FORBIDDEN_IN_ID } from './load.ts';
import { filesOf, listOf, located, named } from './names.ts';
import { multipleHeads, resolveOne, resolveSingle } from './resolve.ts';

export interface NewRevisionRequest {
  /** The id wanted with `--rev-id`. */
  readonly revision?: string | undefined;
  /** What the new revision follows; `head` where nothing is said, `base` for a new root, several for a merge. */
  readonly head?: string | readonly string[] | null | undefined;
  /** Allows parents that have children already. */
  readonly splice?: boolean | undefined;
  readonly dependsOn?: string | readonly string[] | null | undefined;
  readonly branchLabels?: string | readonly string[] | null | undefined;
}

/** The links of a new revision as its file declares them. */
export interface NewRevision {
  readonly downRevision: string | string[] | null;
  readonly dependsOn: string | string[] | null;
  readonly branchLabels: string | string[] | null;
}

/** `version_num` is VARCHAR(32) in Alembic's table, which a project may share. */
const LONGEST_ID = 32;

function checkNewId(dag: Dag, revision: string): void {
  checkId({ revision, downRevision: null });
  if (revision.length > LONGEST_ID) {
    throw new ToraleError(
      'ID_INVALID',
      `The revision id '${revision}' has ${revision.length} characters; the version table holds ${LONGEST_ID}.`,
      { data: { revisions: [revision] } },
    );
  }
  const node = dag.index.get(revision) ?? dag.labels.get(revision);
  if (node !== undefined) {
    const taken = dag.headers[node]!;
    const what = dag.index.has(revision) ? 'exists already' : 'is a branch label already';
    throw new ToraleError('DUPLICATE_REVISION', `The revision id '${revision}' ${what}: ${located(taken)}.`, {
      data: { revisions: [revision], files: filesOf([taken]) },
    });
  }
}

function checkLabels(dag: Dag, labels: readonly string[], revision: string | undefined): void {
  for (const label of labels) {
    const node = dag.labels.get(label) ?? dag.index.get(label);
    if (node !== undefined || label === revision) {
      const taken = node === undefined ? undefined : dag.headers[node]!;
      throw new ToraleError(
        'DUPLICATE_LABEL',
        `The branch label '${label}' is taken${taken === undefined ? ' by the id itself' : ` by revision ${located(taken)}`}.`,
        {
          data: {
            revisions: taken === undefined ? [label] : [taken.revision],
            files: filesOf(taken === undefined ? [] : [taken]),
          },
        },
      );
    }
    const forbidden = label === '' ? 'nothing' : FORBIDDEN_IN_ID.exec(label)?.[0];
    if (forbidden !== undefined) {
      throw new ToraleError(
        'ID_INVALID',
        `The branch label '${label}' contains ${forbidden === 'nothing' ? forbidden : `'${forbidden}'`}.`,
        {
          hint: 'A label may not contain @ - + :',
          data: { revisions: [label] },
        },
      );
    }
  }
}

function parentsOf(dag: Dag, { head, splice = false }: NewRevisionRequest): number[] {
  const identifiers = head === null || head === undefined ? ['head'] : listOf(head);
  const parents = identifiers.flatMap((identifier) => {
    const heads = identifier === 'head' ? dag.heads('down') : [];
    if (heads.length > 1) {
      const refusal = multipleHeads(dag, heads);
      const ids = heads.map((node) => dag.id(node));
      throw new ToraleError('MULTIPLE_HEADS', refusal.message, {
        hint: `Say which one it follows:  --head ${ids[0]}      or merge them first:  torale merge -m "merge" ${ids.join(' ')}`,
        data: refusal.data,
      });
    }
    return resolveOne(dag, identifier).nodes;
  });
  const twice = parents.find((node, at) => parents.indexOf(node) !== at);
  if (twice !== undefined) {
    throw new ToraleError('OVERLAPPING_REVISIONS', `${named(dag, twice)} is given twice as a parent.`, {
      data: { revisions: [dag.id(twice)] },
    });
  }
  const inner = splice ? undefined : parents.find((node) => dag.after('down').count(node) > 0);
  if (inner !== undefined) {
    throw new ToraleError(
      'NOT_A_HEAD',
      `${named(dag, inner)} is not a head: ${dag
        .childrenOf(inner, 'down')
        .map((node) => named(dag, node))
        .join(', ')} follows it.`,
      { hint: 'Start a new branch there with --splice.', data: { revisions: [dag.id(inner)] } },
    );
  }
  return parents;
}

/** A dependency as the file declares it: a label stays a label, anything else becomes the full id. */
function dependency(dag: Dag, identifier: string): string {
  if (dag.labels.has(identifier)) return identifier;
  const node = resolveSingle(dag, identifier);
  if (node === undefined) {
    throw new ToraleError('UNKNOWN_REVISION', `A revision cannot depend on '${identifier}', which is no revision.`, {
      data: { revisions: [identifier] },
    });
  }
  return dag.id(node);
}

function written(values: readonly string[]): string | string[] | null {
  if (values.length === 0) return null;
  return values.length === 1 ? values[0]! : [...values];
}

/** The links of a revision that is about to be written. */
export function newRevision(dag: Dag, request: NewRevisionRequest): NewRevision {
  if (request.revision !== undefined) checkNewId(dag, request.revision);
  const labels = [...new Set(listOf(request.branchLabels))];
  checkLabels(dag, labels, request.revision);
  const parents = parentsOf(dag, request);
  const dependsOn = listOf(request.dependsOn).map((identifier) => dependency(dag, identifier));
  return {
    downRevision: written(parents.map((node) => dag.id(node))),
    dependsOn: written([...new Set(dependsOn)]),
    branchLabels: written(labels),
  };
}
