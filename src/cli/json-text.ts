import { isPlainJson, redactValue } from '../redact.ts';

/** Some 100 KB of a schema: what is held at once, and what goes through the redaction as a whole. */
const AT_ONCE = 500;

/**
 * A document as JSON without its secrets and with a line end, in pieces. A field that is an iterator is a long list, printed while it is read:
 * the text of a schema of 5,000 tables is 27 MB.
 */
export function* jsonText(document: object, secrets: readonly string[]): Generator<string> {
  const [key, list] = Object.entries(document).find(([, value]) => value instanceof Iterator) ?? [];
  const rest = key === undefined ? document : { ...document, [key]: [] };
  const text = JSON.stringify(redactValue(rest, secrets), null, 2);
  if (key === undefined) return yield `${text}\n`;
  // Only here: deeper ones are indented deeper.
  const opening = `\n  ${JSON.stringify(key)}: [`;
  const at = text.indexOf(`${opening}]`) + opening.length;
  yield text.slice(0, at);
  let isFirst = true;
  for (const items of inParts(list as Iterator<unknown>)) {
    yield `${isFirst ? '' : ','}\n${itemsText(items, secrets)}`;
    isFirst = false;
  }
  yield `${isFirst ? '' : '\n  '}${text.slice(at)}\n`;
}

/** Items of a list that is a field of the document, as they stand there. */
function itemsText(items: readonly unknown[], secrets: readonly string[]): string {
  const print = (list: readonly unknown[]): string =>
    JSON.stringify({ '': list }, null, 2).slice('{\n  "": [\n'.length, -'\n  ]\n}'.length);
  const text = print(items);
  return isPlainJson(text, secrets) ? text : print(redactValue(items, secrets));
}

function* inParts<T>(items: Iterator<T>): Generator<T[]> {
  let part: T[] = [];
  for (let next = items.next(); next.done !== true; next = items.next()) {
    part.push(next.value);
    if (part.length < AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
