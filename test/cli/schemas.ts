import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const folder = fileURLToPath(new URL('../../docs/json/', import.meta.url));
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });

/** The documented schemas by the command they are of. */
export const schemas = new Map<string, ValidateFunction>(
  readdirSync(folder).map((name) => [
    name.replace('.schema.json', ''),
    ajv.compile(JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as object),
  ]),
);

export function expectValid(schema: string, document: unknown): void {
  const validate = schemas.get(schema)!;
  expect(validate(document) ? [] : validate.errors, JSON.stringify(document, null, 2)).toEqual([]);
}
