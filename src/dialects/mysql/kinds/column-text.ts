import { textOf } from '../../sql/clauses.ts';
import type { Token } from '../../sql/token.ts';
import { nameIn, wordOf } from './text.ts';

/** A column as SHOW CREATE TABLE has it. */
export interface ReadColumn {
  readonly name: string;
  readonly type: string;
  /** As far as they are said. */
  readonly charset: string | undefined;
  readonly collation: string | undefined;
  readonly generated: 'virtual' | 'stored' | undefined;
  readonly expression: string | undefined;
  readonly notNull: boolean;
  /** All else, each with its keyword: `DEFAULT 1`, `ON UPDATE …`, `COMMENT 'x'`, `CHECK (…)`. */
  readonly clauses: readonly string[];
  /** The names in the expressions of its generation, its default and its check. */
  readonly names: readonly string[];
}

/** Types are printed in lower case and all that follows them in upper case. */
export function readColumn(sql: string, [first, ...tokens]: readonly Token[]): ReadColumn {
  const pieces = piecesOf(sql, tokens);
  const type = pieces.shift()!;
  const clauses: string[] = [];
  let charset: string | undefined;
  let collation: string | undefined;
  let generated: ReadColumn['generated'];
  let expression: string | undefined;
  let notNull = false;
  for (const piece of pieces) {
    const [, word, value = ''] = /^([A-Z_]+)\s*(.*)$/s.exec(piece) ?? [];
    if (word === 'CHARACTER') charset = value.replace(/^SET /, '');
    else if (word === 'COLLATE') collation = value;
    else if (word === 'NOT') notNull = true;
    else if (word === 'GENERATED' && !value.startsWith('ALWAYS AS ROW ')) {
      const [, inside, kind] = /^ALWAYS AS \((.*)\) (VIRTUAL|STORED|PERSISTENT)$/s.exec(value)!;
      expression = inside!;
      generated = kind === 'VIRTUAL' ? 'virtual' : 'stored';
    } else clauses.push(piece);
  }
  const names = tokens.filter(({ kind }) => kind === 'name').map((token) => nameIn(sql, token));
  return { name: nameIn(sql, first!), type, charset, collation, generated, expression, notNull, clauses, names };
}

/** Words that begin a clause; what else follows a type belongs to what stands before it. */
const STARTS = new Set(
  `CHARACTER COLLATE GENERATED NOT NULL DEFAULT ON AUTO_INCREMENT COMMENT CHECK INVISIBLE COMPRESSED WITHOUT SRID
   STORAGE COLUMN_FORMAT ENGINE_ATTRIBUTE SECONDARY_ENGINE_ATTRIBUTE`.split(/\s+/),
);

/** The type, then one text for each clause. */
function piecesOf(sql: string, tokens: readonly Token[]): string[] {
  const starts: number[] = [0];
  let depth = 0;
  for (let at = 1; at < tokens.length; at++) {
    const word = wordOf(sql, tokens[at]);
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (depth === 0 && tokens[at]!.kind === 'word' && STARTS.has(word)) {
      const before = wordOf(sql, tokens[at - 1]);
      // DEFAULT NULL, NOT NULL
      if (before !== 'DEFAULT' && before !== 'NOT') starts.push(at);
    }
  }
  return starts.map((start, at) => textOf(sql, tokens.slice(start, starts[at + 1])));
}

/** Clauses that the server takes nowhere but right behind the type. */
const EARLY = /^(?:COMPRESSED|REF_SYSTEM_ID)\b/;

/** The same put together again, behind its name. */
export function columnText(parts: {
  readonly type: string;
  readonly collation?: string | undefined;
  readonly generated?: string | undefined;
  readonly expression?: string | undefined;
  readonly notNull?: boolean | undefined;
  readonly clauses?: readonly string[] | undefined;
}): string {
  const { type, collation, generated, expression, notNull = false, clauses = [] } = parts;
  return [
    type,
    ...clauses.filter((clause) => EARLY.test(clause)),
    ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
    ...(generated === undefined ? [] : [`GENERATED ALWAYS AS (${expression}) ${generated.toUpperCase()}`]),
    ...(notNull ? ['NOT NULL'] : []),
    ...clauses.filter((clause) => !EARLY.test(clause)),
  ].join(' ');
}

const TEXT = /^(?:(?:tiny|medium|long)?text|(?:var)?char|enum|set)\b/;

/** Whether values of the type have a collation. */
export function isText(type: string): boolean {
  return TEXT.test(type);
}
