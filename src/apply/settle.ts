import type { NamedObject } from '../dialects/sql/objects.ts';

/** What an object looked like: a digest of its definition, `absent` where there was none. `null` stands for everything. */
export interface Fingerprint {
  readonly object: NamedObject | null;
  readonly value: string;
}

export type Verdict = 'applied' | 'notApplied' | 'ambiguous';

/**
 * Whether a statement that was cut off took effect, from how the objects it names looked before it and look now.
 *
 * @param atomic whether the server runs such a statement whole or not at all
 */
export function settle(before: readonly Fingerprint[], now: readonly Fingerprint[], atomic: boolean): Verdict {
  if (before.length === 0 || before.length !== now.length) return 'ambiguous';
  const changed = before.filter(({ value }, index) => now[index]!.value !== value).length;
  if (changed === 0) return 'notApplied';
  return atomic && changed === before.length ? 'applied' : 'ambiguous';
}

/** As the journal keeps it; `[]` for what is none of ours. */
export function parseFingerprints(text: string | null): Fingerprint[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? (value as Fingerprint[]) : [];
  } catch {
    return [];
  }
}
