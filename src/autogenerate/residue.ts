import type { SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import { describeObject } from '../diff/lookup.ts';
import { sameDefinition } from '../schema/object.ts';
import type { Proof } from './heal.ts';

/** What is left to do after the statements ran, a line for each object. */
export function residueLines({ residue, failure }: Proof, rules: SchemaDialect): string[] {
  const failed = failure === null ? [] : [`fails: ${failure.message}`];
  return [...failed, ...residue.map((change) => residueLine(change, rules))];
}

/** How a difference is told: of a database, by what is missing there and what is more. */
interface Words {
  readonly missing: string;
  readonly more: string;
}

const AFTERWARDS: Words = { missing: 'is missing', more: 'is still there' };

/** @param words what is said of an object that only one side has; by default what a proof says */
export function residueLine(change: Change, rules: SchemaDialect, words: Words = AFTERWARDS): string {
  if (change.type === 'create') return `${describeObject(rules.kinds, change.object)} ${words.missing}`;
  if (change.type === 'drop') return `${describeObject(rules.kinds, change.object)} ${words.more}`;
  const was = change.from.definition as Record<string, unknown>;
  const now = change.to.definition as Record<string, unknown>;
  const fields = [...new Set([...Object.keys(was), ...Object.keys(now)])].filter(
    (field) => !sameDefinition(was[field], now[field]),
  );
  const told = fields.map((field) => `${field} is ${show(was[field])}, not ${show(now[field])}`);
  return `${describeObject(rules.kinds, change.to)}: ${told.join('; ')}`;
}

function show(value: unknown): string {
  const text = value === undefined ? 'unset' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}
