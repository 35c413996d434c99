import { basename, dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in the user's files something was called. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
}

const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\s][^()]*?):(\d+):\d+\)?$/;

/**
 * The place in a stack that belongs to the user: the first frame in the revision's own file, else the first that is
 * neither Torale's, a package's nor Node's.
 *
 * @param stack as V8 writes it
 * @param revisionFile absolute path, where the revision comes from a file
 */
export function callSite(stack: string | undefined, revisionFile: string | null): CallSite | null {
  let other: CallSite | null = null;
  for (const line of (stack ?? '').split('\n').slice(1)) {
    const match = FRAME.exec(line.trim());
    if (match === null) continue;
    const file = toPath(match[1]!);
    if (file === null) continue;
    const site = { file, line: Number(match[2]) };
    if (file === revisionFile) return site;
    if (isUsers(file)) other ??= site;
  }
  return other;
}

function toPath(location: string): string | null {
  if (location.startsWith('node:')) return null;
  if (!location.startsWith('file://')) return location;
  try {
    // jiti and the ESM loader may append a query to make a module fresh.
    return fileURLToPath(location.replace(/\?.*$/, ''));
  } catch {
    return null;
  }
}

const HERE = dirname(fileURLToPath(import.meta.url));
/** The folder of Torale's own code; in the bundle of the command line everything is one file. */
const OWN = (basename(HERE) === 'apply' ? dirname(HERE) : HERE) + sep;

function isUsers(file: string): boolean {
  return !file.startsWith(OWN) && !/[\\/]node_modules[\\/]/.test(file) && /[\\/]/.test(file);
}

/**
 * Where Torale was called, above `below`. Nearly always that is the revision's own next line, and one frame takes a
 * quarter of the time of a whole stack.
 */
export function callerOf(below: (...args: never[]) => unknown, revisionFile: string | null): CallSite | null {
  const nearest = callSite(captureStack(below, 1), revisionFile);
  return nearest?.file === revisionFile ? nearest : callSite(captureStack(below, 20), revisionFile);
}

function captureStack(below: (...args: never[]) => unknown, frames: number): string {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = stackTraceLimit;
  return holder.stack ?? '';
}
