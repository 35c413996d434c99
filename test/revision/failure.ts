import { ToraleError } from '../../src/errors.ts';

/** The ToraleError that a call throws or rejects with. */
export async function failure(call: () => unknown): Promise<ToraleError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ToraleError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}
