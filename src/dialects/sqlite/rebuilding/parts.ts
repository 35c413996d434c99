import { ToraleError } from '../../../errors.ts';
import { nameIn } from '../kinds/ident.ts';
import { codeTokens } from '../read/cursor.ts';
import type { TableFacts } from './facts.ts';

/** An index or trigger of a table, as SQLite keeps it. */
export interface TablePart {
  readonly kind: 'index' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/**
 * What names a column that goes cannot be made again.
 *
 * @throws ToraleError REVISION_FAILED
 */
export function refuseBrokenParts(found: TableFacts, target: TableFacts, parts: readonly TablePart[]): void {
  const after = new Set(target.columns.map((name) => name.toLowerCase()));
  const gone = new Map(found.columns.map((name) => [name.toLowerCase(), name]));
  for (const name of after) gone.delete(name);
  for (const part of parts) {
    const named = namesIn(part).find((name) => gone.has(name));
    if (named === undefined) continue;
    const { kind, name } = part;
    throw new ToraleError(
      'REVISION_FAILED',
      `op.rebuildTable would break ${kind} ${name}: it names ${gone.get(named)!}, which the new ${found.name} does not have.`,
      { hint: `Drop it before, and make it again as it should be behind: DROP ${kind.toUpperCase()} ${name}` },
    );
  }
}

/** The columns of its own table that a part names, in lower case, and perhaps other words. */
function namesIn({ kind, sql }: TablePart): string[] {
  const tokens = codeTokens(sql);
  const texts = tokens.map(({ start, end }) => sql.slice(start, end));
  const word = (at: number): string => (tokens[at]?.kind === 'word' ? texts[at]!.toUpperCase() : '');
  const isName = (at: number): boolean => tokens[at]?.kind === 'word' || tokens[at]?.kind === 'name';
  // Up to the table the names are those of the index or trigger, or of the columns behind UPDATE OF.
  const on = texts.findIndex((_, at) => word(at) === 'ON');
  const of = texts.findIndex((_, at) => word(at) === 'OF' && word(at - 1) === 'UPDATE');
  return texts.flatMap((text, at) => {
    const isMeant =
      kind === 'index'
        ? at > on + 1 && texts[at + 1] !== '(' && word(at - 1) !== 'COLLATE'
        : (of !== -1 && at > of && at < on) ||
          (texts[at - 1] === '.' && /^(?:NEW|OLD)$/i.test(nameIn(texts[at - 2] ?? '')));
    return isMeant && isName(at) ? [nameIn(text).toLowerCase()] : [];
  });
}
