import type { Statement } from '../diff/rules.ts';
import { hasTextOverLines, indent } from './layout.ts';
import { templateLiteral } from './literal.ts';
import { pairUp, type DialectBody, type Step } from './pairs.ts';

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
  return bodyOf(header, renderStatements(statements));
}

export interface RenderBodiesOptions extends RenderOptions {
  /** Of the objects there are, in small letters: by these it is seen which statements are about the same thing. */
  readonly names: ReadonlySet<string>;
  /** Whether a text of several statements comes apart again into just these. */
  readonly comesApart: (dialect: string, text: string, statements: readonly string[]) => boolean;
}

/**
 * The body of `upgrade` for several dialects: `op.execute({ postgres: …, sqlite: … })`, which no database passes over in
 * silence: one that is not named there is an error when the revision runs. What all of them run word for word stands in a
 * plain `op.execute`.
 *
 * @returns lines indented by two, without a line end
 */
export function renderBodies(
  bodies: readonly DialectBody[],
  { header = [], names, comesApart }: RenderBodiesOptions,
): string {
  if (bodies.length === 1) return renderBody(bodies[0]!.statements, { header });
  const dialects = bodies.map(({ dialect }) => dialect);
  const lines: string[] = [];
  const steps = pairUp(bodies, names).flatMap((step) => inOneText(step, comesApart));
  for (let at = 0; at < steps.length; at += 1) {
    const [[dialect, [first]]] = [...steps[at]!] as [[string, [Statement]]];
    if (first.transactional !== false) {
      lines.push(...renderStep(steps[at]!, dialects));
      continue;
    }
    const outside = [first];
    for (let next = aloneIn(steps[at + 1], dialect); next !== null; next = aloneIn(steps[at + 1], dialect)) {
      outside.push(next);
      at += 1;
    }
    // Elsewhere it would end the transaction for nothing.
    lines.push(`if (op.dialect === '${dialect}') {`, ...renderStatements(outside).map(shifted), '}');
  }
  return bodyOf(header, lines);
}

/** The statement of a step that stands outside the transaction. */
function aloneIn(step: Step | undefined, dialect: string): Statement | null {
  const [statement] = step?.get(dialect) ?? [];
  return statement?.transactional === false ? statement : null;
}

/** A step as it can be written: several statements in one text only where they come apart as they were. */
function inOneText(step: Step, comesApart: RenderBodiesOptions['comesApart']): Step[] {
  const isSound = [...step].every(
    ([dialect, statements]) =>
      statements.length === 1 ||
      comesApart(
        dialect,
        textOf(statements),
        statements.map(({ sql }) => sql),
      ),
  );
  if (isSound) return [step];
  return [...step].flatMap(([dialect, statements]) => statements.map((statement) => new Map([[dialect, [statement]]])));
}

function renderStep(step: Step, dialects: readonly string[]): string[] {
  const texts = dialects.map((dialect) => (step.has(dialect) ? textOf(step.get(dialect)!) : null));
  const isKept = dialects.map((dialect) => step.get(dialect)?.some(({ verbatim }) => verbatim) ?? false);
  const remarks = dialects.map((dialect) => remarksOf(step.get(dialect) ?? []));
  const isSame = texts.every((text) => text !== null && text === texts[0]);
  if (isSame) return call([...new Set(remarks.flat())], texts[0]!, isKept.includes(true));
  const entries = dialects.flatMap((dialect, at) => {
    const text = texts[at]!;
    return [
      ...remarks[at]!.map(comment),
      ...(text === null ? [`${dialect}: null,`] : literal(`${dialect}: `, text, ',', isKept[at]!)),
    ];
  });
  return ['await op.execute({', ...entries.map(shifted), '});'];
}

function textOf(statements: readonly Statement[]): string {
  if (statements.length === 1) return statements[0]!.sql;
  return statements.map(({ sql }) => `${sql};`).join('\n');
}

/** What stands above it: why it is there, and what a reviewer must know. */
function remarksOf(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ note, hazard }) => [note, hazard].flatMap((text) => text?.split('\n') ?? []));
}

function renderStatements(statements: readonly Statement[]): string[] {
  const lines: string[] = [];
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
  return lines;
}

function renderStatement(statement: Statement): string[] {
  return call(remarksOf([statement]), statement.sql, statement.verbatim === true);
}

function call(remarks: readonly string[], sql: string, isKept: boolean): string[] {
  return [...remarks.map(comment), ...literal('await op.execute(', sql, ');', isKept)];
}

function bodyOf(header: readonly string[], lines: readonly string[]): string {
  return [...header.map(comment), ...lines]
    .map((line) => (line.startsWith(KEEP) ? line.slice(KEEP.length) : shifted(line)))
    .join('\n');
}

/** Lines of a text that must arrive byte for byte begin at the margin. */
const KEEP = '\0';

const shifted = (line: string): string => (line.startsWith(KEEP) || line === '' ? line : `  ${line}`);

const comment = (text: string): string => `// ${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')}`;

/** A text as code, with what stands before and behind it. */
function literal(before: string, sql: string, behind: string, isKept: boolean): string[] {
  if (!sql.includes('\n')) return [`${before}${templateLiteral(sql)}${behind}`];
  if (isKept || hasTextOverLines(sql)) {
    const [first, ...rest] = templateLiteral(sql).split('\n');
    return [`${before}${first}`, ...rest.map((line) => KEEP + line)].with(-1, `${KEEP}${rest.at(-1)}${behind}`);
  }
  const [first, ...rest] = templateLiteral(`\n${indent(sql, 2)}\n`).split('\n');
  return [`${before}${first}`, ...rest.slice(0, -1), `${rest.at(-1)}${behind}`];
}
