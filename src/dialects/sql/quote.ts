import { ToraleError } from '../../errors.ts';

/**
 * Puts a name in quotes, whatever it holds.
 *
 * @throws ToraleError USAGE for a name that no server can have
 */
export function quoteWith(mark: string, name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new ToraleError('USAGE', `${JSON.stringify(name)} cannot be a name: it is empty or holds a NUL character.`, {
      data: { name },
    });
  }
  return mark + name.replaceAll(mark, mark + mark) + mark;
}
