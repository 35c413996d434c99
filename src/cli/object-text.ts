import { isKind, type Kind, type Kinds } from '../schema/kinds.ts';
import { idOf, nameOf, type ObjectId, type Path, type SchemaObject } from '../schema/object.ts';
import { counted, nounOf } from './nouns.ts';

/** What is listed under the relation it hangs on; its path begins with that relation's. */
const PARTS: ReadonlySet<Kind> = new Set<Kind>([
  'column',
  'default',
  'constraint',
  'index',
  'replicaIdentity',
  'clusterOn',
  'inheritance',
  'partition',
  'rule',
  'trigger',
  'policy',
]);
const RELATIONS: readonly Kind[] = ['table', 'view', 'materializedView', 'sequence'];

/** The object that another is shown under: itself, the relation of a part, or what a comment or a grant is on. */
export interface Heading {
  /** The kinds it may be of: the path of a part does not tell. */
  readonly ids: readonly ObjectId[];
  readonly path: Path;
}

/** @param depth how many names a relation's path has: two where there are schemas */
export function headingOf({ kind, path }: SchemaObject, depth = 2): Heading {
  if (PARTS.has(kind)) {
    const relation = path.slice(0, Math.min(depth, Math.max(1, path.length - (kind === 'partition' ? 0 : 1))));
    return { ids: RELATIONS.map((one) => idOf(one, relation)), path: relation };
  }
  if (kind === 'domainConstraint') return { ids: [idOf('domain', path.slice(0, 2))], path: path.slice(0, 2) };
  if (kind === 'sequenceOwner') return { ids: [idOf('sequence', path)], path };
  if (isOnAnother(kind)) {
    const [subject, ...rest] = path;
    if (subject !== undefined && isKind(subject)) {
      return headingOf({ kind: subject, path: rest, definition: {} } as unknown as SchemaObject, depth);
    }
  }
  return { ids: [idOf(kind, path)], path };
}

export function isOnAnother(kind: Kind): boolean {
  return kind === 'comment' || kind === 'owner' || kind === 'privileges' || kind === 'securityLabel';
}

/** As people write it: without `public`, a routine with its arguments. */
export function shortName({ kind, path }: { readonly kind: Kind; readonly path: Path }): string {
  // Where a name stands for one of each type, that type is said beside it.
  if (kind === 'routine' && path.length === 2) return nameOf(path.slice(1));
  if (kind === 'routine' || kind === 'aggregate') {
    const [schema, name, ...args] = path;
    return `${shortPath([schema!, name!])}(${args.join(', ')})`;
  }
  return shortPath(path);
}

export function shortPath(path: Path): string {
  return nameOf(path.length > 1 && path[0] === 'public' ? path.slice(1) : path);
}

/** What is most worth knowing of an object, in a few words. */
export function detailOf(object: SchemaObject): string {
  const detail = DETAILS[object.kind] as ((definition: unknown, path: Path) => string) | undefined;
  return detail?.(object.definition, object.path) ?? '';
}

const rights = ({ grants = [], revokes = [] }: Kinds['privileges']): string =>
  [
    ...grants.map(([to, what]) => `${what} to ${to === '' ? 'PUBLIC' : to}`),
    ...revokes.map(([from, what]) => `no ${what} for ${from === '' ? 'PUBLIC' : from}`),
  ].join(', ');

const DETAILS: { readonly [K in Kind]?: (definition: Kinds[K], path: Path) => string } = {
  column: columnText,
  default: ({ expression }) => plainTypes(expression),
  constraint: ({ type, definition }) =>
    oneLine(definition.startsWith(`${type} `) ? definition.slice(type.length + 1) : definition),
  index: ({ unique, definition }) =>
    `${unique === true ? 'UNIQUE ' : ''}${oneLine(definition).replace(/^USING btree /, '')}`,
  domainConstraint: ({ definition }) => oneLine(definition),
  statistics: ({ definition }) => oneLine(definition),
  enum: ({ values }) => values.map((value) => `'${value}'`).join(', '),
  domain: ({ type, notNull }) => `${plainTypes(type)}${notNull === true ? ' NOT NULL' : ''}`,
  sequence: ({ type }) => type,
  compositeType: ({ attributes }) => counted(attributes.length, 'attribute'),
  // Not every server tells a view's columns without running it.
  view: ({ columns }) => (columns.length === 0 ? '' : counted(columns.length, 'column')),
  materializedView: ({ columns }) => counted(columns.length, 'column'),
  extension: ({ version }) => version ?? '',
  comment: ({ text }) => `'${oneLine(text)}'`,
  owner: ({ role }) => role,
  privileges: rights,
  defaultPrivileges: rights,
  policy: ({ command, using }) => `${command}${using === undefined ? '' : ` USING (${oneLine(using)})`}`,
  partition: ({ of, bound }) => `${shortPath(of)} ${bound}`,
  inheritance: (_, path) => shortPath(path.slice(2)),
  replicaIdentity: ({ identity }) => identity,
  clusterOn: ({ index }) => index,
  sequenceOwner: ({ column }) => shortPath(column),
};

function columnText(definition: Kinds['column']): string {
  const { type, collation, notNull, identity, generated, expression, clauses = [] } = definition;
  return [
    plainTypes(type),
    ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
    ...(notNull === true ? ['NOT NULL'] : []),
    ...(identity === undefined ? [] : [`identity ${identity}`]),
    ...(generated === undefined ? [] : [`generated ${oneLine(expression ?? '')}`]),
    ...clauses.map(oneLine),
  ].join(' ');
}

/** The short names that people give the types of the standard. */
export function plainTypes(text: string): string {
  return text
    .replaceAll('character varying', 'varchar')
    .replaceAll(/\b(timestamp|time)(\(\d\))? without time zone/g, '$1$2')
    .replaceAll(/\b(timestamp|time)(\(\d\))? with time zone/g, '$1tz$2');
}

/** `3 columns, primary key, 2 foreign keys` */
export function summaryOf(parts: readonly SchemaObject[]): string {
  const counts = new Map<string, number>();
  for (const part of parts) {
    if (!PARTS.has(part.kind) || part.kind === 'default' || part.kind === 'partition' || part.kind === 'inheritance')
      continue;
    const noun = nounOf(part);
    if (noun === 'not null') continue;
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
  }
  const order = ['column', 'primary key', 'unique', 'foreign key', 'check', 'exclude', 'unique index', 'index'];
  const rank = (noun: string): number => (order.includes(noun) ? order.indexOf(noun) : order.length);
  return [...counts]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([noun, number]) => counted(number, noun))
    .join(', ');
}

export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
