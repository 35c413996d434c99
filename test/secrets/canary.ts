import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** With what trips parsers and escapers, so that each form of it differs. */
export const CANARY = `s3cretPW-c4nary/@:`;
export const ENCODED = encodeURIComponent(CANARY);

/** Nobody says this word but the password, whatever was done to the rest of it. */
const WORDS = [
  /s3cretPW/i,
  /c4nary/i,
  new RegExp(Buffer.from('s3cretPW-c4').toString('base64').slice(0, 12)),
  /733363726574/i,
];

export function expectNoSecret(text: string): void {
  for (const word of WORDS) {
    const found = word.exec(text);
    expect(found === null ? '' : text.slice(Math.max(0, found.index - 200), found.index + 80)).toBe('');
  }
}

/** Also in the files that a command left, except those the test wrote itself. */
export function expectNoSecretIn(folder: string, own: ReadonlySet<string>): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!own.has(name) && statSync(path).isFile()) expectNoSecret(readFileSync(path, 'latin1'));
  }
}
