import { readExports } from './exports.ts';

/** All that the leading comment of a revision file says, without its stars. */
export function readDoc(text: string): string {
  const { doc } = readExports(text, []);
  if (doc === undefined) return '';
  return doc
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
}
