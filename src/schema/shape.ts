/**
 * The fields a definition may have. An absent field is the default; nothing is ever written as `null`, `false` or `[]`,
 * so that one schema has one text.
 */
export type FieldType =
  | 'text'
  | 'text?'
  /** `true` or absent. */
  | 'flag'
  | 'number?'
  | 'texts'
  | 'texts?'
  /** Lists of texts, such as the columns of a view with their types. */
  | 'rows'
  | 'rows?'
  /** A text for each name. */
  | 'map?';

export type Shape = Readonly<Record<string, FieldType>>;

type Value<F extends FieldType> = F extends 'flag'
  ? true
  : F extends 'text' | 'text?'
    ? string
    : F extends 'number?'
      ? number
      : F extends 'texts' | 'texts?'
        ? readonly string[]
        : F extends 'rows' | 'rows?'
          ? readonly (readonly string[])[]
          : Readonly<Record<string, string>>;

type Optional<S extends Shape> = { [N in keyof S]: S[N] extends `${string}?` | 'flag' ? N : never }[keyof S];

/** The type of a definition with that shape. */
export type Definition<S extends Shape> = { readonly [N in Exclude<keyof S, Optional<S>>]: Value<S[N]> } & {
  readonly [N in Optional<S>]?: Value<S[N]> | undefined;
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const HOLDS: Record<FieldType, (value: unknown) => boolean> = {
  text: isText,
  'text?': isText,
  flag: (value) => value === true,
  'number?': (value) => typeof value === 'number' && Number.isFinite(value),
  texts: isTexts,
  'texts?': (value) => isTexts(value) && (value as []).length > 0,
  rows: (value) => Array.isArray(value) && value.every(isTexts),
  'rows?': (value) => Array.isArray(value) && value.length > 0 && value.every(isTexts),
  'map?': (value) => isPlainObject(value) && Object.values(value).every(isText) && Object.keys(value).length > 0,
};

/**
 * Checks what was read from a file against a shape.
 *
 * @returns what is wrong, or null
 */
export function misfit(shape: Shape, value: unknown): string | null {
  if (!isPlainObject(value)) return 'it is no object';
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name)) return `'${name}' is unknown`;
  }
  for (const [name, type] of Object.entries(shape)) {
    if (!Object.hasOwn(value, name)) {
      if (type.endsWith('?') || type === 'flag') continue;
      return `'${name}' is missing`;
    }
    if (!HOLDS[type](value[name])) return `'${name}' is no ${type.replace('?', '')}`;
  }
  return null;
}

/** A definition with its fields in the order of their shape, and without those that say nothing. */
export function canonical<S extends Shape>(shape: S, definition: Loose<S>): Definition<S> {
  const kept: Record<string, unknown> = {};
  for (const { name, type, isList } of fieldsOf(shape)) {
    const value = (definition as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === false) continue;
    if (type === 'map?') {
      const entries = Object.entries(value as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
      if (entries.length > 0) kept[name] = Object.fromEntries(entries);
    } else if (isList && (value as []).length === 0) continue;
    else kept[name] = value;
  }
  return kept as Definition<S>;
}

interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Left out where it is empty. */
  readonly isList: boolean;
}

const fields = new WeakMap<Shape, readonly Field[]>();

function fieldsOf(shape: Shape): readonly Field[] {
  let known = fields.get(shape);
  if (known === undefined) {
    known = Object.entries(shape).map(([name, type]) => ({ name, type, isList: type.endsWith('s?') }));
    fields.set(shape, known);
  }
  return known;
}

/** A definition as a reader of a catalog has it: with `null` and `false` where there is nothing. */
export type Loose<S extends Shape> = { readonly [N in Exclude<keyof S, Optional<S>>]: Value<S[N]> } & {
  readonly [N in Optional<S>]?: Value<S[N]> | (S[N] extends 'flag' ? boolean : never) | null | undefined;
};

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
