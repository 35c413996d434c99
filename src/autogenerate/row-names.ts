import { idOf, type Path } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Renamed } from './row-comparison.ts';

/** Tables and columns that are spelled another way afterwards, and are the same ones to the server. */
export function respelledNames(
  from: Schema,
  to: Schema,
  fold: (name: string, kind: 'table' | 'column') => string,
  renames: readonly Renamed[],
): Renamed[] {
  const foldedId = (kind: 'table' | 'column', path: Path): string => {
    const last = path.length - 1;
    return idOf(kind, [...path.slice(0, -1).map((name) => fold(name, 'table')), fold(path[last]!, kind)]);
  };
  const renamed = new Set(renames.map(({ kind, from: path }) => idOf(kind, path)));
  const gone = [...from.objects()].filter(
    ({ kind, path }) => (kind === 'table' || kind === 'column') && !to.has(idOf(kind, path)),
  );
  if (gone.length === 0) return [];
  const afterwards = new Map<string, Path>();
  for (const { kind, path } of to.objects()) {
    if (kind === 'table' || kind === 'column') afterwards.set(foldedId(kind, path), path);
  }
  return gone.flatMap(({ kind, path }): Renamed[] => {
    if (renamed.has(idOf(kind, path))) return [];
    const now = afterwards.get(foldedId(kind as 'table' | 'column', path));
    return now === undefined ? [] : [{ kind, from: path, to: now }];
  });
}
