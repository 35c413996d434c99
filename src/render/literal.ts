/** Control characters, and halves of surrogate pairs, which would not survive the file's encoding. */
const UNSAFE = /(?![\t\n])\p{Cc}|\p{Cs}/gu;

const isUnsafe = (text: string): boolean => text.search(UNSAFE) !== -1;

/**
 * A text as a template literal of TypeScript that evaluates to that very text.
 *
 * @example
 * ```ts
 * templateLiteral("a ~ '\\d'"); // String.raw`a ~ '\d'`
 * ```
 */
export function templateLiteral(text: string): string {
  const hasMarks = /`|\$\{/.test(text);
  if (!hasMarks && !text.includes('\\') && !isUnsafe(text)) return `\`${text}\``;
  // String.raw cannot hold what ends the literal, nor a line end that is not LF: the language makes LF of all.
  if (!hasMarks && !text.endsWith('\\') && !isUnsafe(text)) return `String.raw\`${text}\``;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('`', '\\`')
    .replaceAll('${', '\\${')
    .replaceAll('\r', '\\r')
    .replaceAll(UNSAFE, unit);
  return `\`${escaped}\``;
}

function unit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
