import type { CreateContext, PlanContext, Statement } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectId, type ObjectOf } from '../../../schema/object.ts';
import { renameAlone, spareName } from '../rebuild.ts';
import { createTable } from './create-table.ts';
import { ident } from './ident.ts';
import { emptied, isTaken, lossOf, lossOfAll, lostColumns } from './rebuilt.ts';

type Table = ObjectOf<'table'>;

/** Modules that keep rows of their own, which can be read back and written again. */
const KEEPS_ROWS = new Set(['fts3', 'fts4', 'fts5', 'rtree', 'rtree_i32', 'geopoly']);

/** A virtual table cannot be altered: https://www.sqlite.org/lang_altertable.html */
export function remakeVirtualTable(from: Table, to: Table, context: CreateContext): Statement[] {
  const name = to.path[0]!;
  const note = `${nameOf(to.path)} is made again: a virtual table cannot be altered.`;
  const [before, after] = [contentOf(from), contentOf(to)];
  if (after !== null && after !== '') {
    // Its rows are those of another table: https://www.sqlite.org/fts5.html#the_rebuild_command
    const rebuild = `INSERT INTO ${ident(name)} (${ident(name)}) VALUES ('rebuild')`;
    // Those of an external content stay where they are.
    const own = before === null || before === '' ? { hazard: lossOfAll(from), loses: [keyOf(from)] } : {};
    return [{ sql: `DROP TABLE ${ident(name)}`, note, ...own }, { sql: createTable(to, context.to) }, { sql: rebuild }];
  }
  const columns = before === '' || after === '' || !KEEPS_ROWS.has(moduleOf(from)) ? [] : common(from, to, context);
  if (columns.length === 0) return emptied(from, to, context).map((one, at) => (at === 0 ? { ...one, note } : one));
  const spare = spareName(name, (other) => isTaken(other, context));
  const lost = lostColumns(from, to, context);
  // Whole numbers are all that the other one keeps: https://www.sqlite.org/rtree.html#integer_valued_r_trees
  const isCut = moduleOf(from) === 'rtree' && moduleOf(to) === 'rtree_i32';
  const cut = isCut ? context.from.parts(keyOf(from), 'column') : [];
  // The rowid of an R-tree is its first column.
  const hasRowid = [from, to].every((table) => /^(?:fts\d|geopoly)$/.test(moduleOf(table)));
  const copied = [...(hasRowid ? ['rowid'] : []), ...columns.map(ident)].join(', ');
  return [
    { sql: createTable(to, context.to, spare), note },
    { sql: `INSERT INTO ${ident(spare)} (${copied})\nSELECT ${copied}\nFROM ${ident(name)}` },
    {
      sql: `DROP TABLE ${ident(name)}`,
      ...(isCut ? { hazard: `Data loss: the fractions in ${nameOf(from.path)}.`, loses: cut.map(keyOf) } : {}),
      ...(lost.length > 0 ? { hazard: lossOf(lost), loses: [...cut, ...lost].map(keyOf) } : {}),
    },
    ...renameAlone(spare, name).map((sql) => ({ sql })),
  ];
}

/** What has the rows of a full-text index: its table or view, with the columns, as they are before and afterwards. */
export function contentsOf(object: Table, { from, to }: PlanContext): ObjectId[] {
  const content = contentOf(object)?.toLowerCase() ?? '';
  if (content === '') return [];
  return [from, to].flatMap((schema) =>
    [...schema.objects()]
      .filter(({ kind, path }) => (kind === 'table' || kind === 'view') && path[0]?.toLowerCase() === content)
      .flatMap((found) => [keyOf(found), ...schema.parts(keyOf(found), 'column').map(keyOf)]),
  );
}

function moduleOf({ definition: { using = '' } }: Table): string {
  return using.split('(')[0]!.trim().toLowerCase();
}

/** What `content =` says: '' keeps no rows at all; null where the table keeps its own. */
function contentOf({ definition: { using = '' } }: Table): string | null {
  const match = /[(,]\s*content\s*=\s*(?:'([^']*)'|"([^"]*)"|([\w$]*))/i.exec(using);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? '');
}

function common(from: Table, to: Table, context: CreateContext): string[] {
  const before = new Set(context.from.parts(keyOf(from), 'column').map(({ path }) => path[1]!.toLowerCase()));
  return context.to
    .parts(keyOf(to), 'column')
    .map(({ path }) => path[1]!)
    .filter((column) => before.has(column.toLowerCase()));
}
