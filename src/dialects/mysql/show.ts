import type { Connection } from 'mysql2';
import type { Row, Session } from '../../session/session.ts';
import { hasBlocks } from './flavor.ts';

/** How many statements go into one block: the answers to it are held at once. */
const BLOCK = 500;

const PLAIN = { rowsAsArray: false, nestTables: false, namedPlaceholders: false, dateStrings: true } as const;

/**
 * The rows of many queries in few round trips: in a block where the server has anonymous ones, else one behind the other
 * without waiting for each answer here. Several statements in one text would have to be allowed for the whole connection.
 */
export async function queryAll(session: Session, queries: readonly string[]): Promise<Row[][]> {
  const connection = session.driver as Connection;
  if (!hasBlocks(session.server)) return Promise.all(queries.map((sql) => ask(connection, sql) as Promise<Row[]>));
  const answers: Row[][] = [];
  for (let at = 0; at < queries.length; at += BLOCK) {
    const part = queries.slice(at, at + BLOCK);
    const sets = await ask(connection, `BEGIN NOT ATOMIC\n${part.join(';\n')};\nEND`);
    answers.push(...(sets.slice(0, part.length) as Row[][]));
  }
  return answers;
}

function ask(connection: Connection, sql: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    connection.query({ ...PLAIN, sql }, (error: unknown, result: unknown) => {
      if (error) reject(error as Error);
      else resolve(result as readonly unknown[]);
    });
  });
}
