/** ALTER COLUMN … SET and DROP NOT NULL, ADD CONSTRAINT … CHECK, DROP CONSTRAINT: https://www.sqlite.org/releaselog/3_53_0.html */
export function altersInPlace(version: number): boolean {
  return version >= 3_053_000;
}
