import type { ConfigRow } from '../config/describe.ts';
import { table, type Paint } from './output.ts';

/** Each setting, its value and where that was said. */
export function configText(rows: readonly ConfigRow[], paint: Paint): string {
  return table(
    rows.map(({ key, value, origin }) => {
      const isDefault = origin === 'default';
      return [key, isDefault ? paint('dim', valueText(value)) : valueText(value), paint('dim', origin)];
    }),
  );
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
