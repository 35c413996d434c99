import { ToraleError } from '../errors.ts';
import type { RevisionHeader } from '../graph/header.ts';
import { displayPath } from '../paths.ts';
import { didYouMean, nearest } from '../suggest.ts';
import { detached, parseDocComment, type DocComment } from './comment.ts';
import { readExports, type Found, type ModuleExports, type Value } from './exports.ts';

/** The names of the header, in Torale's spelling and in Alembic's. */
const REVISION = ['revision'] as const;
const DOWN_REVISION = ['downRevision', 'down_revision'] as const;
const BRANCH_LABELS = ['branchLabels', 'branch_labels'] as const;
const DEPENDS_ON = ['dependsOn', 'depends_on'] as const;
const NAMES = [REVISION, DOWN_REVISION, BRANCH_LABELS, DEPENDS_ON];
const KNOWN = new Set<string>([...NAMES.flat(), 'upgrade', 'options']);

export interface HeaderInFile extends RevisionHeader {
  /** Absolute path. */
  readonly file: string;
}

/** A header that was read, and what else loading the file needs to know of it. */
export interface ReadHeader {
  readonly header: HeaderInFile;
  readonly syntax: 'esm' | 'cjs';
}

/**
 * What a revision file says about itself, read without running it.
 *
 * @param text the file's content: TypeScript, JavaScript, or the ESM or CommonJS that tsc, esbuild or swc made of it
 * @param file its absolute path
 * @throws ToraleError HEADER_INVALID, naming file and line, where there is no header or it is not written in literals
 */
export function readHeader(text: string, file: string): HeaderInFile {
  return readTemplateHeader(text, file) ?? readAnyHeader(text, file).header;
}

/**
 * As readHeader, but a file without any `revision` gives undefined.
 *
 * @throws ToraleError HEADER_INVALID
 */
export function readHeaderIfAny(text: string, file: string): HeaderInFile | undefined {
  return /\brevision\b/.test(text) && readExports(text, [REVISION]).exported.has('revision')
    ? readHeader(text, file)
    : undefined;
}

/**
 * As readHeader, with the kind of module that the file is written as.
 *
 * @throws ToraleError HEADER_INVALID
 */
export function readHeaderAndSyntax(text: string, file: string): ReadHeader {
  const header = readTemplateHeader(text, file);
  return header === undefined ? readAnyHeader(text, file) : { header, syntax: 'esm' };
}

/** What stands before `upgrade`, each value as `value` reads it. */
function exportsOf(value: string): string {
  const rest = String.raw`;?[ \t]*(?:\/\/[^\n\r\u2028\u2029]*)?[\r\n]\s*`;
  const names = ['revision', 'downRevision', 'branchLabels', 'dependsOn'];
  return (
    String.raw`\s*(?:import type \{[\w\s,]*\} from (?:'[^'\\\s]*'|"[^"\\\s]*");?\s+)*` +
    `${names.map((name) => `export const ${name} = ${value}${rest}`).join('')}export async function upgrade\\(`
  );
}

/** A comment with a message that parseDocComment would give back as it stands. */
const DOC =
  String.raw`\/\*\*\n \* (?!Revision ID:)([^\s\\*](?:[^\n\r\\*]*[^\s\\*])?)\n` +
  String.raw`(?: \*(?: [^\n\r*]*)?\n)*? \* Create Date: ([\dT:.Z-]+)\n \*\/`;

/**
 * The header exactly as `torale revision` writes it, which needs no scanner: half the time of reading a big folder.
 * Nothing but the whole header matches, so what follows it cannot matter. With its comment the usual file is read by
 * one expression, which makes no text that is not kept: a tenth less of `heads` with 10,000 revisions.
 */
const TEMPLATE = new RegExp(DOC + exportsOf(String.raw`(?:null|'([\w.]+)')`), 'y');
/** The same where the comment is written in another way, or a formatter has changed the quotes. */
const AFTER_COMMENT = new RegExp(exportsOf(String.raw`(null|'[\w.]+'|"[\w.]+")`), 'y');

function readTemplateHeader(text: string, file: string): HeaderInFile | undefined {
  TEMPLATE.lastIndex = 0;
  const match = TEMPLATE.exec(text);
  if (match === null) return readExportsOnly(text, file);
  const revision = match[3];
  if (revision === undefined) return undefined;
  return {
    revision: detached(revision),
    downRevision: kept(match[4]),
    branchLabels: kept(match[5]),
    dependsOn: kept(match[6]),
    file,
    message: detached(match[1]!),
    createDate: detached(match[2]!),
  };
}

function kept(value: string | undefined): string | null {
  return value === undefined ? null : detached(value);
}

function readExportsOnly(text: string, file: string): HeaderInFile | undefined {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const hasDoc = text.startsWith('/**', begin);
  const end = hasDoc ? text.indexOf('*/', begin + 2) + 2 : begin;
  if (hasDoc && end === 1) return undefined;
  AFTER_COMMENT.lastIndex = end;
  const match = AFTER_COMMENT.exec(text);
  if (match === null || match[1] === 'null') return undefined;
  const header: HeaderInFile & DocComment = {
    revision: unquoted(match[1])!,
    downRevision: unquoted(match[2]),
    branchLabels: unquoted(match[3]),
    dependsOn: unquoted(match[4]),
    file,
  };
  if (hasDoc) parseDocComment(text, begin, end, header.revision, header);
  return header;
}

function unquoted(literal: string | undefined): string | null {
  return literal === undefined || literal === 'null' ? null : detached(literal.slice(1, -1));
}

function readAnyHeader(text: string, file: string): ReadHeader {
  const found = readExports(text, NAMES);
  const invalid = (problem: string, start?: number, hint?: string): ToraleError => {
    const line = start === undefined ? undefined : lineAt(text, start);
    const at = `${displayPath(file)}${line === undefined ? '' : `:${line}`}`;
    return new ToraleError('HEADER_INVALID', `${at}: ${problem}`, { hint, data: { files: [file], line } });
  };
  const [revision, downRevision, branchLabels, dependsOn] = NAMES.map((names) => pick(found, names, invalid));
  refuseTypos(found, invalid);
  if (revision === undefined) throw missing(found, REVISION, invalid);
  const id = textsOf(revision, invalid);
  if (typeof id !== 'string') throw invalid("'revision' must be one string.", revision.start);
  if (downRevision === undefined) throw missing(found, DOWN_REVISION, invalid);
  const down = textsOf(downRevision, invalid);
  if (down === undefined) {
    throw invalid(
      `'${downRevision.name}' is undefined.`,
      downRevision.start,
      'Write null for a revision without a parent.',
    );
  }
  const header: HeaderInFile & DocComment = {
    revision: id,
    downRevision: down,
    branchLabels: (branchLabels && textsOf(branchLabels, invalid)) ?? null,
    dependsOn: (dependsOn && textsOf(dependsOn, invalid)) ?? null,
    file,
  };
  const doc = found.doc ?? '';
  parseDocComment(doc, 0, doc.length, id, header);
  return { header, syntax: found.syntax ?? 'esm' };
}

type Invalid = (problem: string, start?: number, hint?: string) => ToraleError;
type Named = Found & { readonly name: string };

function pick(found: ModuleExports, names: readonly string[], invalid: Invalid): Named | undefined {
  const given = names.filter((name) => found.exported.has(name));
  const [name] = given;
  if (name === undefined) return undefined;
  const { value, start } = found.exported.get(name)!;
  if (given.length > 1) throw invalid(`'${given.join("' and '")}' are both given: keep one.`, start);
  if (found.twice.has(name)) throw invalid(`'${name}' is given twice.`, start);
  return { name, value, start };
}

function textsOf({ name, value, start }: Named, invalid: Invalid): string | readonly string[] | null | undefined {
  const texts = value.kind === 'list' ? value.value : value.kind === 'string' ? [value.value] : [];
  if (texts.some((text) => text.trim() === '')) throw invalid(`'${name}' is an empty string.`, start);
  return literalOf(value, () =>
    invalid(
      `'${name}' must be a literal: a string${name === 'revision' ? '' : ', an array of strings or null'}.`,
      start,
      'The header is read without running the file.',
    ),
  );
}

function literalOf(value: Value, otherwise: () => ToraleError): string | readonly string[] | null | undefined {
  switch (value.kind) {
    case 'string':
    case 'list':
      return value.value;
    case 'null':
      return null;
    case 'undefined':
      return undefined;
    case 'reference':
    case 'unreadable':
      throw otherwise();
  }
}

/** An unknown export is ignored, unless it looks like a header name that is lacking and holds what one would. */
function refuseTypos(found: ModuleExports, invalid: Invalid): void {
  const lacking = NAMES.filter((names) => !names.some((name) => found.exported.has(name))).flat();
  for (const [name, { value, start }] of found.exported) {
    if (KNOWN.has(name) || value.kind === 'unreadable' || value.kind === 'reference') continue;
    const meant = didYouMean(name, lacking);
    if (meant !== undefined) throw invalid(`there is no '${name}' in a header.`, start, meant);
  }
}

function missing(found: ModuleExports, names: readonly [string, ...string[]], invalid: Invalid): ToraleError {
  const [name] = names;
  const local = names.map((spelling) => found.locals.get(spelling)).find((variable) => variable !== undefined);
  if (local !== undefined) return invalid(`'${name}' is not exported.`, local.start);
  const near = [...found.exported.keys()].find((other) => !KNOWN.has(other) && nearest(other, names) !== undefined);
  const hint =
    near !== undefined
      ? `Did you mean '${name}' by '${near}'?`
      : name === 'revision'
        ? "A file that is no revision gets a name that starts with '_', or another folder."
        : "Write 'export const downRevision = null;' for a revision without a parent.";
  return invalid(`the file exports no '${name}'.`, undefined, hint);
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
