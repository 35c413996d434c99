import { Random } from '../../support/random-schema/random.ts';

const NAMES = ['a', 'Bee', 'select', 'x y', 'key', "it's", 'é', 'A1', 'q"q', 'desc', 'end', 'like', 'rowid', 'b`t'];
const TYPES = [
  '',
  'INTEGER',
  'INT',
  'TEXT',
  'varchar ( 20 )',
  'DECIMAL ( 10 , 2 )',
  'unsigned big int',
  'blob',
  'generated',
];
const CONFLICTS = [
  '',
  '',
  '',
  'ON CONFLICT ABORT',
  'ON CONFLICT IGNORE',
  'ON CONFLICT REPLACE',
  'ON CONFLICT ROLLBACK',
];
const DEFAULTS = [
  '1',
  '- 1',
  '+ 1.5',
  '( 1 )',
  "='x,_y'",
  "x'00ff'",
  'NULL',
  'TRUE',
  'CURRENT_TIMESTAMP',
  '( CURRENT_DATE )',
  '( 1 + 2 )',
  "( abs ( - 1 ) || ='--' )",
  '=foo',
  '="Foo"',
  '( ( 0xFF ) )',
  "( hex ( x'ab' ) )",
  '.5e-3',
];
const EXPRESSIONS = [
  '#0 > 0',
  '%0 > 0 AND #1 IS NOT NULL',
  "#0 <> ='x;--(y'",
  '#0 IN ( 1 , 2 , - 3 )',
  "#0 NOT LIKE 'a%' ESCAPE '!'",
  'CASE WHEN #0 THEN #1 ELSE 0 END',
  'CAST ( #0 AS INTEGER ) == 1',
  '- #0 < + #1',
  "#0 || 'x' == x'ab'",
  'coalesce ( %0 , 1.5E3 ) <= 0xFF',
  "#0 COLLATE NOCASE = ='B'",
  '( #0 , %1 ) != ( 1 , 2 )',
  '#0 BETWEEN 1 AND #1',
  'NOT ( #0 OR #1 )',
  '#0 - - 1 >= ~ #1',
  '#0 ISNULL OR #1 NOTNULL',
  "json_extract ( #0 , '$.a' ) ->> ='b' = 1",
  "like ( #0 , 'x' )",
  'replace ( #0 , 1 , 2 ) GLOB 1',
  '#0 IS TRUE',
  'typeof ( #0 ) = typeof ( %1 )',
];
const REFERENCES = ['', '( $p )', '( $p ) ON DELETE CASCADE', 'ON UPDATE SET NULL ON DELETE NO ACTION'];
const DEFERRALS = [
  '',
  '',
  'NOT DEFERRABLE',
  'DEFERRABLE INITIALLY DEFERRED',
  'DEFERRABLE INITIALLY IMMEDIATE',
  'MATCH FULL',
];

export interface RandomTable {
  readonly name: string;
  readonly columns: readonly string[];
  /**
   * Words that may be typed in any case, `$0` a column's name where it is declared or listed, `#0` in an expression, `%0` with
   * the table before it, `=x` what has to stand as it is, `@` the table.
   */
  readonly template: string;
}

/** A table that SQLite takes, most of the time. */
export function randomTable(seed: number): RandomTable {
  const random = new Random(seed);
  const columns = NAMES.filter(() => random.chance(0.3)).slice(0, 6);
  while (columns.length < 2) columns.push(`c${columns.length}`);
  const pick = (list: readonly string[]): string => random.pick(list)!;
  const any = (): number => random.below(columns.length);
  const expression = (): string =>
    pick(EXPRESSIONS).replaceAll(/([#%])([01])/g, (_, sign: string) => `${sign}${any()}`);
  const named = (text: string): string => (random.chance(0.3) ? `CONSTRAINT =n${random.below(1000)} ${text}` : text);
  const isStrict = random.chance(0.15);
  const key = random.below(4);
  const items = columns.map((_, at) => {
    const isKey = key === 0 && at === 0;
    const clauses: string[] = [];
    const type = isStrict ? pick(['INTEGER', 'TEXT', 'ANY', 'BLOB']) : pick(TYPES);
    const isGenerated = at > (key === 1 ? 1 : 0) && random.chance(0.15);
    if (isKey) clauses.push(`PRIMARY KEY ${pick(['', 'ASC', type === 'INTEGER' ? '' : 'DESC'])} ${pick(CONFLICTS)}`);
    if (random.chance(0.3)) clauses.push(`NOT NULL ${pick(CONFLICTS)}`);
    if (random.chance(0.2)) clauses.push(`UNIQUE ${pick(CONFLICTS)}`);
    if (random.chance(0.3)) clauses.push(`COLLATE ${pick(['NOCASE', 'binary', 'rtrim'])}`);
    if (random.chance(0.3)) clauses.push(`CHECK ( ${expression()} )`);
    if (isGenerated) clauses.push(`${pick(['GENERATED_ALWAYS', ''])} AS ( #0 + 1 ) ${pick(['', 'STORED', 'VIRTUAL'])}`);
    else if (random.chance(0.3)) clauses.push(`DEFAULT ${pick(DEFAULTS)}`);
    if (random.chance(0.2)) clauses.push(`REFERENCES =p ${pick(REFERENCES)} ${pick(DEFERRALS)}`);
    const first = clauses.splice(0, isKey ? 1 : 0);
    const shuffled = clauses.map((text) => [random.next(), text] as const).sort(([a], [b]) => a - b);
    return [`$${at}`, type, ...first.map(named), ...shuffled.map(([, text]) => named(text))].join(' ');
  });
  const constraints: string[] = [];
  if (key === 1) constraints.push(named(`PRIMARY KEY ( $0 ${pick(['', 'ASC', 'DESC'])} , $1 ) ${pick(CONFLICTS)}`));
  while (random.chance(0.4)) constraints.push(named(`CHECK ( ${expression()} )`));
  while (random.chance(0.3))
    constraints.push(named(`UNIQUE ( $${any()} COLLATE NOCASE , $${any()} DESC ) ${pick(CONFLICTS)}`));
  if (random.chance(0.3))
    constraints.push(named(`FOREIGN KEY ( $${any()} ) REFERENCES =p ${pick(REFERENCES)} ${pick(DEFERRALS)}`));
  const options = [...(isStrict ? ['STRICT'] : []), ...(key < 2 && random.chance(0.3) ? ['WITHOUT ROWID'] : [])];
  const template = `CREATE TABLE @ ( ${[...items, ...constraints].join(' , ')} ) ${options.join(' , ')}`;
  return { name: pick(['t', 'T x', 'Order', 'main', '"']), columns, template };
}

const GAPS = [' ', ' ', ' ', '  ', '\n', '\t', ' /* c, ) */ ', ' -- c (\n', '/**/', ' /* " \' */ '];

/** What can stand on such a table: `&` is its name where it is used. */
export const DEPENDENTS = [
  'CREATE UNIQUE INDEX =i ON & ( #0 DESC , lower ( #1 ) COLLATE NOCASE , #1 ASC ) WHERE %0 > 1 AND #1 IS NOT NULL',
  'CREATE INDEX =j ON & ( #1 COLLATE RTRIM DESC , ( #0 || #1 ) )',
  "CREATE VIEW =v AS SELECT #0 , %1 AS =Al , count ( * ) =nn , CAST ( #0 AS INTEGER ) =Cc , 'x' || #1 , - #0 FROM & JOIN =p ON %0 = =p . =id WHERE #0 IN ( SELECT max ( #1 ) FROM & ) GROUP BY 1 , 2 HAVING #0 <> 1 ORDER BY #0 DESC , #1 LIMIT 1",
  'CREATE VIEW =w ( =One , =two ) AS WITH =x AS ( SELECT #0 , #1 FROM & AS =u WHERE =u . #0 == 1 ) SELECT * FROM =x UNION ALL SELECT CASE WHEN %0 THEN %1 ELSE NULL END , row_number ( ) OVER ( PARTITION BY #0 ORDER BY #1 ) FROM & LEFT JOIN =p',
  "CREATE TRIGGER =tr AFTER UPDATE OF #0 ON & WHEN NEW . #0 <> OLD . #1 BEGIN UPDATE & SET #1 = 1 , #0 = #0 + 1 WHERE #0 = NEW . #0 ; INSERT INTO =p ( =id ) VALUES ( NEW . #0 ) ON CONFLICT ( =id ) DO NOTHING ; DELETE FROM & WHERE #0 NOT NULL ; SELECT RAISE ( ABORT , 'x' ) ; END",
  'CREATE TRIGGER =un INSTEAD OF DELETE ON =v BEGIN INSERT INTO & ( #0 ) SELECT #1 FROM & WHERE #0 LIKE OLD . =Al ; END',
];

/** One of the ways in which a table can be typed: blanks, comments, quotes, the case of words and of names used. */
export function typed({ name, columns, template }: RandomTable, seed: number): string {
  const random = new Random(seed);
  const cased = (text: string): string =>
    random.chance(0.5) ? text.toLowerCase() : random.chance(0.5) ? text.toUpperCase() : text;
  // SQLite folds the case of ASCII only.
  const recased = (text: string): string => text.replaceAll(/[a-z]+/gi, cased);
  const isBare = (text: string): boolean => /^[a-z]\w*$/i.test(text) && !/^(select|order|desc|end|like)$/i.test(text);
  const quoted = (text: string, marks: string): string => {
    const mark = random.pick(marks.split('').filter((one) => one !== ']' || !text.includes(']')))!;
    if (mark === '-') return isBare(text) ? text : `"${text.replaceAll('"', '""')}"`;
    return mark === ']' ? `[${text}]` : mark + text.replaceAll(mark, mark + mark) + mark;
  };
  const write = (token: string): string => {
    const number = Number(token.slice(1));
    if (token === '@') return quoted(name, '-"]`\'');
    if (token === '&') return quoted(recased(name), '-"]`\'');
    if (token === '$p') return quoted(recased('id'), '-"]`\'');
    if (/^=[^=]/.test(token)) return token.slice(1);
    if (/^\$\d/.test(token)) return quoted(columns[number]!, '-"]`');
    if (/^#\d/.test(token)) return quoted(recased(columns[number]!), '-"]`');
    if (/^%\d/.test(token)) return `${quoted(recased(name), '-"]`')}.${quoted(recased(columns[number]!), '-"]`')}`;
    if (token.startsWith("'")) return token;
    return cased(token).replace('_always', ' always').replace('_ALWAYS', ' ALWAYS');
  };
  let text = '';
  let before = '(';
  for (const token of template.split(/ +/).filter(Boolean).map(write)) {
    const isTight = /[(),]$/.test(before) || /^[(),]/.test(token);
    text += text === '' || (isTight && random.chance(0.5)) ? token : random.pick(GAPS)! + token;
    before = token;
  }
  return text;
}
