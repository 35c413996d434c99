import { instanceOfLike, instanceOfPattern } from './row-patterns.ts';

/** A constant in an expression as the server prints it. */
export interface Constant {
  readonly text: string;
  /** The type that follows it: `date` of `'2024-01-01'::date`; of a bare number `numeric`. */
  readonly type: string;
}

const CONSTANT =
  /(E?)'((?:[^']|'')*)'(?:::((?:"[^"]+"|[a-z_][\w .]*?)(?:\.(?:"[^"]+"|\w+))?(?:\(\d+(?:,\d+)?\))?(?:\[\])*)(?=[\s),\]]|$))?|(?<![\w"$.])(\d+(?:\.\d+)?)(?![\w"])/g;

/** The constants that an expression names: what satisfies a check is often one of them, or near. */
export function constantsIn(expression: string): Constant[] {
  return [...expression.matchAll(CONSTANT)].map(([, escape, text, type, number]) =>
    number === undefined
      ? { text: unescaped(text!, escape === 'E'), type: type?.trim() ?? '' }
      : { text: number, type: 'numeric' },
  );
}

const unescaped = (text: string, isEscaped: boolean): string => {
  const plain = text.replaceAll("''", "'");
  return isEscaped ? plain.replaceAll('\\\\', '\\') : plain;
};

const COMMON_TEXTS = [
  'abc',
  'ABC',
  'a',
  'A',
  '1',
  '12345',
  'a-b',
  'a@b.co',
  'https://example.com/a',
  '+12025550123',
  '',
];
const isNumber = (text: string): boolean => /^-?\d{1,15}(\.\d{1,10})?$/.test(text);

/** Numbers at, below and above those named. */
function numbersNear(constants: readonly Constant[]): string[] {
  const named = constants.map(({ text }) => text).filter(isNumber);
  const near = named.flatMap((text) => [text, String(Number(text) + 1), String(Number(text) - 1)]);
  const [low, high] = [Math.min(...named.map(Number)), Math.max(...named.map(Number))];
  const between = named.length > 1 ? [String(Math.floor((low + high) / 2))] : [];
  return [...near, ...between, '0', '1', '2', '10', '100', '-1', '0.5'];
}

function textsNear(constants: readonly Constant[]): string[] {
  const named = constants.filter(({ type }) => type !== 'numeric').map(({ text }) => text);
  const made = named.flatMap((text) => [
    text,
    ...(/^\{.*\}$/s.test(text) ? itemsOf(text) : []),
    ...[0, 1, 2].flatMap((extra) => instanceOfPattern(text, extra) ?? []),
    ...(/[%_]/.test(text) ? [instanceOfLike(text)] : []),
    `${text}a`,
    `a${text}a`,
    `${text}1`,
  ]);
  const lengths = constants.filter(({ text }) => /^\d{1,3}$/.test(text)).map(({ text }) => Number(text));
  const sized = lengths.flatMap((length) =>
    [length, length + 1, Math.max(length - 1, 0)].flatMap((size) =>
      ['a', 'A', '1'].map((letter) => letter.repeat(size)),
    ),
  );
  return [...made, ...sized, ...COMMON_TEXTS];
}

const itemsOf = (array: string): string[] =>
  array
    .slice(1, -1)
    .split(',')
    .map((item) => item.replaceAll(/^"|"$/g, ''));

const DAY_MS = 86_400_000;

function momentsNear(constants: readonly Constant[], withTime: boolean): string[] {
  return constants
    .filter(({ text }) => /^\d{4}-\d\d-\d\d/.test(text))
    .flatMap(({ text }) => {
      const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
      const near = [1, -1].map((days) => new Date(day + days * DAY_MS).toISOString().slice(0, 10));
      return [withTime ? text : text.slice(0, 10), ...near];
    });
}

function documentsNear(constants: readonly Constant[]): string[] {
  const keys = constants.filter(({ type }) => type === 'text').map(({ text }) => text);
  const values = ['1', '"a"', '{}', '[]', 'true', ...keys.map((key) => JSON.stringify(key))];
  const objects = values
    .slice(0, 12)
    .map((value) => `{${keys.map((key) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`);
  return ['{}', '[]', '{"a": 1}', '[1]', '1', '"a"', 'true', 'null', ...objects];
}

/**
 * Texts worth trying for a column whose value some expressions restrict.
 *
 * @param name of the built-in base type, `''` for any other
 * @param isOwn whether a constant's type is the column's own
 */
export function candidatesNear(
  name: string,
  constants: readonly Constant[],
  isOwn: (type: string) => boolean,
): string[] {
  const own = constants.filter(({ type }) => isOwn(type)).map(({ text }) => text);
  switch (name) {
    case 'int2':
    case 'int4':
    case 'int8':
      return numbersNear(constants).filter(
        (text) => /^-?\d+$/.test(text) && (name !== 'int2' || Math.abs(Number(text)) < 32_768),
      );
    case 'numeric':
    case 'float4':
    case 'float8':
    case 'money':
      return numbersNear(constants);
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'citext':
      return textsNear(constants);
    case 'date':
      return momentsNear(constants, false);
    case 'timestamp':
    case 'timestamptz':
      return momentsNear(constants, true);
    case 'json':
    case 'jsonb':
      return [...own, ...documentsNear(constants)];
    case 'interval':
      return [...own, '0', '1 hour', '1 day', '1 mon'];
    case 'bytea':
      return [...own, ...lengthsIn(constants).map((length) => String.raw`\x${'01'.repeat(length)}`)];
    default:
      return own;
  }
}

/** Small whole numbers: lengths of arrays and texts. */
export function lengthsIn(constants: readonly Constant[]): number[] {
  const named = constants.filter(({ text }) => /^\d{1,2}$/.test(text)).map(({ text }) => Number(text));
  return [...new Set([...named, ...named.map((number) => number + 1)])];
}
