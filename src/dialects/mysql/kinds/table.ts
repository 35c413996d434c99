import { ToraleError } from '../../../errors.ts';
import type { KindRules } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import { alterTable, tableOf } from './alter-table.ts';
import { columnClause, columnsInOrder } from './column.ts';
import { indexClause } from './table-index.ts';

/** What an option is when CREATE TABLE does not say it: https://mariadb.com/kb/en/create-table/#table-options */
const DEFAULTS: Readonly<Record<string, string>> = {
  CHECKSUM: '0',
  COMMENT: "''",
  DELAY_KEY_WRITE: '0',
  ENCRYPTED: 'DEFAULT',
  KEY_BLOCK_SIZE: '0',
  PACK_KEYS: 'DEFAULT',
  PAGE_COMPRESSED: 'DEFAULT',
  PAGE_COMPRESSION_LEVEL: 'DEFAULT',
  ROW_FORMAT: 'DEFAULT',
  STATS_AUTO_RECALC: 'DEFAULT',
  STATS_PERSISTENT: 'DEFAULT',
  STATS_SAMPLE_PAGES: 'DEFAULT',
  TRANSACTIONAL: 'DEFAULT',
};

export const table: KindRules<'table'> = {
  noun: () => 'table',
  create: ({ path, definition }, context) => {
    const columns = columnsInOrder(context.parts.filter((part) => part.kind === 'column'));
    const indexes = context.parts.filter((part) => part.kind === 'index');
    const lines = [...columns.map((part) => columnClause(part, context)), ...indexes.map(indexClause)];
    const options = (definition.options ?? []).join(' ');
    return [
      { sql: `CREATE TABLE ${quote(path[0]!)} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n) ${options}` },
    ];
  },
  drop: (object) => [
    {
      sql: `DROP TABLE ${quote(object.path[0]!)}`,
      hazard: `Data loss: every row of ${nameOf(object.path)}.`,
      loses: [keyOf(object)],
    },
  ],
  alter: (from, to) => {
    const before = optionsOf(from);
    const after = optionsOf(to);
    const names = [...new Set([...before.keys(), ...after.keys()])].filter(
      (name) => before.get(name) !== after.get(name),
    );
    const options = names.map((name) => `${name}=${after.get(name) ?? defaultOf(to, name)}`);
    return options.map((option) => alterTable(to.path[0]!, option));
  },
  rename: (from, to) => [{ sql: `RENAME TABLE ${quote(from.path[0]!)} TO ${quote(to.path[0]!)}` }],
  renamedAsked: { loses: () => true },
  occupies: ({ path }) => [`name ${path[0]!}`],
  absorbs: (_table, part) => part.kind === 'column' || part.kind === 'index',
  group: tableOf,
};

function optionsOf({ definition }: ObjectOf<'table'>): ReadonlyMap<string, string> {
  return new Map(
    (definition.options ?? []).map((option) => {
      const at = option.indexOf('=');
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}

function defaultOf({ path }: ObjectOf<'table'>, name: string): string {
  const value = DEFAULTS[name.replaceAll('`', '').toUpperCase()];
  if (value !== undefined) return value;
  throw new ToraleError('REFUSED', `table ${nameOf(path)}: how ${name} is taken back is not known.`, {
    hint: 'Write this revision by hand.',
    data: { kind: 'table', path },
  });
}
