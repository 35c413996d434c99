import type { Connection } from 'mysql2';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import type { ResultColumn } from '../dialect.ts';
import { hexOf } from '../sql/literal.ts';

/** https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const TYPE = {
  float: 4, double: 5, timestamp: 7, date: 10, time: 11, datetime: 12, bit: 16, vector: 242, json: 245, enum: 247,
  set: 248, geometry: 255,
} as const; // prettier-ignore
const NUMBERS = new Set([0, 1, 2, 3, 8, 9, 13, 246]);
const BINARY_CHARSET = 63;
/** ENUM and SET are sent as strings that carry one of these. */
const BY_INDEX = 256 | 2048;

interface Field {
  readonly name: string;
  readonly columnType?: number;
  readonly flags?: number;
  readonly characterSet?: number;
}

type Reading = Omit<ResultColumn, 'name'>;

/** A text that is compared with a number or a date would turn both into floating point, hence a literal of each type. */
export async function columnsOf(session: Session, select: string): Promise<ResultColumn[]> {
  const fields = await new Promise<readonly Field[]>((resolve, reject) => {
    const sql = `SELECT * FROM (${select}\n) AS torale_rows LIMIT 0`;
    (session.driver as Connection).query({ sql }, (error: unknown, _: unknown, answer: unknown) => {
      if (error) reject(error as Error);
      else resolve(answer as readonly Field[]);
    });
  });
  return fields.map((field) => ({ name: field.name, ...readingOf(field) }));
}

const asChar = (expression: string): string => `CAST(${expression} AS CHAR)`;

function readingOf({ columnType = -1, flags = 0, characterSet = 0 }: Field): Reading {
  const isByIndex = (flags & BY_INDEX) !== 0 || columnType === TYPE.enum || columnType === TYPE.set;
  // They sort by their index, but are compared with a text as texts.
  if (isByIndex) return { unfit: null, toText: (expression) => asChar(`${expression} + 0`), fromText: number };
  if (NUMBERS.has(columnType)) return { unfit: null, toText: asChar, fromText: number };
  switch (columnType) {
    case TYPE.bit:
      return { unfit: null, toText: (expression) => asChar(`CAST(${expression} AS UNSIGNED)`), fromText: number };
    case TYPE.double:
      return { unfit: null, toText: asChar, fromText: (text) => `${number(text)}e0`.replace(/(e[+-]?\d+)e0$/i, '$1') };
    case TYPE.date:
      return { unfit: null, toText: asChar, fromText: (text) => `DATE'${moment(text)}'` };
    case TYPE.time:
      return { unfit: null, toText: asChar, fromText: (text) => `TIME'${moment(text)}'` };
    case TYPE.datetime:
    case TYPE.timestamp:
      return { unfit: null, toText: asChar, fromText: (text) => `TIMESTAMP'${moment(text)}'` };
    case TYPE.float:
      return unfit('a FLOAT, which is not exact');
    case TYPE.json:
      return unfit('JSON');
    case TYPE.vector:
    case TYPE.geometry:
      return unfit('of a type that has no order');
    default:
      return characterSet === BINARY_CHARSET
        ? { unfit: null, toText: (expression) => `HEX(${expression})`, fromText: (text) => `X'${hex(text)}'` }
        : { unfit: null, toText: asChar, fromText: (text) => `_utf8mb4 X'${hexOf(Buffer.from(text))}'` };
  }
}

function unfit(why: string): Reading {
  return { unfit: why, toText: asChar, fromText: number };
}

const number = (text: string): string => checked(text, /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i);
const moment = (text: string): string => checked(text, /^[-\d:. ]+$/);
const hex = (text: string): string => checked(text, /^[\dA-F]*$/);

function checked(text: string, pattern: RegExp): string {
  if (pattern.test(text)) return text;
  throw new ToraleError('UNRESOLVED', 'The journal holds a key that is none of ours.');
}
