// Takes pairs of schemas through the engine alone: load both, plan, run, inspect, compare. Quick and outspoken, for work on
// the rules; the judge's converge.py has the last word.
//
//   node test/campaigns/pairs.mjs [--url postgres://…] [--id GLOB] [--show] [--reverse] FILE.jsonl …
//   node test/campaigns/pairs.mjs [--url …] --show BEFORE.sql AFTER.sql
//   node test/campaigns/pairs.mjs --dialect sqlite …                                 in memory, with no server
//   node test/campaigns/pairs.mjs --dialect mariadb [--url mysql://…] …
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openMysql, openPostgres, openSqlite } from './parts/pair-grounds.mjs';
import { planChanges } from '../../src/diff/plan.ts';
import { diff } from '../../src/diff/diff.ts';
import { loadSchemaDialect } from '../../src/dialects/load-schema.ts';
import { keyOf } from '../../src/schema/object.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dialect: { type: 'string', default: 'postgres' },
    url: { type: 'string' },
    id: { type: 'string' },
    show: { type: 'boolean', default: false },
    reverse: { type: 'boolean', default: false },
    from: { type: 'string', default: '0' },
    step: { type: 'string', default: '1' },
  },
});

const GROUNDS = {
  postgres: () => openPostgres(values.url ?? 'postgres://postgres@127.0.0.1:5541/postgres'),
  mariadb: () => openMysql(values.url ?? 'mysql://root@127.0.0.1:3306/mysql'),
  sqlite: openSqlite,
};
const ground = await GROUNDS[values.dialect]();
/** DDL commits by itself. */
const hasTransactions = values.dialect !== 'mariadb';

const isSql = positionals.some((file) => file.endsWith('.sql'));
const pairs = isSql
  ? [
      {
        id: positionals.join(' → '),
        before: readFileSync(positionals[0], 'utf8'),
        after: readFileSync(positionals[1], 'utf8'),
      },
    ]
  : positionals.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
        .filter((pair) => pair.dialect === values.dialect && ground.takes(pair))
        .map((pair) => ({
          id: pair.id,
          before: pair.before_sql ?? pair.current_sql,
          after: pair.after_sql ?? pair.desired_sql,
          seed: pair.seed_sql,
          roles: [
            ...(pair.roles ?? []),
            ...(pair.makes_roles ?? []),
            ...(pair.before_sql === undefined ? [] : ['td_r1', 'td_r2']),
          ],
        })),
    );
const pattern =
  values.id === undefined ? /./ : new RegExp(`^${values.id.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);

const rules = await loadSchemaDialect(values.dialect === 'mariadb' ? 'mysql' : values.dialect);

async function run(pair) {
  await ground.prepare(pair);
  const [before, after] = values.reverse ? [pair.after, pair.before] : [pair.before, pair.after];
  const a = await ground.database(before);
  let b;
  try {
    b = await ground.database(after);
    const from = await rules.inspect(a.session, () => false);
    const to = await rules.inspect(b.session, () => false);
    const unread = [...from.unread, ...to.unread];
    if (unread.length > 0) return `unread: ${unread.join(', ')}`;
    const sides = { from: from.schema, to: to.schema, version: from.server.number, flavor: values.dialect };
    const { statements } = planChanges(sides, rules);
    if (values.show)
      for (const { sql, hazard } of statements) console.log(hazard === undefined ? sql : `-- ${hazard}\n${sql}`, ';\n');
    let open = false;
    const finish = async (word) => {
      if (open) await a.session.query(word);
      open = false;
    };
    for (const { sql, transactional } of statements) {
      try {
        if (transactional === false) await finish('COMMIT');
        else if (!open && hasTransactions) {
          await a.session.query('BEGIN');
          open = true;
        }
        await a.session.query(sql);
      } catch (error) {
        if (open) await a.session.query('ROLLBACK');
        return `${error.message}${error.detail ? ` (${error.detail})` : ''}: ${sql.slice(0, 300)}`;
      }
    }
    await finish('COMMIT');
    const result = await rules.inspect(a.session, () => false);
    const residue = diff(result.schema, to.schema);
    if (residue.length > 0) {
      const told = residue.map((change) =>
        change.type === 'alter'
          ? `alter ${keyOf(change.to)}: ${JSON.stringify(change.from.definition)} → ${JSON.stringify(change.to.definition)}`
          : `${change.type} ${keyOf(change.object)}${values.show ? ` ${JSON.stringify(change.object.definition)}` : ''}`,
      );
      return `residue: ${told.join('\n      ')}`;
    }
    return null;
  } catch (error) {
    return values.show ? error.stack : `${error.code ?? ''} ${error.message}`;
  } finally {
    await a.drop();
    await b?.drop();
  }
}

let passed = 0;
let failed = 0;
for (const [at, pair] of pairs.filter(({ id }) => pattern.test(id)).entries()) {
  if (at % Number(values.step) !== Number(values.from)) continue;
  const problem = await run(pair);
  if (problem === null) passed += 1;
  else {
    failed += 1;
    console.log(`MISS ${pair.id}\n      ${problem}`);
  }
}
console.log(`${passed} passed, ${failed} missed`);
await ground.close();
