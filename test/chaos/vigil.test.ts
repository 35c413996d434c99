import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endPolitely, IDLE_LIMIT_S, keepVigil, type Wire } from '../../src/dialects/vigil.ts';

const NEVER = new Promise<void>(() => undefined);

/** A connection that is asked something it does not answer. */
function wire(reach: () => Promise<void>) {
  return {
    isIdle: () => false,
    bytesRead: vi.fn<() => number>(() => 7),
    ping: vi.fn<() => void>(),
    reach: vi.fn<() => Promise<void>>(reach),
    cut: vi.fn<(error: Error) => void>(),
  } satisfies Wire;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a connection that is watched', () => {
  test('shows itself to the server while it is idle, well before that ends it', async () => {
    const idle = { ...wire(() => NEVER), isIdle: () => true };
    const end = keepVigil(idle);
    await vi.advanceTimersByTimeAsync(IDLE_LIMIT_S * 1000);
    expect(idle.ping.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(idle.reach).not.toHaveBeenCalled();
    end();
    idle.ping.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(idle.ping).not.toHaveBeenCalled();
  });

  test('is ended within a minute where the server cannot be reached anew', async () => {
    const lost = wire(() => NEVER);
    keepVigil(lost);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost.cut).toHaveBeenCalledWith(expect.objectContaining({ code: 'ETIMEDOUT' }));
    expect(lost.ping).not.toHaveBeenCalled();
  });

  test.each([
    ['accepts another connection', () => Promise.resolve()],
    ['refuses another connection', () => Promise.reject(new Error('sorry, too many clients already'))],
  ])('is left to its long statement where the server %s', async (_, reach) => {
    const slow = wire(reach);
    keepVigil(slow);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(slow.reach.mock.calls.length).toBeGreaterThan(5);
    expect(slow.cut).not.toHaveBeenCalled();
  });

  test('is left alone where its answer comes while the server is tried', async () => {
    let read = 7;
    const late = { ...wire(() => NEVER), bytesRead: () => read };
    keepVigil(late);
    await vi.advanceTimersByTimeAsync(40_000);
    read = 8;
    await vi.advanceTimersByTimeAsync(8000);
    expect(late.cut).not.toHaveBeenCalled();
  });
});

describe('saying goodbye', () => {
  test('does not wait for a server that does not answer', async () => {
    const destroy = vi.fn<() => void>();
    const ended = endPolitely(() => NEVER, destroy);
    await vi.advanceTimersByTimeAsync(5000);
    await ended;
    expect(destroy).toHaveBeenCalledOnce();
  });
});
