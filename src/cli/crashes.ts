import { ToraleError } from '../errors.ts';

/** Time for a run to take back what is open, after which nothing can be hoped for. */
const PATIENCE_MS = 5000;

/**
 * An error that nobody awaits (in a timer, an event, a forgotten promise of a revision) stops the run in order. Node
 * itself would end the process at once and print the error as it is, with whatever password it quotes.
 *
 * @param redact takes the secrets out of a text
 * @param tell prints what comes when the run is over
 * @returns to be called when the run is over: from then on such an error is only told
 */
export function abortOnCrash(
  controller: AbortController,
  redact: (text: string) => string,
  tell: (failure: ToraleError) => void,
): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (thrown: unknown): void => {
    const failure = crash(thrown, redact);
    if (isOver) {
      tell(failure);
      process.exitCode = failure.exitCode;
      return;
    }
    controller.abort(failure);
    timer ??= setTimeout(() => {
      process.off('uncaughtException', stop);
      throw failure;
    }, PATIENCE_MS);
  };
  process.on('uncaughtException', stop);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

function crash(thrown: unknown, redact: (text: string) => string): ToraleError {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const failure = new ToraleError(
    'UNEXPECTED',
    `An error that nothing waited for stopped the run: ${redact(message)}`,
    {
      hint: 'It came from a timer, an event or a promise without await. --debug shows where.',
    },
  );
  failure.stack = redact(thrown instanceof Error ? (thrown.stack ?? message) : message);
  return failure;
}
