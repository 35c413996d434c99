import { ToraleError } from '../errors.ts';

/**
 * Imports a database driver, which are optional dependencies: an image for PostgreSQL need not carry SQLite.
 *
 * @throws ToraleError DRIVER_MISSING with the command that installs it
 */
export async function importDriver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if ((code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${name}'`)) {
      throw new ToraleError('DRIVER_MISSING', `The driver ${name} is not installed.`, {
        hint: `npm install ${name}`,
        data: { driver: name },
        cause,
      });
    }
    throw cause;
  }
}
