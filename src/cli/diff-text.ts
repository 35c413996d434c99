import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { KINDS, type Kind } from '../schema/kinds.ts';
import { idOf, keyOf, sameDefinition, type ObjectId, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { nounOf } from './nouns.ts';
import { detailOf, headingOf, isOnAnother, oneLine, plainTypes, shortName, summaryOf } from './object-text.ts';
import type { Paint } from './output.ts';
import { displayWidth, pad } from './width.ts';

export interface DiffView {
  readonly changes: readonly Change[];
  readonly statements: readonly Statement[];
  readonly from: Schema;
  readonly to: Schema;
}

interface Group {
  /** What the lines are about, where it is known which kind of object that is. */
  readonly name: string;
  readonly kind: Kind;
  main: Change | null;
  readonly parts: Change[];
}

type Sign = '+' | '~' | '-';

interface Line {
  readonly sign: Sign;
  readonly name: string;
  readonly detail: string;
  readonly note: string;
}

const COLOURS = { '+': 'green', '~': 'yellow', '-': 'red' } as const;

/** What changes, grouped by what it changes on: one line for what comes or goes whole, one for each part else. */
export function diffText(view: DiffView, paint: Paint): string {
  const lost = new Set(view.statements.flatMap(({ loses }) => loses ?? []));
  const groups = groupsOf(view).sort((a, b) => rankOf(a) - rankOf(b) || compare(a.name, b.name));
  const shown = groups.map((group) => ({ name: group.name, lines: linesOf(group, view, lost) }));
  const single = shown.filter(({ lines }) => lines.length === 1 && lines[0]!.name === '');
  const width = Math.min(36, Math.max(0, ...single.map(({ name }) => displayWidth(name))));
  const text = shown.flatMap(({ name, lines }) => {
    const [first] = lines;
    if (lines.length === 1 && first!.name === '')
      return [`  ${pad(name, width)}  ${lineText(first!, 0, width + 4, paint)}`];
    const names = Math.min(40, Math.max(...lines.map((line) => displayWidth(line.name))));
    return [`  ${name}`, ...lines.map((line) => `    ${lineText(line, names, 4, paint)}`)];
  });
  const hazards = view.statements.flatMap(({ hazard, loses }) =>
    hazard === undefined || (loses !== undefined && loses.length > 0) ? [] : [hazard],
  );
  return [...text, ...[...new Set(hazards)].map((hazard) => `  ${paint('yellow', '!')} ${hazard}`)].join('\n');
}

/** Where the notes begin, if there is room. */
const NOTE_COLUMN = 64;

/** @param indent where the sign stands */
function lineText({ sign, name, detail, note }: Line, width: number, indent: number, paint: Paint): string {
  const head = name === '' ? detail : detail === '' ? name : `${pad(name, width)}  ${detail}`;
  const signed = `${paint(COLOURS[sign], sign)} ${head}`;
  if (note === '') return signed.trimEnd();
  return `${paint(COLOURS[sign], sign)} ${pad(head, NOTE_COLUMN - indent - 4)}  ${paint('red', note)}`;
}

function groupsOf({ changes, from, to }: DiffView): Group[] {
  const groups = new Map<string, Group>();
  const whole = new Set(
    changes.flatMap((change) => ('object' in change ? [`${change.type} ${keyOf(change.object)}`] : [])),
  );
  for (const change of changes) {
    if (goesWithTable(change, change.type === 'drop' ? from : to, whole)) continue;
    const subject = 'object' in change ? change.object : change.to;
    const heading = headingOf(subject);
    const known = heading.ids.find((id) => to.has(id) || from.has(id)) ?? heading.ids[0]!;
    const kind = known.slice(0, known.indexOf(':')) as Kind;
    let group = groups.get(known);
    if (group === undefined) {
      group = { name: shortName({ kind, path: heading.path }), kind, main: null, parts: [] };
      groups.set(known, group);
    }
    if (keyOf(subject) === known) group.main = change;
    else group.parts.push(change);
  }
  return [...groups.values()];
}

/** The sequence of a serial column comes and goes with its table, and nobody thinks of it as an object. */
function goesWithTable(change: Change, schema: Schema, whole: ReadonlySet<string>): boolean {
  if (!('object' in change) || !['sequence', 'sequenceOwner'].includes(change.object.kind)) return false;
  const owner = schema.find('sequenceOwner', change.object.path);
  return owner !== undefined && whole.has(`${change.type} ${idOf('table', owner.definition.column.slice(0, -1))}`);
}

/** What is new, then what changes, then what goes; each in the order of the kinds. */
function rankOf({ main, kind }: Group): number {
  const turn = main === null ? 1 : main.type === 'create' ? 0 : main.type === 'drop' ? 2 : 1;
  return turn * 1000 + KIND_RANK.get(kind)!;
}

const KIND_RANK = new Map((Object.keys(KINDS) as Kind[]).map((kind, at) => [kind, at]));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function linesOf({ main, parts }: Group, view: DiffView, lost: ReadonlySet<ObjectId>): Line[] {
  const objectOf = (change: Change): SchemaObject => ('object' in change ? change.object : change.to);
  if (main?.type === 'create') {
    const made = parts.map(objectOf);
    const detail = [summaryOf(made), detailOf(main.object)].find((text) => text !== '') ?? '';
    return [{ sign: '+', name: '', detail: joined(nounOf(main.object), detail), note: '' }];
  }
  if (main?.type === 'drop') {
    const note = lost.has(keyOf(main.object))
      ? main.object.kind === 'table'
        ? 'its rows are lost'
        : 'its data is lost'
      : '';
    return [{ sign: '-', name: '', detail: nounOf(main.object), note }];
  }
  const ownLine: Line[] =
    main === null
      ? []
      : [
          {
            sign: '~',
            name: parts.length === 0 ? '' : nounOf(main.to),
            detail: mainDetail(main, parts.length === 0),
            note: '',
          },
        ];
  const kept = parts.filter((change) => !isTold(change, parts));
  const shown = kept.length > 0 || ownLine.length > 0 ? kept : parts;
  return [
    ...ownLine,
    ...shown.map((change) => partLine(change, view, lost)).sort((a, b) => ORDER[a.sign] - ORDER[b.sign]),
  ];
}

const ORDER: Record<Sign, number> = { '+': 0, '~': 1, '-': 2 };

function joined(noun: string, detail: string): string {
  return detail === '' ? noun : `${noun}: ${detail}`;
}

function mainDetail(change: Extract<Change, { from: SchemaObject }>, isAlone: boolean): string {
  const noun = isAlone ? `${nounOf(change.to)}` : '';
  const what = change.type === 'rename' ? `renamed, was ${shortName(change.from)}` : fieldsText(change.from, change.to);
  return noun === '' ? what : joined(noun, what);
}

/** The default of a column that comes or goes with it is told with the column, and its grants and comments go without words. */
function isTold(change: Change, parts: readonly Change[]): boolean {
  if (change.type !== 'create' && change.type !== 'drop') return false;
  const { object } = change;
  const isAbout = (kind: Kind, path: readonly string[]): boolean =>
    parts.some((other) => other.type === change.type && keyOf(other.object) === idOf(kind, path));
  if (object.kind === 'default') return isAbout('column', object.path);
  if (object.kind === 'constraint' && object.definition.type === 'NOT NULL') {
    return isAbout('column', [...object.path.slice(0, -1), ...(object.definition.columns ?? [])]);
  }
  if (!isOnAnother(object.kind) || change.type !== 'drop') return false;
  const [kind, ...path] = object.path;
  return isAbout(kind as Kind, path);
}

function partLine(change: Change, { from, to }: DiffView, lost: ReadonlySet<ObjectId>): Line {
  if (change.type === 'create') {
    return { sign: '+', name: partName(change.object), detail: withDefault(change.object, to), note: '' };
  }
  if (change.type === 'drop') {
    const note = lost.has(keyOf(change.object)) ? 'its data is lost' : '';
    return { sign: '-', name: partName(change.object), detail: withDefault(change.object, from), note };
  }
  if (change.type === 'rename') {
    const name = `${partName(change.from)} → ${change.to.path.at(-1)!}`;
    return { sign: '~', name, detail: 'renamed', note: '' };
  }
  const note = lost.has(keyOf(change.to)) ? 'its data is lost' : '';
  return { sign: '~', name: partName(change.to), detail: fieldsText(change.from, change.to), note };
}

function withDefault(object: SchemaObject, schema: Schema): string {
  const detail = detailOf(object);
  if (object.kind !== 'column') return detail;
  const value = schema.find('default', object.path);
  return value === undefined ? detail : `${detail} DEFAULT ${plainTypes(oneLine(value.definition.expression))}`;
}

/** What each relation has one of, so that it needs no name. */
const ONCE: ReadonlySet<Kind> = new Set<Kind>([
  'sequenceOwner',
  'replicaIdentity',
  'clusterOn',
  'partition',
  'inheritance',
]);

function partName(object: SchemaObject): string {
  const { kind } = object;
  const name = object.path.at(-1)!;
  if (kind === 'column') return name;
  if (kind === 'default') return `default of ${name}`;
  if (kind === 'index') return `index ${name}`;
  if (isOnAnother(kind)) return onPart(object);
  // What it is says the detail.
  if (kind === 'constraint' && object.definition.unnamed === true) return nounOf(object);
  return ONCE.has(kind) ? nounOf(object) : `${nounOf(object)} ${name}`;
}

/** `comment`, `comment of title`: what stands under the name of the whole need not repeat it. */
function onPart(object: SchemaObject): string {
  const [kind, ...path] = object.path;
  const heading = headingOf({ kind: kind as Kind, path, definition: {} } as unknown as SchemaObject);
  const noun = nounOf(object);
  return heading.path.length === path.length ? noun : `${noun} of ${path.at(-1)!}`;
}

/** `varchar(80) → varchar(200)`; texts of several lines are only said to be others. */
function fieldsText(before: SchemaObject, after: SchemaObject): string {
  if (before.kind === 'column' && after.kind === 'column') {
    const told = [detailOf(before), detailOf(after)];
    const { type } = before.definition;
    if (type === after.definition.type || told[0] === told[1]) return columnFields(before.definition, after.definition);
    const rest = columnFields({ ...before.definition, type: after.definition.type }, after.definition);
    return [`${plainTypes(type)} → ${plainTypes(after.definition.type)}`, ...(rest === '' ? [] : [rest])].join(', ');
  }
  if (before.kind === 'enum' && after.kind === 'enum') {
    const told = valuesText(before.definition.values, after.definition.values);
    if (told !== '') return told;
  }
  const [was, now] = [detailOf(before), detailOf(after)];
  if (was !== now && was !== '' && now !== '' && was.length + now.length < 90) return `${was} → ${now}`;
  return fieldList(before.definition, after.definition);
}

/** Empty where only their order is another. */
function valuesText(before: readonly string[], after: readonly string[]): string {
  const added = after.filter((value) => !before.includes(value)).map((value) => `+ '${value}'`);
  const gone = before.filter((value) => !after.includes(value)).map((value) => `- '${value}'`);
  return [...added, ...gone].join(', ');
}

function columnFields(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string {
  const changed = changedFields(before, after);
  const told = changed.map((field) => {
    if (field === 'notNull') return after['notNull'] === true ? 'NULL → NOT NULL' : 'NOT NULL → NULL';
    return fieldText(field, before[field], after[field]);
  });
  return told.join(', ');
}

function fieldList(before: object, after: object): string {
  const [was, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return changedFields(was, now)
    .map((field) => fieldText(field, was[field], now[field]))
    .join(', ');
}

function changedFields(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameDefinition(before[name], after[name]));
}

function fieldText(field: string, before: unknown, after: unknown): string {
  const name = field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (field === 'definition' || field === 'columns') return `another ${name === 'columns' ? 'list of columns' : name}`;
  if (after === true) return name;
  if (before === true) return `no ${name}`;
  // What else a dialect says of it are its own words, which need no name before them.
  if (field === 'clauses') {
    const [gone, come] = [clausesOnlyIn(before, after), clausesOnlyIn(after, before)];
    if (gone.length + come.length < 80) return `${gone || 'nothing'} → ${come || 'nothing'}`;
  }
  const [was, now] = [valueText(before), valueText(after)];
  if (before === undefined) return `${name} ${now}`;
  if (after === undefined) return `no ${name}`;
  return was.length + now.length < 80 ? `${name} ${was} → ${now}` : `another ${name}`;
}

function clausesOnlyIn(clauses: unknown, others: unknown): string {
  const [some, rest] = [clauses, others].map((value) => (Array.isArray(value) ? (value as readonly string[]) : []));
  return some!.filter((clause) => !rest!.includes(clause)).join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value.join(', ');
  return JSON.stringify(value) ?? '';
}
