import type { Database } from 'better-sqlite3';

interface Listed {
  readonly name: string;
  readonly type: 'table' | 'virtual' | 'shadow' | 'view';
  readonly wr: number;
  readonly strict: number;
}

interface Stored {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string;
}

interface Token {
  readonly text: string;
  /** Not in quotes: it may be a keyword. */
  readonly isWord: boolean;
  /** As it was typed, without quotes. */
  readonly typed: string;
}

/**
 * A schema as SQLite's PRAGMAs tell it, and what they leave out as its stored texts tell it, clause by clause. Nothing of
 * this is Torale's. Left out is what says nothing: the order of columns, of clauses, where a constraint stands, blanks,
 * comments, quotes, the case of keywords.
 */
export function factsOf(db: Database): string[] {
  const tables = db.prepare<[], Listed>("SELECT * FROM pragma_table_list WHERE schema = 'main'").all();
  const shadows = new Set(tables.filter(({ type }) => type === 'shadow').map(({ name }) => name));
  const stored = db
    .prepare<[], Stored>("SELECT * FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'")
    .all()
    .filter(({ tbl_name }) => !shadows.has(tbl_name));
  return stored.flatMap((object) => factsOfObject(db, object, tables)).sort();
}

function factsOfObject(db: Database, { type, name, tbl_name, sql }: Stored, tables: readonly Listed[]): string[] {
  const tokens = tokensOf(sql);
  if (type !== 'table') return [`${type} ${tbl_name}.${name}: ${textOf(tokens.filter(({ text }) => text !== 'asc'))}`];
  const { type: kind, wr, strict } = tables.find((listed) => listed.name === name)!;
  const head = `${kind} ${name}${wr === 1 ? ' without rowid' : ''}${strict === 1 ? ' strict' : ''}`;
  if (kind === 'virtual') return [`${head}: ${textOf(tokens)}`];
  return [head, ...columnFacts(db, name), ...keyFacts(db, name), ...clauseFacts(name, unqualified(name, tokens))];
}

function columnFacts(db: Database, table: string): string[] {
  const rows = db
    .prepare<[string], Record<string, string | number | null>>('SELECT * FROM pragma_table_xinfo(?)')
    .all(table);
  return rows.map(({ name, type, notnull, dflt_value, pk, hidden }) => {
    const byDefault = dflt_value === null ? '' : defaultText(tokensOf(String(dflt_value)));
    return `column ${table}.${name}: ${[textOf(tokensOf(String(type))), notnull, byDefault, pk, hidden].join(', ')}`;
  });
}

/** `t.a` in a table t is `a`. */
function unqualified(table: string, tokens: readonly Token[]): readonly Token[] {
  const isDot = (at: number): boolean => tokens[at]?.text === '.';
  const isOwn = (at: number): boolean => tokens[at]?.text === table.toLowerCase() && isDot(at + 1);
  return tokens.filter((_, at) => !isOwn(at) && !(isDot(at) && isOwn(at - 1)));
}

/** What indexes there are, those of constraints too, and what refers to other tables. */
function keyFacts(db: Database, table: string): string[] {
  const indexes = db
    .prepare<[string], { name: string; unique: number; origin: string; partial: number }>(
      'SELECT * FROM pragma_index_list(?)',
    )
    .all(table)
    .map(({ name, unique, origin, partial }) => {
      const columns = db
        .prepare<[string], string>('SELECT json_array(name, desc, coll, key) FROM pragma_index_xinfo(?) WHERE key')
        .pluck()
        .all(name);
      return `index on ${table}: ${[origin === 'c' ? name : origin, unique, partial, ...columns].join(' ')}`;
    });
  const keys = db
    .prepare<[string], string>(
      `SELECT lower(json_group_array(json_array("table", "from", "to", on_update, on_delete, match) ORDER BY seq))
       FROM pragma_foreign_key_list(?) GROUP BY id`,
    )
    .pluck()
    .all(table)
    .map((key) => `key of ${table}: ${key}`);
  return [...indexes, ...keys];
}

const CLAUSE = new Set(
  'constraint primary unique check foreign references not null default collate generated as'.split(' '),
);
const OF_TABLE = new Set('constraint primary unique check foreign'.split(' '));

function clauseFacts(table: string, tokens: readonly Token[]): string[] {
  const open = tokens.findIndex(({ text }) => text === '(');
  return listed(tokens.slice(open)).flatMap((item) => {
    const [first, ...rest] = item;
    if (isOneOf(first, OF_TABLE)) return [`${table}: ${clauseFact(item, null)}`];
    return clausesOf(rest)
      .map((clause) => clauseFact(clause, first!.text))
      .filter((fact) => fact !== null)
      .map((fact) => `${table}: ${fact}`);
  });
}

/** The items between brackets that open at the first token. */
function listed(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === ')') depth -= 1;
    if (depth === 1 && token.text === ',') items.push([]);
    else if (depth > 0) items.at(-1)!.push(token);
    if (token.text === '(') depth += 1;
    if (depth === 0) break;
  }
  return items;
}

/** What stands behind a column, clause by clause, the type aside. */
function clausesOf(tokens: readonly Token[]): Token[][] {
  const clauses: Token[][] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]?.text ?? '';
    const isSecond =
      tokens[at - 2]?.text === 'constraint' ||
      /^(?:constraint|set|always|collate)$/.test(before) ||
      (/^(?:not|default)$/.test(before) && token.text === 'null') ||
      (token.text === 'not' && tokens[at + 1]?.text === 'deferrable');
    if (depth === 0 && !isSecond && isOneOf(token, CLAUSE)) clauses.push([]);
    clauses.at(-1)?.push(token);
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
  }
  return clauses;
}

/** @param column the one that the clause stands behind */
function clauseFact(clause: readonly Token[], column: string | null): string | null {
  const name = clause[0]!.text === 'constraint' ? clause[1]!.text : '';
  const body = name === '' ? clause : clause.slice(2);
  const text = textOf(body.filter(({ text: word, isWord }) => !(isWord && word === 'asc'))).replaceAll(
    SAID_BY_DEFAULT,
    '',
  );
  const list = body.findIndex((token) => token.text === '(');
  switch (body[0]!.text) {
    case 'null':
      return null;
    case 'check':
      return `${name} check ${textOf(unwrapped(body.slice(1)))}`;
    case 'references':
      return `${name} foreign key ( ${column} ) ${text}`;
    case 'unique':
      return column === null
        ? `${name} ${text}`
        : `${name} unique ( ${column} ) ${text.slice('unique '.length)}`.trimEnd();
    case 'primary': {
      const keys =
        column === null
          ? textOf(
              listed(body.slice(list))
                .flat()
                .filter(({ text: word }) => word !== 'asc'),
            )
          : column;
      const rest = text.replace(/^primary key(?: \( .*? \))?/, '').trim();
      return `${name} primary key ${[...keys.split(' '), ...rest.split(' ')]
        .filter((word) => word !== '')
        .sort()
        .join(' ')}`;
    }
    case 'foreign':
      return `${name} ${text}`;
    case 'default':
      return `${column} default ${defaultText(body.slice(1))}`;
    case 'generated':
    case 'as':
      return `${column} ${text.replace('generated always ', '').replace(/\)$/, ') virtual')}`;
    default:
      return `${column} ${text}`;
  }
}

/** A name in quotes is a text where no column can be meant: https://www.sqlite.org/quirks.html#dblquote */
function defaultText(tokens: readonly Token[]): string {
  const inside = unwrapped(tokens);
  return inside.length === 1 && !inside[0]!.isWord ? `'${inside[0]!.typed}'` : textOf(inside);
}

const SAID_BY_DEFAULT =
  / (?:on (?:delete|update) no action|not deferrable(?: initially \w+)?|deferrable initially immediate)\b/g;

const isOneOf = (token: Token | undefined, words: ReadonlySet<string>): boolean =>
  token?.isWord === true && words.has(token.text);

function unwrapped(tokens: readonly Token[]): readonly Token[] {
  if (tokens[0]?.text !== '(' || tokens.at(-1)?.text !== ')') return tokens;
  let depth = 0;
  for (const [at, { text }] of tokens.entries()) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0 && at < tokens.length - 1) return tokens;
  }
  return unwrapped(tokens.slice(1, -1));
}

const TOKEN =
  /\s+|--.*|\/\*[^]*?(?:\*\/|$)|(?<string>x?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[\p{L}\w$]+)|(?<sign>->>?|\|\||<<|>>|[<>=!]=|<>|[^])/giu;

function tokensOf(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)].flatMap(({ groups }): Token[] => {
    const { string, name, word, sign } = groups!;
    if (string !== undefined)
      return [{ text: string, isWord: false, typed: string.replaceAll("''", "'").slice(1, -1) }];
    if (word !== undefined) return [{ text: word.toLowerCase(), isWord: true, typed: word }];
    if (sign !== undefined) return [{ text: SAME.get(sign) ?? sign, isWord: false, typed: sign }];
    if (name === undefined) return [];
    const mark = name.at(-1)!;
    const typed = name.slice(1, -1).replaceAll(mark + mark, mark);
    return [{ text: typed.toLowerCase(), isWord: false, typed }];
  });
}

const SAME = new Map([
  ['<>', '!='],
  ['==', '='],
]);

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join(' ');
