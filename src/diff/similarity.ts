/** How alike two names are, from 0 to 1: the better of shared words and shared letter pairs. */
export function nameLikeness(a: string, b: string): number {
  const one = a.toLowerCase();
  const other = b.toLowerCase();
  if (one === other) return 1;
  if (one.replaceAll('_', '') === other.replaceAll('_', '')) return 0.95;
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  // A name of one letter has no pairs, and is like no other.
  return Math.max(share(wordsOf(a), wordsOf(b)), pairs.length + others.length === 0 ? 0 : share(pairs, others));
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => (word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word));
}

function pairsOf(name: string): string[] {
  return Array.from({ length: Math.max(0, name.length - 1) }, (_, at) => name.slice(at, at + 2));
}

/** Twice what both have over what each has (Dice). */
export function share(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 1;
  const left = [...b];
  let both = 0;
  for (const item of a) {
    const at = left.indexOf(item);
    if (at === -1) continue;
    left.splice(at, 1);
    both += 1;
  }
  return (2 * both) / (a.length + b.length);
}
