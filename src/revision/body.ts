const UPGRADE = /export\s+(?:async\s+)?function\s+upgrade\s*\([^)]*\)[^{]*\{/;
const CALL =
  /^\s*(?:\/\/[^\n]*\n\s*)*await\s+op\.execute\(\s*(String\.raw)?(?:`((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")\s*,?\s*\)\s*;?/;

/**
 * The statements of a revision whose body is nothing but `await op.execute(…)` with literal text, as autogenerate
 * writes it; `null` for any other, since only running it would tell.
 */
export function plainStatements(
  text: string,
  split: (sql: string) => readonly { readonly text: string }[],
): string[] | null {
  const start = UPGRADE.exec(text);
  if (start === null) return null;
  let rest = text.slice(start.index + start[0].length);
  const statements: string[] = [];
  for (let call = CALL.exec(rest); call !== null; call = CALL.exec(rest)) {
    const sql = call[2] ?? call[3] ?? call[4] ?? '';
    try {
      statements.push(
        ...split(call[1] === undefined ? sql.replace(/\\([`$\\'"])/g, '$1') : sql).map(({ text: one }) => one),
      );
    } catch {
      return null;
    }
    rest = rest.slice(call[0].length);
  }
  return /^\s*(?:\/\/[^\n]*\n\s*)*\}\s*$/.test(rest) ? statements : null;
}
