import { ToraleError } from '../errors.ts';

export function insideTransaction(): ToraleError {
  return new ToraleError('USAGE', 'The connection given is inside a transaction.', {
    hint: 'Commit or roll back first, or give a connection of its own.',
  });
}

export function notOpen(): ToraleError {
  return new ToraleError('USAGE', 'The connection given is not open.', { hint: 'Connect it first.' });
}

/**
 * A connection that is taken out of its pool may have no listener, and an error without one would end the process.
 *
 * @returns takes the listener away
 */
export function keepFromCrashing(emitter: object): () => void {
  const { on, off } = emitter as Partial<NodeJS.EventEmitter>;
  const ignore = (): void => undefined;
  on?.call(emitter, 'error', ignore);
  return () => void off?.call(emitter, 'error', ignore);
}
