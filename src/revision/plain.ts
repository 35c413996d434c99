const BLANK = String.raw`\s*(?:\/\/[^\n\r\u2028\u2029]*[\n\r]\s*)*`;
const TEXT = [
  '(?:String\\.raw)?`[^`\\\\$]*(?:(?:\\\\[^]|\\$(?!\\{))[^`\\\\$]*)*`',
  String.raw`'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*'`,
  String.raw`"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"`,
].join('|');
const VALUE = String.raw`(?:null|'[\w. -]*'|"[\w. -]*"|\[[\w\s.,'"-]*\])`;
const PER_DIALECT = String.raw`\{${BLANK}(?:\w+: (?:null|${TEXT})(?:,${BLANK}|\s*(?=\})))*\}`;

/** The whole of a file as `torale revision` and autogenerate write it; the groups are what only a module may have. */
const PLAIN = new RegExp(
  String.raw`^(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?` +
    String.raw`(import type \{ Operations \} from (?:'torale'|"torale");)?\s*` +
    `(export )const revision = ${VALUE};\\s*(export )const downRevision = ${VALUE};\\s*` +
    `(export )const branchLabels = ${VALUE};\\s*(export )const dependsOn = ${VALUE};\\s*` +
    String.raw`(export )async function upgrade\((?:op(: Operations))?\)(: Promise<void>)? \{` +
    `(?:${BLANK}await op\\.execute\\(\\s*(?:${TEXT}|${PER_DIALECT}),?\\s*\\);)*${BLANK}\\}\\s*$`,
  'd',
);

/** What nobody writes by hand; matching it would take long. */
const LONGEST = 200_000;

const STRICT = "'use strict';";

/**
 * What a revision exports that is plainly the template, with literal text in every `op.execute`: such a body can refer
 * to nothing, so that it is the same as a function and as a module. A module takes Node 0.15 ms more, and another
 * file for each in the compile cache.
 *
 * @param file absolute path, for stacks
 * @returns null for any other text, and for what is no JavaScript
 */
export function runTemplate(text: string, file: string): object | null {
  const match = text.length > LONGEST ? null : PLAIN.exec(text);
  if (match === null) return null;
  let plain = '';
  let at = 0;
  for (const place of match.indices!.slice(1)) {
    if (place === undefined) continue;
    plain += text.slice(at, place[0]) + ' '.repeat(place[1] - place[0]);
    at = place[1];
  }
  const code = `${STRICT}${plain}${text.slice(at)}\nreturn { revision, downRevision, branchLabels, dependsOn, upgrade };`;
  const { compileFunction } = process.getBuiltinModule('node:vm');
  try {
    return compileFunction(code, [], { filename: file, columnOffset: -STRICT.length })() as object;
  } catch {
    return null;
  }
}
