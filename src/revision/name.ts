import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

export interface FileNameOptions {
  readonly revision: string;
  readonly message?: string | null | undefined;
  readonly createDate: Date;
  /** In Alembic's form, without the extension; `/` makes sub-folders. Default `%(rev)s_%(slug)s`. */
  readonly template?: string;
  /** A longer slug is cut at the last `_` before. Default 40. */
  readonly truncateSlugLength?: number;
  /** Default `.ts`. */
  readonly extension?: string;
}

const LONGEST_NAME = 255;

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * The words of a message, lower case, joined by `_`: what Alembic makes of it, with combining marks kept in their word.
 *
 * @param message any text
 * @param longest number of characters; a longer slug is cut there, then at its last `_`, and ends in `_`
 */
export function slugOf(message: string, longest = 40): string {
  const slug = (message.normalize('NFC').match(/[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*/gu) ?? []).join('_').toLowerCase();
  const characters = Array.from(slug);
  if (characters.length <= longest) return slug;
  const cut = characters.slice(0, longest).join('');
  const last = cut.lastIndexOf('_');
  return `${last === -1 ? cut : cut.slice(0, last)}_`;
}

/**
 * The name of a new revision's file, relative to its version folder.
 *
 * The template knows `rev`, `slug`, `epoch`, `year`, `month`, `day`, `hour`, `minute`, `second` (UTC), each as
 * `%(name)s`, numbers also as `%(name)d` with `0`, `-`, width and precision (`%(month).2d`), and `%%`.
 *
 * @throws ToraleError CONFIG_INVALID for a template that cannot be filled, or whose result is no usable name
 */
export function fileNameOf(options: FileNameOptions): string {
  const { revision, message, createDate: date, template = '%(rev)s_%(slug)s', extension = '.ts' } = options;
  const name = fill(template, {
    rev: revision,
    slug: slugOf(message ?? '', options.truncateSlugLength),
    epoch: Math.floor(date.getTime() / 1000),
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  });
  const segments = `${name}${extension}`.split('/');
  for (const [at, segment] of segments.entries()) {
    const problem = problemOf(segment, at === segments.length - 1, extension);
    if (problem !== undefined) {
      throw invalid(`File template ${JSON.stringify(template)} gives ${JSON.stringify(name)}: ${problem}.`);
    }
  }
  return segments.join('/');
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/%(?:\(([^()]*)\)([-0]*)(\d{0,3})(?:\.(\d{0,3}))?(.?)|(.?))/gsu, (whole, ...groups) => {
    const [key, flags, width, precision, conversion, single] = groups as (string | undefined)[];
    if (single === '%') return '%';
    if (key === undefined) {
      throw invalid(
        `File template ${JSON.stringify(template)} has a '%' without a name.`,
        "A plain '%' is written '%%'.",
      );
    }
    if (!Object.hasOwn(values, key)) {
      throw invalid(
        `File template ${JSON.stringify(template)} names '${key}', which does not exist.`,
        didYouMean(key, Object.keys(values)) ?? `There are ${Object.keys(values).join(', ')}.`,
      );
    }
    const value = values[key]!;
    const text = convert(value, conversion ?? '', precision);
    if (text === undefined) {
      const hint = typeof value === 'number' ? `Write %(${key})s or %(${key}).2d.` : `Write %(${key})s.`;
      throw invalid(`File template ${JSON.stringify(template)} has '${whole}', which cannot be filled.`, hint);
    }
    if (flags?.includes('-')) return text.padEnd(Number(width ?? 0));
    return text.padStart(Number(width ?? 0), flags?.includes('0') && conversion !== 's' ? '0' : ' ');
  });
}

function convert(value: string | number, conversion: string, precision: string | undefined): string | undefined {
  if (conversion === 's') return precision === undefined ? String(value) : String(value).slice(0, Number(precision));
  if ((conversion !== 'd' && conversion !== 'i') || typeof value === 'string') return undefined;
  return String(value).padStart(Number(precision ?? 0), '0');
}

/** What keeps a name from being written, found again or checked out everywhere. */
function problemOf(segment: string, isFile: boolean, extension: string): string | undefined {
  if (segment === '' || segment === '.' || segment === '..') return 'it must stay inside the version folder';
  const bad = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*\\]/u.exec(segment)?.[0];
  if (bad !== undefined) return `${JSON.stringify(bad)} cannot stand in a file name`;
  if (segment.startsWith('.')) return "a name with a leading '.' is not read as a revision";
  if (!isFile && (segment === 'snapshots' || segment === 'node_modules'))
    return `'${segment}' is not read for revisions`;
  if (isFile && /\.(?:d|test)$/.test(segment.slice(0, -extension.length)))
    return 'such a name is not read as a revision';
  if (/^ | $|\.$/.test(segment)) return "a name cannot begin or end with a space, or end with '.'";
  if (RESERVED.test(segment)) return 'the name is reserved on Windows';
  if (Buffer.byteLength(segment) > LONGEST_NAME) return `a name can have at most ${LONGEST_NAME} bytes`;
  return undefined;
}

function invalid(message: string, hint?: string): ToraleError {
  return new ToraleError('CONFIG_INVALID', message, { hint });
}
