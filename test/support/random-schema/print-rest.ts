import { condition, nameOf, type Choices, type Column, type Printer, type Relation, type World } from './world.ts';

const EVENTS = ['INSERT', 'UPDATE', 'DELETE'];

function eventsOf(choice: number): string[] {
  const chosen = EVENTS.filter((_, at) => ((choice >> at) & 1) === 1);
  return chosen.length === 0 ? ['INSERT'] : chosen;
}

const ENABLED = ['DISABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'];

const trigger: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  const routine = world.names.get(choices.id('function'));
  if (relation === undefined || routine === undefined) return null;
  const name = nameOf(on.startsWith('partition') ? 'ptrg' : 'trg', number);
  const isTable = relation.kind === 'table' && relation.isPartition !== true && relation.inherits !== true;
  const isConstraint = choices.has('constraint') && relation.kind === 'table';
  const isTransition = choices.has('transition') && isTable && !isConstraint;
  const isStatement = (choices.has('statement') && !isConstraint && relation.kind !== 'view') || isTransition;
  const time =
    isConstraint || isTransition
      ? 'AFTER'
      : relation.kind === 'view'
        ? 'INSTEAD OF'
        : (choices.of('time', ['BEFORE', 'AFTER']) ?? 'AFTER');
  const events = isTransition ? ['INSERT'] : eventsOf(choices.number('events'));
  const columns = relation.columns.filter(({ generated }) => generated === undefined);
  const of = choices.has('of') && relation.kind !== 'view' ? choices.some('of', columns, 2) : [];
  const words = events.map((event) =>
    event === 'UPDATE' && of.length > 0 ? `UPDATE OF ${of.map((column) => column.name).join(', ')}` : event,
  );
  const when = whenOf(choices, events, columns, world, isStatement || relation.kind === 'view');
  const argument = choices.has('argument') ? `'a${choices.number('argument') % 5}', 'it''s'` : '';
  const sql = [
    `CREATE ${isConstraint ? 'CONSTRAINT ' : ''}TRIGGER ${name} ${time} ${words.join(' OR ')} ON ${relation.sql}`,
    ...(isConstraint
      ? [choices.number('constraint') % 2 === 0 ? 'DEFERRABLE INITIALLY DEFERRED' : 'NOT DEFERRABLE']
      : []),
    ...(isTransition ? ['REFERENCING NEW TABLE AS added'] : []),
    isStatement ? 'FOR EACH STATEMENT' : 'FOR EACH ROW',
    ...(when === null ? [] : [`WHEN (${when})`]),
    `EXECUTE FUNCTION ${routine}(${argument})`,
  ].join(' ');
  const enabled = relation.kind === 'view' || relation.kind === 'foreign' ? undefined : choices.of('enabled', ENABLED);
  return {
    sql: [sql, ...(enabled === undefined ? [] : [`ALTER TABLE ${relation.sql} ${enabled} TRIGGER ${name}`])],
    subject: `TRIGGER ${name} ON ${relation.sql}`,
  };
};

function whenOf(
  choices: Choices,
  events: readonly string[],
  columns: readonly Column[],
  world: World,
  isNone: boolean,
): string | null {
  const column = columns[choices.number('when') % Math.max(1, columns.length)];
  if (!choices.has('when') || isNone || column === undefined) return null;
  if (events.includes('DELETE') && events.length > 1) return null;
  const row = events.includes('DELETE') ? 'OLD' : 'NEW';
  if (events.join() === 'UPDATE' && column.type.traits.has('btree'))
    return `OLD.${column.name} IS DISTINCT FROM NEW.${column.name}`;
  return condition(choices.number('when'), { ...column, name: `${row}.${column.name}` }, world);
}

const rule: Printer = (choices, world) => {
  const relation = world.relations.get(choices.thing.on);
  if (relation === undefined || relation.kind === 'foreign') return null;
  const event = EVENTS[choices.number('event') % 3]!;
  const column = relation.columns[0];
  const where =
    choices.has('where') && column !== undefined && relation.kind === 'table'
      ? ` WHERE ${condition(choices.number('where'), { ...column, name: `${event === 'INSERT' ? 'NEW' : 'OLD'}.${column.name}` }, world)}`
      : '';
  const action = choices.number('event') % 2 === 0 || where !== '' ? 'NOTHING' : 'NOTIFY changed';
  const sql = `CREATE RULE "Rule 1" AS ON ${event} TO ${relation.sql}${where} DO ${choices.has('instead') ? 'INSTEAD' : 'ALSO'} ${action}`;
  const enabled = relation.kind === 'view' ? undefined : choices.of('enabled', ENABLED);
  return {
    sql: [sql, ...(enabled === undefined ? [] : [`ALTER TABLE ${relation.sql} ${enabled} RULE "Rule 1"`])],
    subject: `RULE "Rule 1" ON ${relation.sql}`,
  };
};

const policy: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  if (relation === undefined || relation.kind === 'foreign') return null;
  const name = nameOf('pol', number);
  const command = choices.of('command', ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'ALL']) ?? 'ALL';
  const roles = choices.of('roles', ['td_r1', 'td_r1, td_r2', 'PUBLIC', 'CURRENT_USER']);
  const column = relation.columns[choices.number('using') % Math.max(1, relation.columns.length)];
  const using =
    choices.has('using') && command !== 'INSERT' && column !== undefined
      ? ` USING (${condition(choices.number('using'), column, world)})`
      : '';
  const other = relation.columns[choices.number('check') % Math.max(1, relation.columns.length)];
  const isChecked = choices.has('check') && ['INSERT', 'UPDATE', 'ALL'].includes(command) && other !== undefined;
  const check = isChecked ? ` WITH CHECK (${condition(choices.number('check'), other, world)})` : '';
  const kind = choices.has('restrictive') ? ' AS RESTRICTIVE' : '';
  return {
    sql: [
      `CREATE POLICY ${name} ON ${relation.sql}${kind} FOR ${command}${roles === undefined ? '' : ` TO ${roles}`}${using}${check}`,
    ],
    subject: `POLICY ${name} ON ${relation.sql}`,
  };
};

const statistics: Printer = (choices, world) => {
  const { on } = choices.thing;
  const relation = world.relations.get(on);
  if (relation === undefined) return null;
  const able = relation.columns.filter(({ type, generated }) => type.traits.has('btree') && generated !== 'virtual');
  const choice = choices.number('columns');
  const columns = able.filter(({ number }) => ((choice >> number) & 1) === 1);
  const chosen = (columns.length >= 2 ? columns : able.slice(0, 2)).map(({ name }) => name);
  const integer = able.find(({ type, generated }) => type.traits.has('integer') && generated === undefined);
  if (choices.has('expression') && world.major >= 14 && integer !== undefined)
    chosen.push(`(${integer.name} % ${2 + (choices.number('expression') % 5)})`);
  if (chosen.length < 2) return null;
  const name = `${world.schema(2)}.stat_${relation.name.replaceAll(/[" é]/g, '').toLowerCase()}`;
  const kinds = choices.of('kinds', ['ndistinct', 'dependencies, mcv', 'mcv', 'ndistinct, dependencies']);
  return {
    sql: [
      `CREATE STATISTICS ${name}${kinds === undefined ? '' : ` (${kinds})`} ON ${chosen.join(', ')} FROM ${relation.sql}`,
      ...(choices.has('target') ? [`ALTER STATISTICS ${name} SET STATISTICS ${choices.number('target')}`] : []),
    ],
    subject: `STATISTICS ${name}`,
    owned: `STATISTICS ${name}`,
  };
};

const eventTrigger: Printer = (choices, world) => {
  const routine = `${world.schema(1)}.watch`;
  const event = choices.of('event', ['ddl_command_start', 'sql_drop', 'ddl_command_end']) ?? 'ddl_command_end';
  const tags = choices.of('tags', [`'CREATE TABLE', 'DROP TABLE'`, `'CREATE VIEW'`]);
  const enabled = choices.of('enabled', ENABLED);
  return {
    sql: [
      `CREATE FUNCTION ${routine}() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$`,
      `CREATE EVENT TRIGGER watch ON ${event}${tags === undefined ? '' : ` WHEN TAG IN (${tags})`} EXECUTE FUNCTION ${routine}()`,
      ...(enabled === undefined ? [] : [`ALTER EVENT TRIGGER watch ${enabled}`]),
    ],
    subject: 'EVENT TRIGGER watch',
  };
};

const publication: Printer = (choices, world) => {
  const name = nameOf('pub', choices.thing.number);
  const options = [
    ...(choices.has('publish')
      ? [`publish = '${choices.of('publish', ['insert', 'insert, update', 'delete, truncate'])!}'`]
      : []),
    ...(choices.has('root') ? ['publish_via_partition_root = true'] : []),
  ];
  const end = options.length === 0 ? '' : ` WITH (${options.join(', ')})`;
  const result = (target: string) => ({
    sql: [`CREATE PUBLICATION ${name}${target}${end}`],
    subject: `PUBLICATION ${name}`,
  });
  if (choices.has('all')) return result(' FOR ALL TABLES');
  if (choices.has('schema') && world.major >= 15)
    return result(` FOR TABLES IN SCHEMA ${world.schema(choices.number('schema'))}`);
  const ids = [...new Set([choices.id('first'), choices.id('second')])];
  const tables = ids.flatMap((id) => {
    const relation = world.relations.get(id);
    return relation === undefined || relation.kind === 'foreign' || relation.unlogged === true
      ? []
      : [published(choices, relation, world)];
  });
  return result(tables.length === 0 ? '' : ` FOR TABLE ${tables.join(', ')}`);
};

function published(choices: Choices, relation: Relation, world: World): string {
  const plain = relation.columns.filter(({ generated, type }) => generated === undefined && type.traits.has('builtin'));
  const canChoose = world.major >= 15 && relation.kind === 'table';
  const columns =
    choices.has('columns') && canChoose && plain.length > 0
      ? ` (${choices
          .some('columns', plain)
          .map(({ name }) => name)
          .join(', ')})`
      : '';
  const integer = plain.find(({ type }) => type.traits.has('integer'));
  const where =
    choices.has('where') && canChoose && integer !== undefined
      ? ` WHERE (${integer.name} > ${choices.number('where')})`
      : '';
  return `ONLY ${relation.sql}${columns}${where}`;
}

const PRIVILEGES_ON = [
  ['TABLES', ['SELECT', 'INSERT, UPDATE', 'ALL']],
  ['SEQUENCES', ['USAGE', 'SELECT, UPDATE']],
  ['FUNCTIONS', ['EXECUTE']],
  ['TYPES', ['USAGE']],
] as const;

const defaultPrivileges: Printer = (choices, world) => {
  const { number } = choices.thing;
  const [objects, sets] = PRIVILEGES_ON[choices.number('objects') % PRIVILEGES_ON.length]!;
  const role = ['postgres', 'td_r1'][choices.number('role') % 2]!;
  const head = `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}`;
  if (choices.has('revoke'))
    return {
      sql: [
        `${head} REVOKE ALL ON ${objects} FROM ${objects === 'FUNCTIONS' || objects === 'TYPES' ? 'PUBLIC' : role}`,
      ],
    };
  const schema = choices.has('schema') ? ` IN SCHEMA ${world.schema(number)}` : '';
  const grantee = ['td_r1', 'td_r2', 'PUBLIC'][choices.number('grantee') % 3]!;
  const option = choices.has('option') && grantee !== 'PUBLIC' ? ' WITH GRANT OPTION' : '';
  return {
    sql: [
      `${head}${schema} GRANT ${sets[choices.number('privileges') % sets.length]!} ON ${objects} TO ${grantee}${option}`,
    ],
  };
};

export const restPrinters = { trigger, rule, policy, statistics, eventTrigger, publication, defaultPrivileges };
