import { tokensOf, wordOf } from '../kinds/text.ts';

/** So many days after the year 0, as TO_DAYS() counts them. */
export function numberOfDays(days: number): string {
  // 719528 is 1970-01-01: https://mariadb.com/kb/en/to_days/
  return new Date((days - 719_528) * 86_400_000).toISOString().slice(0, 10);
}

const COMMON: readonly string[] = [
  '0',
  '1',
  '-1',
  '10',
  '100',
  '0.5',
  "''",
  "'a'",
  "'A'",
  "'abc'",
  "'1'",
  "'12345'",
  "'a@b.co'",
  "'https://example.com/a'",
  "'{}'",
  "'[]'",
  `'{"a": 1}'`,
  "'2024-01-02'",
  "'2024-01-02 03:04:05'",
  "X'0102'",
  'NULL',
];

/** Values worth trying where expressions restrict them: the constants that they name, and what is near. */
export function candidatesIn(text: string): string[] {
  const found = new Set<string>();
  const add = (...values: readonly string[]): void => values.forEach((value) => found.add(value));
  for (const token of tokensOf(text)) {
    const part = wordOf(text, token);
    if (token.kind === 'string' && part.startsWith("'")) {
      const inside = part.slice(1, -1);
      add(part, `'${inside}a'`, `'a${inside}'`, `'${inside.replaceAll('%', 'x').replaceAll('_', 'y')}'`);
    } else if (/^\d{1,15}$/.test(part)) {
      const number = Number(part);
      add(String(number), String(number + 1), String(number - 1), String(-number));
      add(...datesNear(number));
      if (number <= 256) add(`'${'a'.repeat(number)}'`, `'${'1'.repeat(number)}'`, `'${'a'.repeat(number + 1)}'`);
    } else if (/^\d*\.\d+$/.test(part)) add(part, String(Number(part) + 0.5), String(Number(part) - 0.5));
  }
  add(...COMMON);
  return [...found];
}

/** Days, years and seconds by which partitions are divided. */
function datesNear(number: number): string[] {
  const isDay = number > 600_000 && number < 1_000_000;
  if (isDay) return [number - 1, number, number + 1].map((days) => `'${numberOfDays(days)}'`);
  if (number > 1900 && number < 2100) return [number - 1, number, number + 1].map((year) => `'${year}-06-15'`);
  if (number > 100_000_000 && number < 2 ** 31) {
    const at = (seconds: number): string =>
      `'${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}'`;
    return [at(number - 1), at(number + 1)];
  }
  return [];
}
