import type { Statement } from '../../../diff/rules.ts';
import { ident, text } from '../ident.ts';

type Options = readonly string[] | undefined;

/** ` WITH (fillfactor = 70)`, or nothing. Options as pg_class has them: `name=value`. */
export function withOptions(options: Options): string {
  return options === undefined ? '' : ` WITH (${options.map(optionOf).join(', ')})`;
}

/** SET and RESET of what differs. What is set goes behind what is there: the server keeps an order, and dumps show it. */
export function changeOptions(words: string, from: Options, to: Options): Statement[] {
  const before = from ?? [];
  const after = to ?? [];
  const reset = namesOf(before).filter((name) => !namesOf(after).includes(name));
  const set = after.filter((option) => !before.includes(option));
  const kept = before.filter((option) => after.includes(option));
  return [...kept, ...set].join('\0') === after.join('\0')
    ? [...resetOptions(words, reset), ...setOptions(words, set)]
    : [...resetOptions(words, namesOf(before)), ...setOptions(words, after)];
}

const setOptions = (words: string, options: readonly string[]): Statement[] =>
  options.length === 0 ? [] : [{ sql: `${words} SET (${options.map(optionOf).join(', ')})` }];

const resetOptions = (words: string, names: readonly string[]): Statement[] =>
  names.length === 0 ? [] : [{ sql: `${words} RESET (${names.map(qualifiedOption).join(', ')})` }];

function optionOf(option: string): string {
  const name = nameOfOption(option);
  const value = option.slice(name.length + 1);
  return `${qualifiedOption(name)} = ${/^(?:[a-z_]+|-?\d+(?:\.\d+)?)$/.test(value) ? value : text(value)}`;
}

const namesOf = (options: readonly string[]): string[] => options.map(nameOfOption);

const nameOfOption = (option: string): string => option.slice(0, option.indexOf('='));

/** `toast.autovacuum_enabled` has two parts. */
const qualifiedOption = (name: string): string => name.split('.').map(ident).join('.');
