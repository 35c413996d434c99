import type { Statement } from '../diff/rules.ts';
import { hasTextOverLines, indent } from './layout.ts';
import { templateLiteral } from './literal.ts';

export interface RenderOptions {
  /** Comment lines before the first statement. */
  readonly header?: readonly string[] | undefined;
}

/**
 * The body of `upgrade` that runs the statements: one `op.execute` for each, what must stand outside the transaction in an
 * `op.autocommit`, and a comment above what a reviewer must see.
 *
 * @returns lines indented by two, without a line end
 */
export function renderBody(statements: readonly Statement[], { header = [] }: RenderOptions = {}): string {
  const lines = header.map(comment);
  for (let at = 0; at < statements.length;) {
    const outside = statements.slice(at).findIndex(({ transactional }) => transactional !== false);
    const count = outside === -1 ? statements.length - at : outside;
    if (count === 0) {
      lines.push(...renderStatement(statements[at]!));
      at += 1;
      continue;
    }
    lines.push(
      'await op.autocommit(async () => {',
      ...statements
        .slice(at, at + count)
        .flatMap((statement) => renderStatement(statement).map((line) => shifted(line))),
      '});',
    );
    at += count;
  }
  return lines.map((line) => (line.startsWith(KEEP) ? line.slice(KEEP.length) : shifted(line))).join('\n');
}

/** Lines of a text that must arrive byte for byte begin at the margin. */
const KEEP = '\0';

const shifted = (line: string): string => (line.startsWith(KEEP) || line === '' ? line : `  ${line}`);

const comment = (text: string): string => `// ${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')}`;

function renderStatement({ sql, note, hazard }: Statement): string[] {
  const before = [note, hazard].flatMap((text) => text?.split('\n').map(comment) ?? []);
  if (!sql.includes('\n')) return [...before, `await op.execute(${templateLiteral(sql)});`];
  if (hasTextOverLines(sql)) {
    const [first, ...rest] = templateLiteral(sql).split('\n');
    return [...before, `await op.execute(${first}`, ...rest.map((line) => KEEP + line)].with(
      -1,
      `${KEEP}${rest.at(-1)});`,
    );
  }
  const [first, ...rest] = templateLiteral(`\n${indent(sql, 2)}\n`).split('\n');
  return [...before, `await op.execute(${first}`, ...rest.slice(0, -1), `${rest.at(-1)});`];
}
