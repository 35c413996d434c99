const UPGRADE = /export\s+(?:async\s+)?function\s+upgrade\s*\([^)]*\)[^{]*\{/;
const COMMENTS = /^\s*(?:\/\/[^\n]*\n\s*)*/;
const OPENING = /^await\s+op\.execute\(\s*/;
const LITERAL =
  /^(String\.raw)?(?:`((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")\s*,?\s*/;
const KEY = /^(\w+)\s*:\s*/;
const NULL = /^null\s*,?\s*/;
const CLOSING = /^\)\s*;?/;

type Split = (sql: string) => readonly { readonly text: string }[];

/**
 * The statements of a revision whose body is nothing but `await op.execute(…)` with literal text, by itself or for each
 * dialect, as autogenerate writes it; `null` for any other, since only running it would tell.
 */
export function plainStatements(text: string, dialect: string, split: Split): string[] | null {
  const start = UPGRADE.exec(text);
  if (start === null) return null;
  const reader = new Reader(text.slice(start.index + start[0].length));
  const statements: string[] = [];
  try {
    for (;;) {
      reader.take(COMMENTS);
      if (reader.take(OPENING) === null) break;
      const sql = reader.literal() ?? reader.perDialect(dialect);
      if (sql === undefined || reader.take(CLOSING) === null) return null;
      if (sql !== null) statements.push(...split(sql).map(({ text: one }) => one));
    }
  } catch {
    return null;
  }
  return /^\}\s*$/.test(reader.rest) ? statements : null;
}

class Reader {
  rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.rest);
    if (match !== null) this.rest = this.rest.slice(match[0].length);
    return match;
  }

  literal(): string | undefined {
    const match = this.take(LITERAL);
    if (match === null) return undefined;
    const sql = match[2] ?? match[3] ?? match[4] ?? '';
    return match[1] === undefined ? sql.replace(/\\([`$\\'"])/g, '$1') : sql;
  }

  /** `{ postgres: …, sqlite: null }`; undefined where it does not tell what that dialect runs. */
  perDialect(dialect: string): string | null | undefined {
    if (this.take(/^\{/) === null) return undefined;
    let found: string | null | undefined;
    for (;;) {
      this.take(COMMENTS);
      if (this.take(/^\}\s*,?\s*/) !== null) return found;
      const key = this.take(KEY)?.[1];
      // Whether it comes before `mysql` is the server's to tell.
      if (key === undefined || key === 'mariadb') return undefined;
      const sql = this.take(NULL) === null ? this.literal() : null;
      if (sql === undefined) return undefined;
      if (key === dialect) found = sql;
    }
  }
}
