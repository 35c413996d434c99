import type { KindRules } from '../../../diff/rules.ts';
import { nameOf, type ObjectOf } from '../../../schema/object.ts';
import { quote } from '../quote.ts';
import type { MysqlStatement } from './alter-table.ts';

type Sequence = ObjectOf<'sequence'>;

const PRINTED =
  /^CREATE SEQUENCE .*?(?: as ([a-z ]+))? start with (-?\d+) minvalue (-?\d+) maxvalue (-?\d+) increment by (-?\d+) (?:cache (\d+)|(nocache)) (cycle|nocycle)(?: (.*))?$/is;

/** Takes apart what SHOW CREATE SEQUENCE prints: https://mariadb.com/kb/en/show-create-sequence/ */
export function readSequence(printed: string): Sequence['definition'] | null {
  const found = PRINTED.exec(printed);
  if (found === null) return null;
  const [, type = 'bigint', start, minimum, maximum, increment, cache = '0', , cycle, options] = found;
  return {
    type,
    start: start!,
    increment: increment!,
    minimum: minimum!,
    maximum: maximum!,
    cache,
    ...(cycle!.toLowerCase() === 'cycle' ? { cycle: true as const } : {}),
    ...(options === undefined ? {} : { options: [options] }),
  };
}

export const sequence: KindRules<'sequence'> = {
  noun: () => 'sequence',
  create: ({ path, definition }) => {
    const options = (definition.options ?? []).map((option) => ` ${option}`).join('');
    return [{ sql: `CREATE SEQUENCE ${quote(path[0]!)} ${clausesOf(definition)}${options}` }];
  },
  drop: ({ path }) => [
    { sql: `DROP SEQUENCE ${quote(path[0]!)}`, hazard: `How far ${nameOf(path)} has counted is forgotten.` },
  ],
  alter,
  rename: (from, to) => [{ sql: `RENAME TABLE ${quote(from.path[0]!)} TO ${quote(to.path[0]!)}` }],
  renamedAsked: { loses: () => true },
  occupies: ({ path }) => [`name ${path[0]!}`],
};

function clausesOf({ type, start, minimum, maximum, increment, cache, cycle }: Sequence['definition']): string {
  const typed = type === 'bigint' ? '' : `AS ${type} `;
  return `${typed}START WITH ${start} MINVALUE ${minimum} MAXVALUE ${maximum} INCREMENT BY ${increment} CACHE ${cache} ${cycle === true ? 'CYCLE' : 'NOCYCLE'}`;
}

function alter({ definition: before }: Sequence, { path, definition: after }: Sequence): MysqlStatement[] | null {
  // https://mariadb.com/kb/en/alter-sequence/ has no word for these.
  if (before.type !== after.type || JSON.stringify(before.options) !== JSON.stringify(after.options)) return null;
  const name = quote(path[0]!);
  const statements: MysqlStatement[] = [];
  const [old, now] = [before, after].map(({ minimum, maximum }) => ({ low: BigInt(minimum), high: BigInt(maximum) }));
  const isDown = after.increment.startsWith('-');
  const isApart = now!.low > old!.high || now!.high < old!.low;
  // It goes on where it is; where the new range begins later, it has to be there first. SETVAL never goes back.
  const edge = isDown ? after.maximum : after.minimum;
  const isBeyond = isDown ? now!.high < old!.high : now!.low > old!.low;
  if (isBeyond && !isApart) statements.push({ sql: `SELECT SETVAL(${name}, ${edge}, 0)` });
  const restart = isApart ? ` RESTART WITH ${after.start}` : '';
  const hazard = isApart
    ? `${nameOf(path)} counts anew from ${after.start}: none of its old values is in the new range.`
    : now!.high < old!.high || now!.low > old!.low
      ? `Fails where ${nameOf(path)} has counted beyond its new range.`
      : undefined;
  statements.push({
    sql: `ALTER SEQUENCE ${name} ${clausesOf(after)}${restart}`,
    ...(hazard === undefined ? {} : { hazard }),
  });
  return statements;
}
