import { extname } from 'node:path';

/**
 * The checksum of a revision file as the history table keeps it: `sha256:<extension>:<hex>`, e.g. `sha256:ts:9f86d0…`.
 *
 * It is taken over the text with LF line ends and without a byte order mark, so that git's line-end conversion is no
 * edit. The extension is part of it because a compiled `.js` cannot be compared with the `.ts` it was made of.
 *
 * @param text the file's content
 * @param file its name or path
 */
export function checksumOf(text: string, file: string): string {
  const plain = (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).replaceAll(/\r\n?/g, '\n');
  // Loaded here, since it costs 3 ms and commands that only read the graph need no checksum.
  const { hash } = process.getBuiltinModule('node:crypto');
  return `sha256:${extname(file).slice(1)}:${hash('sha256', plain, 'hex')}`;
}

/**
 * Whether a file is the one whose checksum was stored.
 *
 * @returns `incomparable` where the two are of different extensions, or one is of no kind known here
 */
export function sameChecksum(stored: string, current: string): 'same' | 'edited' | 'incomparable' {
  const [one, other] = [stored, current].map((checksum) => /^sha256:(\w+):([0-9a-f]{64})$/.exec(checksum));
  if (!one || !other || one[1] !== other[1]) return 'incomparable';
  return one[2] === other[2] ? 'same' : 'edited';
}
