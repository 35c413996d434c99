// https://nodejs.org/api/v8.html#v8setflagsfromstringflags; a V8 that does not know a flag prints an error.
const isKnown = /^1[23]\./.test(process.versions.v8);
const changed = new Map<string, number>();

/**
 * Keeps the part of the heap for what is new as small as it is. While schemas are read V8 would let it grow to 64 MiB,
 * nearly all of it garbage: a `diff` of 5,000 tables in SQLite has its peak at 201 MiB instead of 339.
 *
 * Where schemas are built, and several are held, garbage is collected when it is a third of what is in use, not as much again or
 * more: a draft of 5,000 tables in MariaDB has its peak at 292 MiB instead of 399. In a `diff` this would be a tenth of its
 * time. Revisions that are imported afterwards miss Node's compile cache, which is told apart by flags: 0.05 ms each.
 */
export function keepHeapSmall(what: 'read' | 'built'): void {
  if (!isKnown) return;
  change('--semi-space-growth-factor', 1, 2);
  if (what === 'built') change('--heap-growing-percent', 30, 0);
}

/** Before the process ends: Node writes its compile cache last. */
export function letHeapGrow(): void {
  for (const [flag, usual] of changed) set(flag, usual);
  changed.clear();
}

function change(flag: string, value: number, usual: number): void {
  if (changed.has(flag)) return;
  changed.set(flag, usual);
  set(flag, value);
}

function set(flag: string, value: number): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(`${flag}=${value}`);
}
