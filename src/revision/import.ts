import { realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';

/** What each file held when Node first imported it: Node keeps a module for good, but a file may be mended meanwhile. */
const importedTexts = new Map<string, string>();

/**
 * The URL by which Node imports what a file now holds. Symbolic links are followed here, so that one that changes
 * meanwhile leads nowhere else.
 *
 * @param checksum of its text, as checksumOf gives it
 */
export function freshUrl(file: string, checksum: string): string {
  const url = pathToFileURL(realpathSync.native(file));
  const first = importedTexts.get(file);
  if (first === undefined) importedTexts.set(file, checksum);
  else if (first !== checksum) url.search = `?torale=${checksum.slice(-12)}`;
  return url.href;
}

/**
 * Imports a module by Node's own loader.
 *
 * @param source what it is to be taken for, an ES module without types, instead of what the file holds
 */
export async function importUrl(url: string, source?: string): Promise<unknown> {
  const quiet = quietWarnings();
  const handed = source === undefined ? undefined : handOver(url, source);
  try {
    return (await import(url)) as unknown;
  } finally {
    handed?.deregister();
    quiet.end();
  }
}

/**
 * Spares Node finding the file, reading it and trying out whether it is CommonJS: half the time of an import. Only for
 * this one URL, and only until it is asked for: what the module imports is loaded as ever.
 */
function handOver(url: string, source: string): nodeModule.ModuleHooks {
  const hooks = nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === url ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
    load: (asked, context, next) => {
      if (asked !== url) return next(asked, context);
      hooks.deregister();
      return { format: 'module', source, shortCircuit: true };
    },
  });
  return hooks;
}

/**
 * The text of a TypeScript module with blanks in place of its types, by Node's own stripping.
 *
 * @returns null where that cannot do it; undefined where Node has to import the file by itself: before 22.15, and where
 * it was told to do more than strip
 */
export function withoutTypes(text: string): string | null | undefined {
  if (!('registerHooks' in nodeModule) || process.features.typescript !== 'strip') return undefined;
  const quiet = quietWarnings();
  try {
    return nodeModule.stripTypeScriptTypes(text);
  } catch {
    return null;
  } finally {
    quiet.end();
  }
}

/** A module that throws what is no Error, as linking does not. */
const FIRST = dataUrl("throw 'stop';");

/**
 * Whether any code has run of a module whose import failed: its own, or that of a module it imports.
 *
 * Of the error that cannot be told: a revision's own `await import('./x')` or `JSON.parse` fails with the same codes as
 * its loading. But of a graph of ES modules nothing runs before all of it is parsed and linked
 * (https://tc39.es/ecma262/#sec-moduleevaluation), and then it runs in the order of the imports. So the module is
 * imported again, behind one that throws: either linking fails, as it did before, and nothing has run, or that one is
 * reached, and whatever is behind it does not run now. To put one before every import would take 0.1 ms each.
 */
export async function hasBegun(url: string): Promise<boolean> {
  try {
    await importUrl(dataUrl(`import '${FIRST}';\nimport ${JSON.stringify(url)};`));
    return true;
  } catch (error) {
    // What Node has run it keeps, but it looks for the file before it looks there: gone, it may have removed itself.
    return !(error instanceof Error) || ('url' in error && error.url === url);
  }
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code).replaceAll("'", '%27')}`;
}

let quieted: { readonly original: typeof process.emitWarning; readonly ours: typeof process.emitWarning } | undefined;
let users = 0;

/**
 * Keeps warnings off stderr until `end()`, that Node gives through `process.emitWarning` and that mean nothing to
 * who runs a migration: that type stripping is experimental, and that a package.json lacks `type`
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
    (options.type === 'ExperimentalWarning' &&
      /^(?:Type Stripping|stripTypeScriptTypes) is an experimental feature/.test(text))
  );
}
