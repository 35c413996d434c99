import type { Statement } from '../diff/rules.ts';
import { ToraleError } from '../errors.ts';
import { keyOf, nameOf, type ObjectId, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { didYouMean } from '../suggest.ts';

/**
 * Reads `table.column=EXPRESSION`: what rows get in a column that asks for a value they do not have.
 *
 * @throws ToraleError USAGE where it names no column, or several
 */
export function parseFills(texts: readonly string[], to: Schema): ReadonlyMap<ObjectId, string> {
  const columns = [...to.objects()].filter(({ kind }) => kind === 'column');
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, Math.max(0, at)).trim();
      const expression = text.slice(at + 1).trim();
      if (name === '' || expression === '') throw malformed(text);
      return [keyOf(columnNamed(name, columns)), expression];
    }),
  );
}

function columnNamed(name: string, columns: readonly SchemaObject[]): SchemaObject {
  const found = columns.filter(({ path }) => nameOf(path) === name || nameOf(path.slice(-2)) === name);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new ToraleError('USAGE', `--fill ${name} can mean several columns.`, {
      hint: `Say which: ${found.map(({ path }) => nameOf(path)).join(', ')}`,
    });
  }
  const known = columns.map(({ path }) => nameOf(path.slice(-2)));
  throw new ToraleError('USAGE', `--fill ${name}: the target has no such column.`, { hint: didYouMean(name, known) });
}

function malformed(text: string): ToraleError {
  return new ToraleError('USAGE', `--fill ${text} is not of the form table.column=EXPRESSION.`, {
    hint: `For example:  --fill "users.email=name || '@example.com'"`,
  });
}

/** A value that nothing asks for is a mistake in its name more often than not. */
export function refuseUnusedFills(fills: ReadonlyMap<ObjectId, string>, statements: readonly Statement[]): void {
  for (const [id, expression] of fills) {
    if (statements.some(({ sql }) => sql.includes(expression))) continue;
    throw new ToraleError(
      'USAGE',
      `--fill ${id.slice(id.indexOf(':') + 1)}: nothing in this change asks for a value there.`,
      {
        hint: 'It serves a column that is new and NOT NULL, becomes NOT NULL, or changes its type.',
      },
    );
  }
}
