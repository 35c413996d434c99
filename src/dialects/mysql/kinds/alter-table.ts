import type { Statement } from '../../../diff/rules.ts';
import type { ObjectId, SchemaObject } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import type { OnlineStep } from './online.ts';
import { NAME } from './text.ts';

/** A statement with what the end of the plan makes of it. */
export interface MysqlStatement extends Statement {
  /** Settings of the session that it needs, as expressions by name. */
  readonly session?: Readonly<Record<string, string>>;
  /** Of an ALTER TABLE: the table, and what the server has to do for each clause; `null` for what is not known. */
  readonly alters?: { readonly table: string; readonly steps: readonly (OnlineStep | null)[] };
  /**
   * `first`, `alone`: no other clause can stand beside it, and it runs before the others, or after them. `last`: it stands
   * behind all others, without a comma.
   */
  readonly place?: 'first' | 'alone' | 'last';
}

type Said = Omit<MysqlStatement, 'sql' | 'alters'> & { readonly step?: OnlineStep | undefined };

/** @param step what the server does for it, where that is known */
export function alterTable(table: string, clause: string, said: Said = {}): MysqlStatement {
  const { step, ...rest } = said;
  return { sql: `ALTER TABLE ${quote(table)} ${clause}`, alters: { table, steps: [step ?? null] }, ...rest };
}

/** What belongs to one table is altered together. */
export function tableOf({ path }: SchemaObject): string {
  return path[0]!;
}

const ALTER = /^(ALTER TABLE `(?:[^`]|``)+`) (.*)$/s;

interface Combined {
  readonly head: string | undefined;
  readonly parts: MysqlStatement[];
}

/**
 * One ALTER TABLE of several for one table: each copies the table, and some changes are refused in two steps (an index
 * that a foreign key needs, the key of an AUTO_INCREMENT column).
 */
export function combine(statements: readonly Statement[]): MysqlStatement[] {
  const combined: Combined[] = [];
  const ofPlace = (place: MysqlStatement['place']): MysqlStatement[] =>
    (statements as readonly MysqlStatement[]).filter((statement) => statement.place === place);
  for (const statement of statements as readonly MysqlStatement[]) {
    if (statement.place === 'alone' || statement.place === 'first') continue;
    const head = ALTER.exec(statement.sql)?.[1];
    const last = combined.at(-1);
    if (head === undefined || last?.head !== head || clashes(last.parts, statement))
      combined.push({ head, parts: [statement] });
    else last.parts.push(statement);
  }
  const rest = combined.map((one) => (one.parts.length === 1 ? one.parts[0]! : together(one)));
  return [...ofPlace('first'), ...rest, ...ofPlace('alone')];
}

const DROPS_KEY = / DROP FOREIGN KEY /;
const ADDS_KEY = / ADD CONSTRAINT .* FOREIGN KEY /s;

/** In one statement a foreign key cannot be dropped and made again under its name (errno 121). */
function clashes(parts: readonly MysqlStatement[], { sql }: MysqlStatement): boolean {
  return ADDS_KEY.test(sql) && parts.some((part) => DROPS_KEY.test(part.sql));
}

const PLACED = new RegExp(
  `^ALTER TABLE ${NAME} (?:ADD COLUMN (${NAME}) |MODIFY COLUMN (${NAME}) .* (?:FIRST|AFTER ${NAME})$)`,
  's',
);
const BEHIND = new RegExp(` AFTER (${NAME})$`);

/**
 * Where a column stands is read clause by clause: what it stands behind has to be there, though it may be computed from this
 * one.
 */
function columnsBehind(parts: readonly MysqlStatement[]): MysqlStatement[] {
  const placed = new Map(
    parts.flatMap((part) => {
      const found = PLACED.exec(part.sql);
      return found === null ? [] : [[found[1] ?? found[2]!, part] as const];
    }),
  );
  const ordered = new Set<MysqlStatement>();
  for (const part of parts) {
    const waiting: MysqlStatement[] = [];
    for (let next: MysqlStatement | undefined = part; next !== undefined && !ordered.has(next);) {
      if (waiting.includes(next)) break;
      waiting.push(next);
      next = placed.get(BEHIND.exec(next.sql)?.[1] ?? '');
    }
    for (const one of waiting.toReversed()) ordered.add(one);
  }
  return [...ordered];
}

function together({ head, parts }: Combined): MysqlStatement {
  const hazards = new Set(parts.flatMap(({ hazard }) => hazard ?? []));
  const loses: ObjectId[] = parts.flatMap(({ loses: lost }) => lost ?? []);
  const session = Object.assign({}, ...parts.map((part) => part.session ?? {})) as Record<string, string>;
  const rest = columnsBehind(parts.filter(({ place }) => place !== 'last'));
  const inOrder = [...rest, ...parts.filter(({ place }) => place === 'last')];
  const clauses = inOrder.map(({ sql, place }, at) => {
    const comma = at === 0 ? '' : place === 'last' ? '\n  ' : ',\n  ';
    return `${comma}${ALTER.exec(sql)![2]!}`;
  });
  const steps = parts.flatMap(({ alters }) => alters?.steps ?? [null]);
  return {
    sql: `${head}\n  ${clauses.join('')}`,
    alters: { table: parts[0]!.alters!.table, steps },
    ...(hazards.size === 0 ? {} : { hazard: [...hazards].join(' ') }),
    ...(loses.length === 0 ? {} : { loses }),
    ...(Object.keys(session).length === 0 ? {} : { session }),
  };
}
