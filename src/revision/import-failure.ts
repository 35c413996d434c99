import { fileURLToPath } from 'node:url';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { codeOf } from './reason.ts';

/** What is said of a revision whose import failed: where, why, and what helps. */
export function importFailure(file: string, revision: string, error: unknown): ToraleError {
  const message = error instanceof Error ? error.message : String(error);
  const [reason = ''] = message.split('\n');
  const at = placeOf(error) ?? displayPath(file);
  return new ToraleError('REVISION_INVALID', `Revision ${revision} cannot be imported: ${at}: ${reason}`, {
    hint: hintFor(error, message),
    data: { revisions: [revision], files: [file] },
    cause: error,
  });
}

/** `file:line` of the first frame that is neither Node's nor jiti's. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  // A syntax error has the place alone on the first line, before the message.
  const lines = error.stack.slice(0, 20_000).split('\n');
  for (const line of lines) {
    const place =
      /^\s+at (?:.*\()?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?):(\d+)(?::\d+)?\)?$/.exec(line) ??
      /^((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?):(\d+)$/.exec(line);
    if (place === null || /[\\/]node_modules[\\/]jiti[\\/]/.test(line)) continue;
    return `${displayPath(toPath(place[1]!))}:${place[2]!}`;
  }
  return undefined;
}

function toPath(place: string): string {
  try {
    return place.startsWith('file:') ? fileURLToPath(place) : place;
  } catch {
    return place;
  }
}

function hintFor(error: unknown, message: string): string | undefined {
  const code = codeOf(error);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    if (/'torale'/.test(message)) {
      return "Torale is not installed where this file lies. Import only its types, with 'import type', or install it there.";
    }
    return "Outside the top of the file Node finds './x.ts' only with its extension, and a package only where it is installed.";
  }
  if (/ is not defined in ES module scope/.test(message)) {
    return "The file is an ES module: there are import.meta.dirname, import.meta.filename and 'import' instead.";
  }
  return undefined;
}
