import { EXIT_CODES, ToraleError } from '../errors.ts';

/**
 * Turns SIGINT and SIGTERM into an abort, so that the run can take back what is open and release the lock.
 * A second signal ends the process at once. Handlers are needed: as PID 1 of a container Node would ignore SIGTERM.
 *
 * @returns removes the handlers
 */
export function abortOnSignals(controller: AbortController): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    const terminated = signal === 'SIGTERM';
    if (controller.signal.aborted) {
      // eslint-disable-next-line -- the second signal means: now
      process.exit(terminated ? EXIT_CODES.terminated : EXIT_CODES.interrupted);
    }
    controller.abort(
      new ToraleError(terminated ? 'TERMINATED' : 'INTERRUPTED', `Stopped by ${signal}; what was not finished was rolled back.`, {
        hint: 'Run the same command again.',
      }),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
}
