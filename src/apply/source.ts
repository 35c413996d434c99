import { ToraleError } from '../errors.ts';
import type { RevisionHeader } from '../graph/header.ts';
import { checksumOf } from '../revision/checksum.ts';
import { loadRevision, type RevisionModule } from '../revision/load.ts';
import { readText, readVersions } from '../revision/locations.ts';
import { fromModules, type RevisionInput } from '../revision/module.ts';

/** Where revisions come from: files, or modules handed over by a bundled application. */
export interface RevisionSource {
  readonly headers: readonly RevisionHeader[];
  /** Imports one to run it. */
  load(revision: string): Promise<RevisionModule>;
  /** Absolute path; `null` for a module. */
  fileOf(revision: string): string | null;
  /** The text of its file; `null` for a module. */
  textOf(revision: string): string | null;
  /** `null` for a module. */
  checksumOf(revision: string): string | null;
}

/**
 * @param recursive look into sub-folders, which only a file template with a `/` in it makes
 * @throws ToraleError VERSIONS_UNREADABLE, HEADER_INVALID
 */
export function filesOf(folders: readonly string[], recursive = false): RevisionSource {
  const headers = readVersions(folders, { recursive });
  let files: Map<string, string> | undefined;
  const fileOf = (revision: string): string | null => {
    files ??= new Map(headers.map((header) => [header.revision, header.file]));
    return files.get(revision) ?? null;
  };
  const textOf = (revision: string): string | null => {
    const file = fileOf(revision);
    return file === null ? null : readText(file);
  };
  return {
    headers,
    fileOf,
    textOf,
    load: (revision) => loadRevision(required(fileOf(revision), revision)),
    checksumOf(revision) {
      const text = textOf(revision);
      return text === null ? null : checksumOf(text, required(fileOf(revision), revision));
    },
  };
}

/** @throws ToraleError REVISION_INVALID for one without its header or its `upgrade` */
export function modulesOf(modules: readonly RevisionInput[]): RevisionSource {
  const { headers, load } = fromModules(modules);
  return { headers, load, fileOf: () => null, textOf: () => null, checksumOf: () => null };
}

function required(file: string | null, revision: string): string {
  if (file === null) throw new ToraleError('UNEXPECTED', `No file of revision ${revision} is known.`);
  return file;
}
