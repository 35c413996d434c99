import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified } from '../ident.ts';
import { namedNotNull, usualNotNull } from './named-not-null.ts';
import { linksUp } from './relation-tree.ts';

/**
 * From 18 on a table that leaves its parent keeps NOT NULL under the parent's name for it, or under its own where it had
 * joined with that: https://www.postgresql.org/docs/current/catalog-pg-constraint.html
 */
export function takeNotNullNames(table: Path, parent: Path, context: PlanContext): Statement[] {
  const { from, to, version } = context;
  if (version < 180_000 || !['keep', 'alter'].includes(context.fate(idOf('table', table)))) return [];
  return from
    .parts(idOf('table', table), 'column')
    .filter(({ path, definition }) => {
      const isPlain = definition.inherited === true && definition.local !== true && definition.notNull === true;
      return isPlain && to.find('column', path)?.definition.notNull === true;
    })
    .flatMap(({ path }) => {
      const column = path[2]!;
      const wanted = usualNotNull(path);
      return namesAbove(parent, column, from)
        .filter((name) => name !== wanted)
        .map((name) => ({ sql: renameIfThere(table, name, wanted) }));
    });
}

function renameIfThere(table: Path, name: string, wanted: string): string {
  const rename = `ALTER TABLE ${qualified(table)} RENAME CONSTRAINT ${ident(name)} TO ${ident(wanted)}`;
  return `DO $$ BEGIN\n  ${rename};\nEXCEPTION WHEN undefined_object THEN\nEND $$`;
}

/** What NOT NULL of a column is called there and further up, where it can come from. */
function namesAbove(table: Path, column: string, side: Schema): string[] {
  const own = side.find('column', [...table, column]);
  if (own === undefined) return [];
  const above = linksUp(table, side).flatMap(({ parent }) => namesAbove(parent, column, side));
  const isOwn = own.definition.inherited !== true || own.definition.local === true || above.length === 0;
  return [...new Set([...(isOwn ? [nameOn(own, side)] : []), ...above])];
}

function nameOn({ path }: ObjectOf<'column'>, side: Schema): string {
  return namedNotNull(path, side)?.path[2] ?? usualNotNull(path);
}
