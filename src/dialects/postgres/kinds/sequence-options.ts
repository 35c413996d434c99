import type { Kinds } from '../../../schema/kinds.ts';

export type SequenceOptions = Omit<Kinds['sequence'], 'unlogged'>;
type Options = SequenceOptions;

const LIMITS: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};

/** What a sequence has that is given nothing: https://www.postgresql.org/docs/current/sql-createsequence.html */
export function usualOptions(type: string, increment = '1'): Options {
  const [least, most] = LIMITS[type] ?? LIMITS['bigint']!;
  const isDescending = increment.startsWith('-');
  const minimum = isDescending ? least : '1';
  const maximum = isDescending ? '-1' : most;
  return { type, increment, minimum, maximum, start: isDescending ? maximum : minimum, cache: '1' };
}

/** The options of CREATE SEQUENCE, those left out that it has anyway. */
export function sequenceOptions(options: Options): string[] {
  return differing(
    { ...usualOptions('bigint', options.increment), increment: '1' },
    usualOptions(options.type, options.increment),
    options,
  );
}

/** The options of ALTER SEQUENCE. */
export function changedOptions(from: Options, to: Options): string[] {
  return differing(from, afterType(from, to.type), to);
}

/** A new type moves the limits that were those of the old one. */
export function afterType(from: Options, type: string): Options {
  if (from.type === type) return from;
  const [least, most] = LIMITS[from.type] ?? [];
  const usual = usualOptions(type, from.increment);
  return {
    ...from,
    type,
    minimum: from.minimum === least ? usual.minimum : from.minimum,
    maximum: from.maximum === most ? usual.maximum : from.maximum,
  };
}

/** @param expected what is there once the type is set */
function differing(from: Options, expected: Options, to: Options): string[] {
  return [
    ...(from.type === to.type ? [] : [`AS ${to.type}`]),
    ...(from.increment === to.increment ? [] : [`INCREMENT BY ${to.increment}`]),
    ...(expected.minimum === to.minimum ? [] : [`MINVALUE ${to.minimum}`]),
    ...(expected.maximum === to.maximum ? [] : [`MAXVALUE ${to.maximum}`]),
    ...(expected.start === to.start ? [] : [`START WITH ${to.start}`]),
    ...(from.cache === to.cache ? [] : [`CACHE ${to.cache}`]),
    ...(from.cycle === to.cycle ? [] : [to.cycle === true ? 'CYCLE' : 'NO CYCLE']),
  ];
}

/** Those of an identity column that are not as usual, by name. */
export function identityOptions(
  options: Omit<Options, 'cycle'> & { readonly cycle: boolean },
  columnType: string,
): Record<string, string> {
  const usual = usualOptions(columnType, options.increment);
  const kept: Record<string, string> = {};
  for (const name of ['type', 'start', 'minimum', 'maximum', 'cache'] as const) {
    if (options[name] !== usual[name]) kept[name] = options[name];
  }
  if (options.increment !== '1') kept['increment'] = options.increment;
  if (options.cycle) kept['cycle'] = 'true';
  return kept;
}

/** The whole of them again. */
export function fullOptions(kept: Readonly<Record<string, string>> | undefined, columnType: string): Options {
  const type = kept?.['type'] ?? columnType;
  const usual = usualOptions(type, kept?.['increment']);
  return {
    ...usual,
    type,
    start: kept?.['start'] ?? usual.start,
    minimum: kept?.['minimum'] ?? usual.minimum,
    maximum: kept?.['maximum'] ?? usual.maximum,
    cache: kept?.['cache'] ?? usual.cache,
    ...(kept?.['cycle'] === 'true' ? { cycle: true as const } : {}),
  };
}
