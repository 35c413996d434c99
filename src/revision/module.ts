import { ToraleError } from '../errors.ts';
import type { RevisionHeader } from '../graph/header.ts';

/** `export const options = { … }` of a revision. Who runs it checks what it knows of them. */
export interface RevisionOptions {
  /** SQLite: leave foreign keys on while the revision runs. */
  readonly foreignKeys?: boolean;
  readonly [name: string]: unknown;
}

/** A revision ready to be run. */
export interface RevisionModule {
  readonly revision: string;
  // What it is called with is made by the caller, whose type would lead back here in a circle.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly upgrade: (op: any) => unknown;
  readonly options?: RevisionOptions;
  /** Of the text that was imported, as checksumOf gives it; none where there is no file. */
  readonly checksum?: string;
}

/**
 * A revision handed over by a bundled application: the namespace object of an imported revision module, in Torale's
 * or Alembic's spelling, or of a CommonJS one whose exports are its `default`.
 */
export interface RevisionInput {
  readonly revision?: unknown;
  readonly downRevision?: unknown;
  readonly down_revision?: unknown;
  readonly branchLabels?: unknown;
  readonly branch_labels?: unknown;
  readonly dependsOn?: unknown;
  readonly depends_on?: unknown;
  readonly upgrade?: unknown;
  readonly options?: unknown;
  readonly default?: unknown;
}

export interface LoadedModules {
  readonly headers: readonly RevisionHeader[];
  /** Gives one to be run. Unknown ids reject. */
  readonly load: (revision: string) => Promise<RevisionModule>;
}

/**
 * Revisions that are already imported, for applications whose bundler leaves no folder to read:
 *
 * ```ts
 * import * as first from './versions/1c2d3e4f5a6b_first.ts';
 * await upgrade({ url, revisions: [first] });
 * // Vite: Object.values(import.meta.glob('./versions/*.ts', { eager: true }))
 * ```
 *
 * They are modules and not promises or functions, because the graph needs every header before anything runs.
 *
 * @throws ToraleError HEADER_INVALID for a wrong or missing header, REVISION_INVALID for one without `upgrade`
 */
export function fromModules(modules: readonly RevisionInput[]): LoadedModules {
  const headers: RevisionHeader[] = [];
  const byId = new Map<string, RevisionModule>();
  for (const [at, input] of modules.entries()) {
    const where = `revisions[${at}]`;
    const header = headerOf(input, where);
    headers.push(header);
    byId.set(header.revision, toRevisionModule(input, where, { revisions: [header.revision] }));
  }
  return {
    headers,
    load: async (revision) => {
      const module = byId.get(revision);
      if (module !== undefined) return await Promise.resolve(module);
      throw new ToraleError('UNKNOWN_REVISION', `No module of revision ${revision} was given.`, {
        data: { revisions: [revision] },
      });
    },
  };
}

/**
 * What an imported module offers, checked; CommonJS exports may be the `default` of the namespace.
 *
 * @param where how to name it in an error
 * @throws ToraleError REVISION_INVALID
 */
export function toRevisionModule(namespace: unknown, where: string, data: Record<string, unknown>): RevisionModule {
  const { revision, upgrade, options } = exportsOf(namespace);
  const invalid = (problem: string, hint?: string): ToraleError =>
    new ToraleError('REVISION_INVALID', `${where}: ${problem}`, { hint, data });
  if (typeof upgrade !== 'function') {
    throw invalid(
      upgrade === undefined ? "the file exports no 'upgrade'." : "'upgrade' is not a function.",
      'export async function upgrade(op) { … }',
    );
  }
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options))) {
    throw invalid("'options' is not an object.");
  }
  return {
    revision: String(revision),
    upgrade: upgrade as RevisionModule['upgrade'],
    ...(options === undefined ? undefined : { options: options as RevisionOptions }),
  };
}

function exportsOf(namespace: unknown): Record<string, unknown> {
  if (typeof namespace !== 'object' || namespace === null) return {};
  const own = namespace as Record<string, unknown>;
  const inner = own['default'];
  if ('upgrade' in own || typeof inner !== 'object' || inner === null) return own;
  return inner as Record<string, unknown>;
}

function headerOf(input: unknown, where: string): RevisionHeader {
  const found = exportsOf(input);
  const invalid = (problem: string, hint?: string): ToraleError =>
    new ToraleError('HEADER_INVALID', `${where}: ${problem}`, { hint });
  if (typeof input === 'function' || input instanceof Promise) {
    throw invalid('a module is expected.', 'Import it first: the graph needs all headers before anything runs.');
  }
  const read = (names: readonly [string, string]): string | readonly string[] | null | undefined => {
    const given = names.filter((name) => found[name] !== undefined);
    if (given.length > 1) throw invalid(`'${names.join("' and '")}' are both given: keep one.`);
    const value = found[given[0] ?? names[0]];
    if (value === undefined || value === null || isText(value)) return value;
    if (Array.isArray(value) && value.every(isText)) return value;
    throw invalid(`'${given[0]}' must be a string, an array of strings or null.`);
  };
  const { revision } = found;
  if (!isText(revision)) throw invalid("it exports no 'revision', which must be a string.");
  const downRevision = read(['downRevision', 'down_revision']);
  if (downRevision === undefined) {
    throw invalid("it exports no 'downRevision'.", 'It is null for a revision without a parent.');
  }
  return {
    revision,
    downRevision,
    branchLabels: read(['branchLabels', 'branch_labels']) ?? null,
    dependsOn: read(['dependsOn', 'depends_on']) ?? null,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
