const BLANK = String.raw`\s*(?:\/\/[^\n\r\u2028\u2029]*[\n\r]\s*)*`;
const TEXT = [
  '(?:String\\.raw)?`[^`\\\\$]*(?:(?:\\\\[^]|\\$(?!\\{))[^`\\\\$]*)*`',
  String.raw`'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*'`,
  String.raw`"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"`,
].join('|');
const VALUE = String.raw`(?:null|'[\w. -]*'|"[\w. -]*"|\[[\w\s.,'"-]*\])`;
const PER_DIALECT = String.raw`\{${BLANK}(?:\w+: (?:null|${TEXT})(?:,${BLANK}|\s*(?=\})))*\}`;

/** The whole of a file as `torale revision` and autogenerate write it. */
const PLAIN = new RegExp(
  String.raw`^(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?` +
    String.raw`(import type \{ Operations \} from (?:'torale'|"torale");)?\s*` +
    `export const revision = ${VALUE};\\s*export const downRevision = ${VALUE};\\s*` +
    `export const branchLabels = ${VALUE};\\s*export const dependsOn = ${VALUE};\\s*` +
    String.raw`export async function upgrade\((?:op(: Operations))?\)(: Promise<void>) \{` +
    `(?:${BLANK}await op\\.execute\\(\\s*(?:${TEXT}|${PER_DIALECT}),?\\s*\\);)*${BLANK}\\}\\s*$`,
  'd',
);

/** What nobody writes by hand; matching it would take long. */
const LONGEST = 200_000;

/**
 * A revision that is plainly JavaScript but for the types of the template, with blanks in place of those: Node's
 * stripping would give the same, for 0.1 ms each and 40 ms for loading its WebAssembly. Where a body holds nothing but
 * `op.execute` of literal text, no other type can hide in it.
 *
 * @returns null for any other text
 */
export function withoutTemplateTypes(text: string): string | null {
  const match = text.length > LONGEST ? null : PLAIN.exec(text);
  if (match === null) return null;
  let plain = '';
  let at = 0;
  for (const place of match.indices!.slice(1)) {
    if (place === undefined) continue;
    plain += text.slice(at, place[0]) + ' '.repeat(place[1] - place[0]);
    at = place[1];
  }
  return plain + text.slice(at);
}
