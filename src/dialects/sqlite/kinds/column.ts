import type { KindRules } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident } from './ident.ts';
import { needsRebuild } from './rebuild.ts';
import { namesIn } from './text.ts';

type Column = ObjectOf<'column'>;

/** `name text NOT NULL`: as it stands in CREATE TABLE and behind ADD COLUMN. */
export function columnClause({ path, definition: { type, clauses = [] } }: Column): string {
  return [ident(path[1]!), type, ...clauses].filter((part) => part !== '').join(' ');
}

export const column: KindRules<'column'> = {
  noun: () => 'column',
  create: (object) => {
    const obstacle = obstacleToAdding(object);
    if (obstacle !== null) throw needsRebuild(object, `adding a column ${obstacle}`);
    return [{ sql: `ALTER TABLE ${ident(object.path[0]!)} ADD COLUMN ${columnClause(object)}` }];
  },
  drop: (object, { from }) => {
    const obstacle = obstacleToDropping(object, from);
    if (obstacle !== null) throw needsRebuild(object, `dropping a column ${obstacle}`);
    const sql = `ALTER TABLE ${ident(object.path[0]!)} DROP COLUMN ${ident(object.path[1]!)}`;
    if (/\bAS \(/.test((object.definition.clauses ?? []).join(' '))) return [{ sql }];
    return [{ sql, hazard: `Data loss: every value in ${nameOf(object.path)}.`, loses: [keyOf(object)] }];
  },
  alter: (_from, to) => {
    throw needsRebuild(to, 'another definition');
  },
  rename: (from, to) => {
    const [name, old, now] = [from.path[0]!, from.path[1]!, to.path[1]!].map(ident);
    return [{ sql: `ALTER TABLE ${name} RENAME COLUMN ${old} TO ${now}` }];
  },
  renamedAsked: { loses: () => true },
};

/** https://www.sqlite.org/lang_altertable.html#alter_table_add_column; some of it is refused only where there are rows. */
function obstacleToAdding({ definition: { clauses = [] } }: Column): string | null {
  const text = clauses.join(' ');
  const hasDefault = /\bDEFAULT (?!NULL\b)/.test(text);
  if (/\bPRIMARY KEY\b/.test(text)) return 'with a primary key';
  if (/\bUNIQUE\b/.test(text)) return 'that is unique';
  if (/\bSTORED\b/.test(text)) return 'that is generated and stored';
  if (/\bDEFAULT (?:\(|CURRENT_)/.test(text)) return 'with a default that is no constant';
  if (/\bNOT NULL\b/.test(text) && !hasDefault && !/\bAS \(/.test(text)) return 'without NULL and without a default';
  if (/\bREFERENCES\b/.test(text) && hasDefault) return 'with a foreign key and a default';
  return null;
}

/** https://www.sqlite.org/lang_altertable.html#alter_table_drop_column; indexes are out of the way by then. */
function obstacleToDropping(object: Column, from: Schema): string | null {
  const text = (object.definition.clauses ?? []).join(' ');
  if (/\bPRIMARY KEY\b/.test(text)) return 'that is the primary key';
  if (/\bUNIQUE\b/.test(text)) return 'that is unique';
  const name = object.path[1]!.toLowerCase();
  const users = from
    .parts(idOf('table', [object.path[0]!]), 'column')
    .filter(
      (other) => other.path[1] !== object.path[1] && namesIn((other.definition.clauses ?? []).join(' ')).has(name),
    );
  return users.length === 0 ? null : `that ${users.map(({ path }) => path[1]).join(', ')} names`;
}
