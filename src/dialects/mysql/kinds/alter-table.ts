import type { Statement } from '../../../diff/rules.ts';
import type { SchemaObject } from '../../../schema/object.ts';
import { quote } from '../quote.ts';

export function alterTable(table: string, clause: string, said: Omit<Statement, 'sql'> = {}): Statement {
  return { sql: `ALTER TABLE ${quote(table)} ${clause}`, ...said };
}

/** What belongs to one table is altered together. */
export function tableOf({ path }: SchemaObject): string {
  return path[0]!;
}

const ALTER = /^(ALTER TABLE `(?:[^`]|``)+`) (.*)$/s;

/**
 * One ALTER TABLE of several for one table: each copies the table, and some changes are refused in two steps (an index
 * that a foreign key needs, the key of an AUTO_INCREMENT column).
 */
export function combine(statements: readonly Statement[]): Statement[] {
  const combined: { head: string | undefined; clauses: string[]; parts: Statement[] }[] = [];
  for (const statement of statements) {
    const [, head, clause] = ALTER.exec(statement.sql) ?? [];
    const last = combined.at(-1);
    if (head === undefined || last?.head !== head) combined.push({ head, clauses: [clause!], parts: [statement] });
    else {
      last.clauses.push(clause!);
      last.parts.push(statement);
    }
  }
  return combined.map(({ head, clauses, parts }) =>
    parts.length === 1 ? parts[0]! : { ...together(parts), sql: `${head}\n  ${clauses.join(',\n  ')}` },
  );
}

function together(parts: readonly Statement[]): Omit<Statement, 'sql'> {
  const hazards = parts.flatMap(({ hazard }) => hazard ?? []);
  const loses = parts.flatMap(({ loses: lost }) => lost ?? []);
  return {
    ...(hazards.length === 0 ? {} : { hazard: hazards.join(' ') }),
    ...(loses.length === 0 ? {} : { loses }),
  };
}
