import { ToraleError } from '../errors.ts';

/**
 * Turns SIGINT and SIGTERM into an abort, so that the run can take back what is open and release the lock.
 * A second signal ends the process at once. Handlers are needed: as PID 1 of a container Node would ignore SIGTERM.
 *
 * @returns removes the handlers
 */
export function abortOnSignals(controller: AbortController): () => void {
  const release = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      // The default action, which leaves 130 or 143. As PID 1 there is none, and the run goes on to stop in order.
      release();
      process.kill(process.pid, signal);
      return;
    }
    controller.abort(
      new ToraleError(signal === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED', `Stopped by ${signal}.`, {
        hint: 'Run the same command again: it goes on from where the database is now.',
      }),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return release;
}
