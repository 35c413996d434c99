import { createHash } from 'node:crypto';
import type { Row, Session } from '../../session/session.ts';
import type { NamedObject } from '../sql/objects.ts';
import { describeError } from './errors.ts';
import { quote } from './quote.ts';

const ABSENT = 'absent';

/** ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE, ER_TRG_DOES_NOT_EXIST, ER_SP_DOES_NOT_EXIST, ER_EVENT_DOES_NOT_EXIST */
const NOT_THERE = new Set(['1049', '1146', '1360', '1305', '1539']);

/** The definition of an object as the server prints it now, in short; `absent` where there is none. */
export async function fingerprintOf(session: Session, object: NamedObject): Promise<string> {
  const name = object.schema === null ? quote(object.name) : `${quote(object.schema)}.${quote(object.name)}`;
  try {
    const { rows } = await session.query(`SHOW CREATE ${object.kind.toUpperCase()} ${name}`);
    return digest(definitionIn(rows[0]));
  } catch (error) {
    if (NOT_THERE.has(describeError(error).code)) return ABSENT;
    throw error;
  }
}

/** `Create Table`, `Create View`, `SQL Original Statement`: the longest column is the definition. */
function definitionIn(row: Row | undefined): string {
  const texts = Object.values(row ?? {}).filter((value): value is string => typeof value === 'string');
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), '');
  // The counter moves with every row.
  return longest.replace(/ AUTO_INCREMENT=\d+/, '');
}

// Names and shapes of everything in the database, where a statement does not name what it changes.
const WHOLE = [
  `SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA
   FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 3`,
  `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE
   FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3`,
  `SELECT ROUTINE_NAME, ROUTINE_TYPE, MD5(ROUTINE_DEFINITION) FROM information_schema.ROUTINES
   WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1, 2`,
  `SELECT TRIGGER_NAME, MD5(ACTION_STATEMENT) FROM information_schema.TRIGGERS
   WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1`,
];

export async function fingerprintOfAll(session: Session): Promise<string> {
  const hash = createHash('sha256');
  for (const sql of WHOLE) {
    const { rows } = await session.query(sql);
    for (const row of rows) hash.update(JSON.stringify(row));
  }
  return hash.digest('hex').slice(0, 16);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
