/**
 * Random numbers that a seed repeats (mulberry32).
 *
 * @param {string} seed
 */
export function randomOf(seed) {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (/** @type {number} */ low, /** @type {number} */ high) => low + next() * (high - low),
    whole: (/** @type {number} */ low, /** @type {number} */ high) => low + Math.floor(next() * (high - low + 1)),
    /** Mostly short, sometimes long: what strikes at such intervals strikes everywhere. */
    wait: (/** @type {number} */ mean) => -Math.log(1 - next()) * mean,
    pick: (/** @type {readonly T[]} */ list) => list[Math.floor(next() * list.length)],
  };
}
