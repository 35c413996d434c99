import { condition, nameOf, type Choices, type Printed, type Printer } from './world.ts';

/** What stands between the arguments and the body. */
function attributes(choices: Choices, isImmutable: boolean): string[] {
  const volatility = isImmutable ? 'IMMUTABLE' : choices.of('volatility', ['STABLE', 'IMMUTABLE', 'VOLATILE']);
  return [
    ...(volatility === undefined ? [] : [volatility]),
    ...(choices.has('strict') ? ['STRICT'] : []),
    ...(choices.has('parallel') ? [`PARALLEL ${choices.of('parallel', ['SAFE', 'RESTRICTED'])!}`] : []),
    ...(choices.has('cost') ? [`COST ${1 + (choices.number('cost') % 200)}`] : []),
    ...(choices.has('definer') ? ['SECURITY DEFINER'] : []),
    ...(choices.has('leakproof') ? ['LEAKPROOF'] : []),
    ...(choices.has('config')
      ? [`SET ${choices.of('config', ['search_path = pg_catalog', "work_mem = '4MB'", "search_path = ''"])!}`]
      : []),
  ];
}

function functionPrinted(
  sql: readonly string[],
  signature: string,
  what: 'FUNCTION' | 'PROCEDURE' | 'AGGREGATE',
): Printed {
  const on = `${what === 'AGGREGATE' ? 'FUNCTION' : what} ${signature}`;
  return {
    sql,
    subject: `${what} ${signature}`,
    owned: `${what} ${signature}`,
    granted: { on, privileges: ['EXECUTE'] },
  };
}

/** Written anew in its text alone, in its language, or not at all. */
function expressionBody(choices: Choices, expression: string): string {
  const note = choices.number('body') % 3 === 0 ? `/* ${choices.number('body')} */ ` : '';
  if (choices.number('language') % 3 === 2) return `LANGUAGE plpgsql AS $$BEGIN ${note}RETURN ${expression}; END$$`;
  return `LANGUAGE sql AS $$SELECT ${note}${expression}$$`;
}

/** What expressions of tables call. */
const helper: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('helper', number)}`;
  world.names.set(`helper ${number}`, name);
  const argument = choices.of('argument', ['amount', 'n', '"select"']);
  const initial = choices.has('default') ? ` DEFAULT ${choices.number('default') % 20}` : '';
  const sql = [
    `CREATE FUNCTION ${name}(${argument === undefined ? '' : `${argument} `}integer${initial}) RETURNS integer`,
    ...attributes(choices, true),
    expressionBody(choices, `$1 + ${choices.number('body') % 20}`),
  ].join(' ');
  const printed = functionPrinted([sql], `${name}(integer)`, 'FUNCTION');
  return { sql: printed.sql, subject: printed.subject };
};

const triggerFunction: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number + 1)}.${nameOf('touch', number)}`;
  world.names.set(`triggerFunction ${number}`, name);
  const text = ['RETURN NEW;', 'RETURN COALESCE(NEW, OLD);', "PERFORM 'a''b'; RETURN NULL;"][
    choices.number('body') % 3
  ]!;
  const sql = [
    `CREATE FUNCTION ${name}() RETURNS trigger`,
    ...attributes(choices, false),
    `LANGUAGE plpgsql AS $$BEGIN ${text} END$$`,
  ];
  return functionPrinted([sql.join(' ')], `${name}()`, 'FUNCTION');
};

const operatorFunction: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('op', number)}`;
  world.names.set(`operatorFunction ${number}`, name);
  const [result, expression] = number === 1 ? ['integer', '$1 + $2'] : ['boolean', `$1 = $2`];
  const sql = [
    `CREATE FUNCTION ${name}(integer, integer) RETURNS ${result!}`,
    ...attributes(choices, true),
    expressionBody(choices, expression!),
  ];
  return { sql: [sql.join(' ')], subject: `FUNCTION ${name}(integer, integer)` };
};

const OVERLOADS = [
  ['f1', ['integer']],
  ['f1', ['text']],
  ['"Func 2"', ['integer', 'text']],
  ['f3', []],
] as const;

const routine: Printer = (choices, world) => {
  const { number } = choices.thing;
  const [local, types] = OVERLOADS[number - 1]!;
  const name = `${world.schema(number === 2 ? 1 : number)}.${local}`;
  const signature = `${name}(${types.join(', ')})`;
  const relation = world.relations.get(choices.id('reads'));
  const column = relation?.columns.find(({ generated }) => generated !== 'virtual');
  const type = world.type(choices.number('returns'));
  const value = `${type.literal(choices.number('body'))}::${type.sql}`;
  const from =
    relation === undefined
      ? ''
      : ` FROM ${relation.sql}${column === undefined ? '' : ` WHERE ${condition(choices.number('body'), column, world)}`}`;
  const shape = choices.of('shape', ['set', 'table', 'row'] as const);
  const isRow = shape === 'row' && relation !== undefined;
  const returns = isRow
    ? `SETOF ${relation.sql}`
    : shape === undefined || shape === 'row'
      ? type.sql
      : shape === 'set'
        ? `SETOF ${type.sql}`
        : `TABLE(first integer, value ${type.sql})`;
  const query = isRow ? `SELECT * FROM ${relation.sql}` : `SELECT ${shape === 'table' ? '1, ' : ''}${value}${from}`;
  const isAtomic = choices.has('atomic') && world.major >= 14;
  const returnsSet = isRow || shape === 'set' || shape === 'table';
  const isPlpgsql = choices.number('language') % 3 === 2;
  const sql = [
    `CREATE FUNCTION ${name}(${argumentList(choices, types)}) RETURNS ${returns}`,
    ...attributes(choices, false),
    ...(choices.has('rows') && returnsSet ? [`ROWS ${1 + (choices.number('rows') % 50)}`] : []),
    isPlpgsql
      ? `LANGUAGE plpgsql AS $$BEGIN ${returnsSet ? 'RETURN QUERY' : 'RETURN ('}${returnsSet ? ` ${query}` : `${query} LIMIT 1)`}; END$$`
      : isAtomic
        ? `LANGUAGE sql BEGIN ATOMIC ${query}; END`
        : `LANGUAGE sql AS $$${query}$$`,
  ].join(' ');
  const printed = functionPrinted(
    [sql, ...(choices.has('revoke') ? [`REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC`] : [])],
    signature,
    'FUNCTION',
  );
  const call = types.map((one) => (one === 'integer' ? '1' : "'a'::text")).join(', ');
  if (!returnsSet) world.calls.set(`routine ${number}`, `${name}(${call})`);
  return printed;
};

function argumentList(choices: Choices, types: readonly string[]): string {
  return types
    .map((type, at) => {
      const initial =
        choices.has('default') && at === types.length - 1
          ? ` DEFAULT ${type === 'integer' ? choices.number('default') % 20 : `'d${choices.number('default') % 20}'`}`
          : '';
      const name = choices.of('argument', ['one', 'two', '"In"']);
      return `${name === undefined ? '' : `${name.replace(/"?$/, (end) => `${at}${end}`)} `}${type}${initial}`;
    })
    .join(', ');
}

const procedure: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('proc', number)}`;
  const relation = world.relations.get(choices.id('reads'));
  const from = relation === undefined || relation.kind === 'view' ? '' : ` FROM ${relation.sql}`;
  const isAtomic = choices.has('atomic') && world.major >= 14;
  const query = `SELECT ${choices.number('body') % 20}${from}`;
  const sql = [
    `CREATE PROCEDURE ${name}(${argumentList(choices, ['integer'])}) LANGUAGE sql`,
    ...(choices.has('definer') ? ['SECURITY DEFINER'] : []),
    isAtomic ? `BEGIN ATOMIC ${query}; END` : `AS $$${query}$$`,
  ].join(' ');
  return functionPrinted([sql], `${name}(integer)`, 'PROCEDURE');
};

const aggregate: Printer = (choices, world) => {
  const { number } = choices.thing;
  const name = `${world.schema(number)}.${nameOf('total', number)}`;
  const own = world.names.get('operatorFunction 1');
  const transition =
    choices.number('function') % 3 === 0 && own !== undefined
      ? own
      : ['int4pl', 'int4larger'][choices.number('function') % 2]!;
  const options = [
    `SFUNC = ${transition}`,
    'STYPE = integer',
    ...(choices.has('initial') ? [`INITCOND = '${choices.number('initial') % 9}'`] : []),
    ...(choices.has('parallel') ? ['PARALLEL = SAFE'] : []),
  ];
  return functionPrinted(
    [`CREATE AGGREGATE ${name}(integer) (${options.join(', ')})`],
    `${name}(integer)`,
    'AGGREGATE',
  );
};

const operator: Printer = (choices, world) => {
  const compares = world.names.get('operatorFunction 2');
  const adds = world.names.get('operatorFunction 1');
  const isBoolean = compares !== undefined && (choices.has('restrict') || adds === undefined);
  const procedureName = isBoolean ? compares : adds;
  if (procedureName === undefined) return null;
  const schema = world.schema(choices.thing.number + 1);
  const options = [
    `FUNCTION = ${procedureName}`,
    'LEFTARG = integer',
    'RIGHTARG = integer',
    ...(choices.has('commutator') ? [`COMMUTATOR = OPERATOR(${schema}.===)`] : []),
    ...(isBoolean && choices.has('restrict') ? ['RESTRICT = eqsel', 'JOIN = eqjoinsel'] : []),
    ...(isBoolean && choices.has('hashes') ? ['HASHES', 'MERGES'] : []),
  ];
  const what = `OPERATOR ${schema}.=== (integer, integer)`;
  return { sql: [`CREATE OPERATOR ${schema}.=== (${options.join(', ')})`], subject: what, owned: what };
};

const cast: Printer = (choices, world) => {
  const source = world.types.get(choices.id('of'))?.sql;
  if (source === undefined) return null;
  const context = choices.of('context', ['AS ASSIGNMENT', 'AS IMPLICIT']);
  const name = `${world.schema(1)}.cast_it`;
  const method = choices.has('method') ? `WITH FUNCTION ${name}(${source})` : 'WITH INOUT';
  const what = `CAST (${source} AS integer)`;
  return {
    sql: [
      ...(choices.has('method')
        ? [`CREATE FUNCTION ${name}(${source}) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1'`]
        : []),
      `CREATE ${what} ${method}${context === undefined ? '' : ` ${context}`}`,
    ],
    subject: what,
  };
};

export const routinePrinters = {
  helper,
  triggerFunction,
  operatorFunction,
  routine,
  procedure,
  aggregate,
  operator,
  cast,
};
