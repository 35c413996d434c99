import { isAbsolute, relative } from 'node:path';

/** A path as it is shown: relative to the working folder where it lies in it. */
export function displayPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? file : short;
}
