import { ToraleError } from '../../../errors.ts';
import { nameOf, type ObjectOf } from '../../../schema/object.ts';

type Table = ObjectOf<'table'>;

/** What an option is when CREATE TABLE does not say it: https://mariadb.com/kb/en/create-table/#table-options */
const DEFAULTS: Readonly<Record<string, string>> = {
  AVG_ROW_LENGTH: '0',
  CHECKSUM: '0',
  COMMENT: "''",
  COMPRESSION: "''",
  DELAY_KEY_WRITE: '0',
  ENCRYPTED: 'DEFAULT',
  ENCRYPTION: "'N'",
  ENCRYPTION_KEY_ID: 'DEFAULT',
  IETF_QUOTES: 'DEFAULT',
  INSERT_METHOD: 'NO',
  KEY_BLOCK_SIZE: '0',
  MAX_ROWS: '0',
  MIN_ROWS: '0',
  PACK_KEYS: 'DEFAULT',
  PAGE_CHECKSUM: '1',
  PAGE_COMPRESSED: 'DEFAULT',
  PAGE_COMPRESSION_LEVEL: 'DEFAULT',
  ROW_FORMAT: 'DEFAULT',
  STATS_AUTO_RECALC: 'DEFAULT',
  STATS_PERSISTENT: 'DEFAULT',
  STATS_SAMPLE_PAGES: 'DEFAULT',
  TRANSACTIONAL: '0',
  UNION: '()',
};

/** The options by name, quotes of an engine's own options left out. */
function optionsOf({ definition }: Table): ReadonlyMap<string, string> {
  return new Map(
    (definition.options ?? []).map((option) => {
      const at = option.indexOf('=');
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}

export function optionOf(table: Table, name: string): string | undefined {
  return optionsOf(table).get(name);
}

/** Of the columns that do not say another. */
export function collationOf(table: Table): string | undefined {
  return optionOf(table, 'COLLATE');
}

/** How each option is said that differs, or is no longer said. */
export function changedOptions(from: Table, to: Table): { readonly name: string; readonly option: string }[] {
  const before = optionsOf(from);
  const after = optionsOf(to);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({ name, option: `${name}=${after.get(name) ?? defaultOf(to, name)}` }));
}

function defaultOf({ path }: Table, name: string): string {
  const value = DEFAULTS[name.replaceAll('`', '').toUpperCase()];
  if (value !== undefined) return value;
  throw new ToraleError('REFUSED', `table ${nameOf(path)}: how ${name} is taken back is not known.`, {
    hint: 'Write this revision by hand.',
    data: { kind: 'table', path },
  });
}
