import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { Dag } from './dag.ts';
import { findCycle } from './cycle.ts';
import type { RevisionHeader } from './header.ts';
import { Links } from './links.ts';
import { filesOf, listOf, located } from './names.ts';

/** `@`, `-`, `+` and `:` have a meaning in identifiers, so no id may hold one. */
export const FORBIDDEN_IN_ID = /[@\-+:]/;

/** Words that are answered before any id is looked up. */
const RESERVED: ReadonlySet<string> = new Set(['head', 'heads', 'base']);

function broken(
  code: 'ID_INVALID' | 'DUPLICATE_REVISION' | 'DUPLICATE_LABEL' | 'MISSING_REVISION' | 'SELF_LOOP' | 'CYCLE',
  message: string,
  revisions: readonly string[],
  headers: readonly RevisionHeader[],
  hint?: string,
): ToraleError {
  return new ToraleError(code, message, { hint, data: { revisions: [...revisions], files: filesOf(headers) } });
}

/**
 * Refuses an id that no identifier could name.
 *
 * @throws ToraleError ID_INVALID
 */
export function checkId(header: RevisionHeader): void {
  const id: unknown = header.revision;
  if (typeof id === 'string' && id !== '' && !FORBIDDEN_IN_ID.test(id) && !RESERVED.has(id)) return;
  const where = header.file === undefined ? '' : ` in ${header.file}`;
  if (typeof id !== 'string' || id === '') {
    throw broken('ID_INVALID', `A revision id must be a text that is not empty${where}.`, [String(id)], [header]);
  }
  const why = RESERVED.has(id) ? 'has a meaning of its own' : `contains '${FORBIDDEN_IN_ID.exec(id)![0]}'`;
  throw broken(
    'ID_INVALID',
    `The revision id '${id}'${where} ${why}.`,
    [id],
    [header],
    `An id may not contain @ - + : and may not be head, heads or base.`,
  );
}

function indexIds(headers: readonly RevisionHeader[]): Map<string, number> {
  const index = new Map<string, number>();
  for (let node = 0; node < headers.length; node++) {
    const header = headers[node]!;
    checkId(header);
    index.set(header.revision, node);
    if (index.size === node) {
      const both = [headers.find(({ revision }) => revision === header.revision)!, header];
      const files = filesOf(both);
      const where = files.length === 2 ? `: ${files.join(' and ')}` : '';
      throw broken(
        'DUPLICATE_REVISION',
        `Revision ${header.revision} is there twice${where}.`,
        [header.revision],
        both,
        'Give one of the two another id, or delete the copy.',
      );
    }
  }
  return index;
}

function indexLabels(headers: readonly RevisionHeader[], index: ReadonlyMap<string, number>): Map<string, number> {
  const labels = new Map<string, number>();
  for (let node = 0; node < headers.length; node++) {
    const header = headers[node]!;
    if (header.branchLabels === null || header.branchLabels === undefined) continue;
    for (const label of listOf(header.branchLabels)) {
      const taken = index.get(label) ?? labels.get(label);
      if (taken === node && !index.has(label)) continue;
      if (taken !== undefined) {
        const other = headers[taken]!;
        const by = index.has(label)
          ? `is the id of revision ${located(other)}`
          : `is taken by revision ${located(other)}`;
        throw broken(
          'DUPLICATE_LABEL',
          `The branch label '${label}' of revision ${located(header)} ${by}.`,
          taken === node ? [header.revision] : [header.revision, other.revision],
          taken === node ? [header] : [header, other],
          'Give one of the two another label.',
        );
      }
      labels.set(label, node);
    }
  }
  return labels;
}

/** The revisions a header names in one of its fields. */
function linked(
  header: RevisionHeader,
  node: number,
  field: 'downRevision' | 'dependsOn',
  lookUp: (name: string) => number | undefined,
  candidates: () => Iterable<string>,
): number[] {
  const found: number[] = [];
  for (const name of listOf(header[field])) {
    const other = lookUp(name);
    if (other === node) {
      throw broken('SELF_LOOP', `Revision ${located(header)} names itself in ${field}.`, [header.revision], [header]);
    }
    if (other === undefined) {
      const hint = didYouMean(name, candidates()) ?? 'Restore the file that has it, or mend the id.';
      throw broken(
        'MISSING_REVISION',
        `Revision ${located(header)} names '${name}' in ${field}, which is not there.`,
        [name, header.revision],
        [header],
        hint,
      );
    }
    if (!found.includes(other)) found.push(other);
  }
  return found;
}

/** The most members of a cycle that a message names; `data` has them all. */
const NAMED_IN_CYCLE = 8;

function cycleFound(cycle: readonly number[], headers: readonly RevisionHeader[], down: Links): ToraleError {
  const members = cycle.map((node) => headers[node]!);
  const byParents = cycle.every((node, at) => down.of(node).includes(cycle[(at + 1) % cycle.length]!));
  const shown = members.slice(0, NAMED_IN_CYCLE);
  const way = shown.map((header) => header.revision);
  if (members.length > shown.length) way.push('…');
  way.push(members[0]!.revision);
  const files = filesOf(shown).join(', ');
  return broken(
    'CYCLE',
    `Revisions form a cycle${byParents ? '' : ' (through dependsOn)'}: ${way.join(' → ')}${files === '' ? '' : `, in ${files}`}.`,
    members.map((header) => header.revision),
    members,
    'Each names the next one as its parent or dependency: one of these names is wrong.',
  );
}

/** The parents and, after them, what else each revision depends on; each once. */
function withNeeds(down: Links, needs: ReadonlyMap<number, readonly number[]>): Links {
  const first = new Int32Array(down.size + 1);
  const to: number[] = [];
  for (let node = 0; node < down.size; node++) {
    to.push(...new Set([...down.of(node), ...(needs.get(node) ?? [])]));
    first[node + 1] = to.length;
  }
  return new Links(first, to);
}

/**
 * Reads headers into a graph and refuses one that is not a graph of revisions.
 * Ids of any length are accepted: Alembic's projects have them, only `revision --rev-id` keeps to 32 characters.
 *
 * @throws ToraleError ID_INVALID, DUPLICATE_REVISION, DUPLICATE_LABEL, MISSING_REVISION, SELF_LOOP or CYCLE, each with
 * `data: { revisions, files }`
 */
export function load(headers: Iterable<RevisionHeader>): Dag {
  const all = [...headers];
  const index = indexIds(all);
  const labels = indexLabels(all, index);
  const ids = all.map((header) => header.revision);

  const revision = (name: string): number | undefined => index.get(name);
  const dependency = (name: string): number | undefined => index.get(name) ?? labels.get(name);
  const first = new Int32Array(all.length + 1);
  const to: number[] = [];
  const needs = new Map<number, readonly number[]>();
  for (let node = 0; node < all.length; node++) {
    const header = all[node]!;
    const { downRevision, dependsOn } = header;
    const parent = typeof downRevision === 'string' ? index.get(downRevision) : undefined;
    // Nearly all have one parent.
    if (parent !== undefined && parent !== node) to.push(parent);
    else if (downRevision !== null) to.push(...linked(header, node, 'downRevision', revision, () => ids));
    first[node + 1] = to.length;
    if (dependsOn === null || dependsOn === undefined) continue;
    const needed = linked(header, node, 'dependsOn', dependency, () => [...ids, ...labels.keys()]);
    if (needed.length > 0) needs.set(node, needed);
  }
  const down = new Links(first, to);
  const parents = needs.size === 0 ? down : withNeeds(down, needs);

  const cycle = findCycle(parents);
  if (cycle !== undefined) throw cycleFound(cycle, all, down);
  return new Dag({ headers: all, ids, index, labels, down, parents });
}
