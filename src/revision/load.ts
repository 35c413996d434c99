import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { ToraleError } from '../errors.ts';
import { checksumOf } from './checksum.ts';
import { freshUrl, hasBegun, importUrl, withoutTypes } from './import.ts';
import { importFailure } from './import-failure.ts';
import { readHeaderAndSyntax } from './header.ts';
import { readText } from './locations.ts';
import { toRevisionModule, type RevisionModule } from './module.ts';
import { runTemplate } from './plain.ts';
import { displayPath } from '../paths.ts';

export type { RevisionModule } from './module.ts';

/**
 * Imports a revision file, which runs its top level: the only place where that is done. The file is evaluated at most
 * once. Nothing is written to disk.
 *
 * What is plainly the template is run as a function. Else JavaScript is imported by Node, TypeScript by Node's own type
 * stripping where it can and else by jiti, which knows all of TypeScript (enums, imports without extension, `paths` of
 * tsconfig.json).
 *
 * @param file absolute path
 * @returns what the file exports, checked
 * @throws ToraleError REVISION_INVALID for one that cannot be imported, throws at its top level, has no `upgrade`, or
 * whose `revision` at run time is not the one that stands there; VERSIONS_UNREADABLE, HEADER_INVALID as readVersions
 */
export async function loadRevision(file: string): Promise<RevisionModule> {
  const text = readText(file);
  const checksum = checksumOf(text, file);
  const { header, syntax } = readHeaderAndSyntax(text, file);
  let namespace: unknown;
  try {
    namespace = runTemplate(text, file) ?? (await importFile(file, text, checksum, syntax));
  } catch (error) {
    throw importFailure(file, header.revision, error);
  }
  const module = toRevisionModule(namespace, displayPath(file), { revisions: [header.revision], files: [file] });
  if (module.revision !== header.revision) {
    throw new ToraleError(
      'REVISION_INVALID',
      `${displayPath(file)}: 'revision' reads ${JSON.stringify(header.revision)}, but is ${JSON.stringify(module.revision)} once imported.`,
      { data: { revisions: [header.revision], files: [file] } },
    );
  }
  return { ...module, checksum };
}

/**
 * Imports any other module of the user's the same way.
 *
 * @param file absolute path
 * @throws ToraleError VERSIONS_UNREADABLE; whatever importing throws
 */
export async function importModule(file: string): Promise<unknown> {
  const text = readText(file);
  const isEsm = /^\s*(?:import|export)\b/m.test(text);
  return importFile(file, text, checksumOf(text, file), isEsm ? 'esm' : 'cjs');
}

async function importFile(file: string, text: string, checksum: string, syntax: 'esm' | 'cjs'): Promise<unknown> {
  const extension = extname(file);
  if (/^\.[cm]?js$/.test(extension)) return await importUrl(freshUrl(file, checksum));
  const source = canStripTypes(file, extension, syntax) ? withoutTypes(text) : null;
  if (source !== null) {
    const url = freshUrl(file, checksum);
    try {
      return await importUrl(url, source);
    } catch (error) {
      // What Node cannot parse, resolve or link may still be good TypeScript.
      if (await hasBegun(url)) throw error;
    }
  }
  return await importByJiti(file);
}

/**
 * Only of ES modules is it known whether they have begun to run (see hasBegun), so only they get a first try:
 * CommonJS would be half run when an import without extension fails.
 * What Node takes for CommonJS: https://nodejs.org/api/packages.html#determining-module-system
 */
function canStripTypes(file: string, extension: string, syntax: 'esm' | 'cjs'): boolean {
  if (!process.features.typescript || syntax === 'cjs' || extension === '.cts') return false;
  return extension === '.mts' || packageType(dirname(file)) !== 'commonjs';
}

/** By folder; Node too reads a package.json once. */
const packageTypes = new Map<string, unknown>();

function packageType(folder: string): unknown {
  if (!packageTypes.has(folder)) packageTypes.set(folder, readPackageType(folder));
  return packageTypes.get(folder);
}

function readPackageType(folder: string): unknown {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const content: unknown = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
      return typeof content === 'object' && content !== null && 'type' in content ? content.type : undefined;
    } catch {
      if (at === dirname(at)) return undefined;
    }
  }
}

async function importByJiti(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  // jiti's cache would be written to node_modules or the temporary folder, which a container may not allow.
  const jiti = createJiti(file, {
    fsCache: false,
    tsconfigPaths: true,
    interopDefault: false,
    tryNative: false,
    moduleCache: false,
  });
  return await jiti.import(file);
}
