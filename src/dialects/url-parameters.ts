import { ToraleError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import { decode, ENCODE, urlError } from './url-parts.ts';

/** What a dialect says of the parameters in its URLs. */
export interface ParameterRules {
  readonly known: readonly string[];
  /** Parameters of other tools and what to write instead, e.g. Prisma's `schema`. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** Those whose value is a secret. */
  readonly secret?: readonly string[];
}

/** Reads `a=1&b=2`. An unknown, repeated or empty parameter is an error. */
export function readParameters(query: string, rules: ParameterRules): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  let afterSecret = false;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const known = rules.known.includes(name);
    const candidate = nearest(name, rules.known);
    const isForeign = Object.hasOwn(rules.foreign ?? {}, name);
    // It may be the tail of a secret with a bare & or ? in it.
    const unsafe =
      !/^[\w.-]+$/.test(name) || (!known && (query.includes('@') || (afterSecret && !candidate && !isForeign)));
    if (unsafe) throw urlError('The database URL has something other than name=value after its ?.', ENCODE);
    if (!known) throw unknownParameter(name, rules, candidate);
    if (parameters.has(name)) throw urlError(`The database URL has the parameter '${name}' twice.`);
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1), `parameter '${name}'`);
    if (value === '') throw urlError(`The parameter '${name}' in the database URL has no value.`);
    parameters.set(name, value);
    afterSecret = rules.secret?.includes(name) ?? false;
  }
  return parameters;
}

function unknownParameter(
  name: string,
  { known, foreign }: ParameterRules,
  candidate: string | undefined,
): ToraleError {
  const instead = foreign !== undefined && Object.hasOwn(foreign, name) ? foreign[name] : undefined;
  const list = known.length === 0 ? 'This URL takes no parameters.' : `Known are: ${known.join(', ')}.`;
  const hint = instead ?? (candidate === undefined ? list : `Did you mean '${candidate}'?`);
  return new ToraleError('URL_INVALID', `Unknown parameter '${name}' in the database URL.`, {
    hint,
    data: { parameter: name, ...(candidate === undefined ? {} : { nearest: candidate }) },
  });
}

/** One of a parameter's words, or an error that names them. */
export function readChoice<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const candidate = nearest(value, choices);
  throw urlError(
    `The parameter '${name}' in the database URL takes ${choices.join(', ')}${shown(value)}.`,
    candidate === undefined ? undefined : `Did you mean '${candidate}'?`,
  );
}

/** Whole seconds, in milliseconds. */
export function readSeconds(name: string, value: string): number {
  if (/^-?\d{1,6}$/.test(value)) return Math.max(0, Number(value)) * 1000;
  throw urlError(`The parameter '${name}' in the database URL takes a whole number of seconds${shown(value)}.`);
}

/** Only what is plainly a word is quoted back: anything else may hold a part of a password. */
function shown(value: string): string {
  return /^[\w-]{1,16}$/.test(value) ? `, not '${value}'` : '';
}
