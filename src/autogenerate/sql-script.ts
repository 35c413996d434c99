import { loadDialect } from '../dialects/load.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Statement } from '../diff/rules.ts';

/**
 * The statements as a script for the server's own client: what may be in transactions, what reviewers must know as comments.
 *
 * @returns '' where there is nothing to run
 */
export async function sqlScript(name: DialectName, statements: readonly Statement[]): Promise<string> {
  if (statements.length === 0) return '';
  const dialect = await loadDialect(name);
  const lines: string[] = dialect.preamble.map((statement) => `${statement};`);
  // Inside a transaction the pragma does nothing: https://www.sqlite.org/pragma.html#pragma_foreign_keys
  if (!dialect.sessionLock) lines.push('PRAGMA foreign_keys = OFF;');
  let isOpen = false;
  const turn = (open: boolean): void => {
    if (open !== isOpen) lines.push('', open ? `${dialect.begin};` : 'COMMIT;');
    isOpen = open;
  };
  for (const { sql, transactional, note, hazard } of statements) {
    turn(dialect.transactionalDdl && transactional !== false);
    lines.push('');
    for (const text of [note, hazard]) if (text !== undefined) lines.push(`-- ${text.replaceAll(/\s+/g, ' ')}`);
    lines.push(...dialect.terminate(sql));
  }
  turn(false);
  return `${lines.join('\n').trim()}\n`;
}
