import { pathToFileURL } from 'node:url';
import { checksumOf } from './checksum.ts';

export interface Attempt {
  readonly result: Promise<unknown>;
  /** Whether any code has run: the file's own, or that of a module it imports. */
  hasBegun(): boolean;
}

const BEGUN = Symbol.for('torale.begun');
const begun: Record<symbol, unknown> = globalThis as unknown as Record<symbol, unknown>;

/**
 * Imports a module by Node's own loader and knows, should that fail, whether anything has run.
 *
 * Of an error alone that cannot be told: a revision's own `await import('./x')` or `JSON.parse` fails with the same
 * codes as its loading. But of a graph of ES modules nothing runs before all of it is parsed and linked
 * (https://tc39.es/ecma262/#sec-moduleevaluation), and then it runs in the order of the imports. So a module of one
 * line is imported before the file, and if that has not run, nothing has.
 */
export function importOnce(file: string, text: string): Attempt {
  // Also another copy of this module must not meet the same one: it would be found already run.
  const id = `${Math.random()}`;
  const ids = (begun[BEGUN] ??= new Set()) as Set<string>;
  const first = dataUrl(`globalThis[Symbol.for('torale.begun')].add('${id}');`);
  const both = dataUrl(`import '${first}';\nexport * as revision from ${JSON.stringify(freshUrl(file, text))};`);
  let hasBegun = false;
  const quiet = quietWarnings();
  const result = (async () => {
    try {
      const { revision } = (await import(both)) as { revision: unknown };
      return revision;
    } finally {
      hasBegun = ids.delete(id);
      quiet.end();
    }
  })();
  return { result, hasBegun: () => hasBegun };
}

/** What each file held when Node first imported it: Node keeps a module for good, but a file may be mended meanwhile. */
const importedTexts = new Map<string, string>();

function freshUrl(file: string, text: string): string {
  const url = pathToFileURL(file);
  const checksum = checksumOf(text, file);
  const first = importedTexts.get(file);
  if (first === undefined) importedTexts.set(file, checksum);
  else if (first !== checksum) url.search = `?torale=${checksum.slice(-12)}`;
  return url.href;
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code).replaceAll("'", '%27')}`;
}

let quieted: { readonly original: typeof process.emitWarning; readonly ours: typeof process.emitWarning } | undefined;
let users = 0;

/**
 * Keeps two warnings off stderr until `end()`, that Node gives through `process.emitWarning` and that mean nothing to
 * who runs a migration: that type stripping is experimental (22.x), and that a package.json lacks `type`
 * (https://nodejs.org/api/packages.html#syntax-detection). There is no switch for them but process-wide ones.
 */
function quietWarnings(): { end(): void } {
  if (users++ === 0) {
    // Called on `process` below, and put back.
    // oxlint-disable-next-line typescript/unbound-method
    const original = process.emitWarning;
    const ours = (...given: unknown[]): void => {
      if (!isUnwanted(given)) Reflect.apply(original, process, given);
    };
    process.emitWarning = ours;
    quieted = { original, ours };
  }
  return {
    end() {
      if (--users > 0 || quieted === undefined) return;
      if (process.emitWarning === quieted.ours) process.emitWarning = quieted.original;
      quieted = undefined;
    },
  };
}

function isUnwanted([warning, type, code]: readonly unknown[]): boolean {
  const text = warning instanceof Error ? warning.message : String(warning);
  const options: { type?: unknown; code?: unknown } = typeof type === 'object' && type !== null ? type : { type, code };
  return (
    options.code === 'MODULE_TYPELESS_PACKAGE_JSON' ||
    (options.type === 'ExperimentalWarning' && text.startsWith('Type Stripping is an experimental feature'))
  );
}
