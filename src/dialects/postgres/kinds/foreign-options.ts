import { ident, text } from '../ident.ts';

type Options = readonly string[] | undefined;

const nameOf = (option: string): string => option.slice(0, option.indexOf('='));
const sqlOf = (option: string): string => `${ident(nameOf(option))} ${text(option.slice(option.indexOf('=') + 1))}`;

/** ` OPTIONS (host 'h')`, or nothing. Options as the catalogs have them: `name=value`. */
export function withForeignOptions(options: Options): string {
  return options === undefined ? '' : ` OPTIONS (${options.map(sqlOf).join(', ')})`;
}

/** `OPTIONS (SET host 'h2', ADD port '1', DROP user)`, or null where nothing differs. */
export function changedForeignOptions(from: Options = [], to: Options = []): string | null {
  const before = new Map(from.map((option) => [nameOf(option), option]));
  const names = to.map(nameOf);
  const kept = [...before.keys()].filter((name) => names.includes(name));
  // New ones come at the end: what is to stand behind a new one has to be added anew.
  let inPlace = kept.findIndex((name, at) => name !== names[at]);
  if (inPlace === -1) inPlace = kept.length;
  const words = [
    ...[...before.keys()]
      .filter((name) => !names.slice(0, inPlace).includes(name))
      .map((name) => `DROP ${ident(name)}`),
    ...to
      .slice(0, inPlace)
      .filter((option) => before.get(nameOf(option)) !== option)
      .map((option) => `SET ${sqlOf(option)}`),
    ...to.slice(inPlace).map((option) => `ADD ${sqlOf(option)}`),
  ];
  return words.length === 0 ? null : `OPTIONS (${words.join(', ')})`;
}
