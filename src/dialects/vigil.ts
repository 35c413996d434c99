/** A connection of a server driver's, as far as it is watched. */
export interface Wire {
  /** Nothing was asked that is not answered. */
  isIdle(): boolean;
  bytesRead(): number;
  /** Something for the server to see that neither answers with rows nor touches a transaction. */
  ping(): void;
  /** Opens one more connection and closes it again. */
  reach(): Promise<void>;
  /** Ends the connection here, with this error for what was asked. */
  cut(error: Error): void;
}

/**
 * How long the server lets a connection of ours be idle. Behind a proxy or a NAT that forwards nothing any more but
 * keeps its side open, no keepalive of TCP's fails; this is what frees the migration lock then. In seconds.
 */
export const IDLE_LIMIT_S = 45;

const EVERY_MS = 15_000;
/** For the whole of reaching the server anew. */
const REACH_MS = 8000;
/** A server that is only slow to accept once must not cost a run its work. */
const TRIES = 2;

/**
 * Keeps an idle connection from being ended by the server, and ends one that the network has forgotten: where a
 * statement is long without an answer, a second connection tells a slow statement from a server that cannot be reached.
 * Only silence counts. Whoever refuses has answered.
 *
 * @returns ends the watch
 */
export function keepVigil(wire: Wire): () => void {
  let seen = -1;
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    if (wire.isIdle()) {
      seen = -1;
      wire.ping();
      return;
    }
    const read = wire.bytesRead();
    const isSilent = read === seen;
    seen = read;
    if (!isSilent) return;
    isBusy = true;
    void isUnreachable(wire).then((isGone) => {
      isBusy = false;
      if (isGone && wire.bytesRead() === read && !wire.isIdle()) wire.cut(silence());
    });
  }, EVERY_MS);
  // The watch alone is no reason for the process to go on.
  timer.unref();
  return () => clearInterval(timer);
}

async function isUnreachable(wire: Wire): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await answers(wire)) return false;
  }
  return true;
}

async function answers(wire: Wire): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), REACH_MS);
  });
  const reached = wire.reach().then(
    () => true,
    // The driver may run out of time before we do.
    (error: unknown) => !/time.?d?.?out/i.test(`${String((error as NodeJS.ErrnoException).code)} ${String(error)}`),
  );
  try {
    return await Promise.race([reached, late]);
  } finally {
    clearTimeout(timer);
  }
}

function silence(): Error {
  return Object.assign(
    new Error('the server has not answered for half a minute, and a new connection to it gets no answer either'),
    { code: 'ETIMEDOUT' },
  );
}

/** Saying goodbye to a server that cannot be reached must not take longer than this. */
const GOODBYE_MS = 5000;

/** Ends a connection politely where the other side takes notice, else at once. */
export async function endPolitely(end: () => Promise<unknown>, destroy: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      destroy();
      resolve();
    }, GOODBYE_MS);
  });
  try {
    await Promise.race([end(), late]);
  } finally {
    clearTimeout(timer);
  }
}
