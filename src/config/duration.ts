const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest time that a timer of Node can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * A duration in milliseconds, or undefined where it is none. A bare number is seconds.
 *
 * @example `parseDuration('1h30m')` is `5_400_000`, `parseDuration(5)` is `5000`
 */
export function parseDuration(duration: string | number): number | undefined {
  const text = String(duration).trim();
  const parts = /^\d+(?:\.\d+)?$/.test(text) ? [`${text}s`] : text.match(/\d+(?:\.\d+)?(?:ms|[smhd])/g);
  if (parts === null || parts.join('').length < text.length) return undefined;
  let milliseconds = 0;
  for (const part of parts) {
    const [, amount, unit] = /^([\d.]+)(\D+)$/.exec(part)!;
    milliseconds += Number(amount) * UNITS[unit!]!;
  }
  const rounded = Math.round(milliseconds);
  return rounded <= LONGEST ? rounded : undefined;
}

/** A duration as it would be written: `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms']) {
    const amount = Math.floor(rest / UNITS[unit]!);
    rest -= amount * UNITS[unit]!;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text || '0s';
}
