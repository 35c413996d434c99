import Database from 'better-sqlite3';

type Row = Readonly<Record<string, string | number | null>>;

/**
 * What a database is like, one fact a line, sorted: by SQLite's own pragmas, and for what they leave out by the words of the
 * stored statements. It shares nothing with how Torale reads a schema.
 */
export function factsOf(source: Database.Database): string[] {
  const database = clone(source);
  try {
    const rows = (sql: string, ...values: unknown[]): Row[] => database.prepare(sql).all(...values) as Row[];
    const relations = rows(
      `SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    );
    const facts = relations.flatMap(({ name, type, wr, strict }) => [
      `${type} ${low(name)}${wr === 1 && type === 'table' ? ' without rowid' : ''}${strict === 1 ? ' strict' : ''}`,
      ...(type === 'view' ? [] : columnFacts(rows, database, String(name), type === 'table')),
      ...(type === 'table' ? [...indexFacts(rows, String(name)), ...keyFacts(rows, String(name))] : []),
    ]);
    const statements = rows(
      `SELECT s.type, s.name, s.tbl_name, s.sql, l.type AS sort FROM sqlite_schema s
       LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.name AND s.type = 'table'
       WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND coalesce(l.type, '') <> 'shadow'`,
    );
    for (const { type, name, sql, sort } of statements) {
      const words = wordsOf(String(sql));
      if (type === 'table' && sort === 'table') facts.push(...clauseFacts(low(name), words));
      else facts.push(`sql ${withoutDefaults(words).join(' ')}`);
    }
    return facts.toSorted();
  } finally {
    database.close();
  }
}

/** Words that say what holds without them. */
function withoutDefaults(words: readonly string[]): string[] {
  const isRow = (at: number): boolean => words.slice(at, at + 3).join(' ') === 'for each row';
  return words.filter((word, at) => word !== 'asc' && word !== 'before' && ![0, 1, 2].some((back) => isRow(at - back)));
}

export function clone(source: Database.Database): Database.Database {
  return new Database(source.serialize());
}

/** What each has that the other has not. */
export function differenceOf(left: readonly string[], right: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const fact of left) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  for (const fact of right) counts.set(fact, (counts.get(fact) ?? 0) - 1);
  return [...counts].flatMap(([fact, count]) => (count === 0 ? [] : [`${count > 0 ? 'has' : 'lacks'} ${fact}`]));
}

const low = (word: Row[string] | undefined): string => String(word).toLowerCase();

type Ask = (sql: string, ...values: unknown[]) => Row[];

function columnFacts(rows: Ask, database: Database.Database, table: string, isPlain: boolean): string[] {
  const columns = rows('SELECT * FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid', table);
  const names = columns.map(({ name }) => String(name));
  const collations = isPlain ? collationsOf(rows, database, table, names) : [];
  return columns.map(({ name, type, notnull, pk, hidden, dflt_value: initial }, at) => {
    const words = initial === null ? '' : ` default ${bare(wordsOf(String(initial))).join(' ')}`;
    const declared = `${low(type).replaceAll(/\s+/g, '')} collate ${collations[at] ?? ''}`;
    return `column ${low(table)}.${low(name)} ${declared} notnull ${low(notnull)} key ${low(pk)} hidden ${low(hidden)}${words}`;
  });
}

/** No pragma tells them; an index on the columns takes them over. */
function collationsOf(rows: Ask, database: Database.Database, table: string, columns: readonly string[]): string[] {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  database.exec(`CREATE INDEX torale_look ON ${quoted(table)} (${columns.map(quoted).join(', ')})`);
  const keys = rows(`SELECT coll FROM pragma_index_xinfo('torale_look') ORDER BY seqno`);
  database.exec('DROP INDEX torale_look');
  return keys.slice(0, columns.length).map(({ coll }) => low(coll));
}

function indexFacts(rows: Ask, table: string): string[] {
  return rows('SELECT * FROM pragma_index_list(?)', table).map(({ name, unique, origin, partial }) => {
    const keys = rows('SELECT * FROM pragma_index_xinfo(?) WHERE "key" = 1 ORDER BY seqno', name).map(
      (key) => `${low(key['name'])}${key['desc'] === 1 ? ' desc' : ''} ${low(key['coll'])}`,
    );
    const label = origin === 'c' ? low(name) : '';
    return `index ${label} on ${low(table)} unique ${low(unique)} origin ${low(origin)} partial ${low(partial)} (${keys.join(', ')})`;
  });
}

function keyFacts(rows: Ask, table: string): string[] {
  const keys = Map.groupBy(rows('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq', table), ({ id }) => id);
  return [...keys.values()].map((parts) => {
    const [{ table: parent, on_delete: onDelete, on_update: onUpdate, match }] = parts as [Row];
    const columns = parts.map(({ from, to }) => `${low(from)} → ${low(to)}`).join(', ');
    return `key of ${low(table)} to ${low(parent)} (${columns}) delete ${low(onDelete)} update ${low(onUpdate)} match ${low(match)}`;
  });
}

const TOKEN =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|\s+|(x?'(?:[^']|'')*')|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|([a-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*)|(0x[0-9a-f]+|\d*\.?\d+(?:e[+-]?\d+)?)|(\|\||<>|<=|>=|==|!=|->>?|.)/giu;

/** The words of a statement: comments out, names without their quotes and in lower case. */
function wordsOf(sql: string): string[] {
  return [...sql.matchAll(TOKEN)].flatMap(([, text, double, back, bracket, word, number, symbol]) => {
    if (text !== undefined) return [text];
    if (double !== undefined) return [double.replaceAll('""', '"').toLowerCase()];
    if (back !== undefined) return [back.replaceAll('``', '`').toLowerCase()];
    const plain = bracket ?? word ?? number;
    if (plain !== undefined) return [plain.toLowerCase()];
    return symbol === undefined ? [] : [symbol === '==' ? '=' : symbol === '<>' ? '!=' : symbol];
  });
}

/** Without parentheses around the whole. */
function bare(words: readonly string[]): readonly string[] {
  if (words[0] !== '(') return words;
  return endOfGroup(words, 0) === words.length - 1 ? bare(words.slice(1, -1)) : words;
}

function endOfGroup(words: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    if (words[at] === '(') depth += 1;
    if (words[at] === ')' && (depth -= 1) === 0) return at;
  }
  return words.length;
}

/** What only the text of a table says. */
function clauseFacts(table: string, words: readonly string[]): string[] {
  const facts: string[] = [];
  const inside = (open: number): string =>
    unqualified(table, bare(words.slice(open + 1, endOfGroup(words, open)))).join(' ');
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    const name = words[at - 2] === 'constraint' ? ` ${words[at - 1]}` : '';
    if (word === 'check' && next === '(') facts.push(`check${name} of ${table}: ${inside(at + 1)}`);
    if (word === 'as' && next === '(') facts.push(`generated in ${table}: ${inside(at + 1)}`);
    if (word === 'autoincrement') facts.push(`counter of ${table}`);
    if (word === 'conflict' && words[at - 1] === 'on' && next !== 'abort') facts.push(`conflict ${next} in ${table}`);
    if (word === 'deferred' && words[at - 1] === 'initially' && words[at - 3] !== 'not')
      facts.push(`deferred in ${table}`);
    if (name !== '' && ['unique', 'primary', 'foreign', 'references'].includes(word)) {
      facts.push(`${word === 'references' ? 'foreign' : word}${name} of ${table}`);
    }
  }
  return facts;
}

function unqualified(table: string, words: readonly string[]): string[] {
  return words.filter(
    (word, at) => !(word === table && words[at + 1] === '.') && !(word === '.' && words[at - 1] === table),
  );
}
