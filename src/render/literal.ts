/**
 * A text as a template literal of TypeScript that evaluates to that very text.
 *
 * @example
 * ```ts
 * templateLiteral("a ~ '\\d'"); // String.raw`a ~ '\d'`
 * ```
 */
export function templateLiteral(text: string): string {
  const isPlain = !/[\\`\r]|\$\{|[\ud800-\udfff\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
  if (isPlain) return `\`${text}\``;
  // String.raw cannot hold what ends the literal, nor a line end that is not LF (the language makes LF of all).
  const isRaw = /\\/.test(text) && !/[`\r]|\$\{|\\$|[\ud800-\udfff\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
  if (isRaw) return `String.raw\`${text}\``;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('`', '\\`')
    .replaceAll('${', '\\${')
    .replaceAll('\r', '\\r')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, unit)
    // A pair stays as it is; half of one would not survive the file's encoding.
    .replaceAll(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) => (found.length === 2 ? found : unit(found)));
  return `\`${escaped}\``;
}

function unit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
