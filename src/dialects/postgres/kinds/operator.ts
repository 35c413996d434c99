import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf, Path } from '../../../schema/object.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { operatorName } from './subject.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly options: Readonly<Record<string, string>>;
}

const other = (oid: string): string => `
  (SELECT 'OPERATOR(' || pg_catalog.quote_ident(x.nspname) || '.' || p.oprname || ')'
    FROM pg_catalog.pg_operator p JOIN pg_catalog.pg_namespace x ON x.oid = p.oprnamespace WHERE p.oid = ${oid})`;

export const operatorReader: Reader<Row> = {
  name: 'operators',
  onlyWith: 'pg_operator.oid',
  // One without a function is only announced, by another that calls it its commutator or negator.
  sql: () => `
    SELECT o.oid::int8, n.nspname AS schema, o.oprname AS name,
      CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END AS left,
      CASE o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END AS right,
      json_build_object(
        'FUNCTION', o.oprcode::text,
        'COMMUTATOR', ${other('o.oprcom')},
        'NEGATOR', ${other('o.oprnegate')},
        'RESTRICT', CASE o.oprrest::oid WHEN 0 THEN NULL ELSE o.oprrest::text END,
        'JOIN', CASE o.oprjoin::oid WHEN 0 THEN NULL ELSE o.oprjoin::text END,
        'HASHES', CASE WHEN o.oprcanhash THEN '' END,
        'MERGES', CASE WHEN o.oprcanmerge THEN '' END) AS options
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    WHERE o.oprcode::oid <> 0 AND ${USER_SCHEMA} AND ${notOfExtension('pg_operator', 'o.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, name, left, right, options } of rows) {
      catalog.put('operator', [schema, name, left, right], { options }, ['pg_operator', oid]);
    }
  },
};

type Operator = ObjectOf<'operator'>;

export const operator: KindRules<'operator'> = {
  noun: () => 'operator',
  create: ({ path, definition: { options = {} } }) => {
    const [, , left, right] = path;
    const lines = [
      `FUNCTION = ${options['FUNCTION']!}`,
      ...(left === 'NONE' ? [] : [`LEFTARG = ${left!}`]),
      ...(right === 'NONE' ? [] : [`RIGHTARG = ${right!}`]),
      ...WORDS.filter((word) => options[word] !== undefined).map((word) => setting(word, options[word]!)),
    ];
    return [{ sql: `CREATE OPERATOR ${operatorName(path)} (\n  ${lines.join(',\n  ')}\n)` }];
  },
  drop: ({ path }) => [{ sql: `DROP OPERATOR ${signature(path)}` }],
  alter: (from, to) => alter(from, to),
};

const WORDS = ['COMMUTATOR', 'NEGATOR', 'RESTRICT', 'JOIN', 'HASHES', 'MERGES'] as const;

const setting = (word: string, value: string): string => (value === '' ? word : `${word} = ${value}`);

const signature = (path: Path): string => `${operatorName(path)} (${path[2]!}, ${path[3]!})`;

/** Only the estimators can be changed in every version that is supported. */
function alter(from: Operator, to: Operator): Statement[] | null {
  const before = from.definition.options ?? {};
  const after = to.definition.options ?? {};
  const words = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = words.filter((word) => before[word] !== after[word]);
  if (changed.some((word) => word !== 'RESTRICT' && word !== 'JOIN')) return null;
  const settings = changed.map((word) => `${word} = ${after[word] ?? 'NONE'}`);
  return [{ sql: `ALTER OPERATOR ${signature(to.path)} SET (${settings.join(', ')})` }];
}
