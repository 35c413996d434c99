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
  const answers: Row[][] = [];
  await queryEach(session, queries, (rows) => answers.push(rows));
  return answers;
}

/** The same, where each answer is read and forgotten: those of 5,000 tables are 10 MiB. They come in the order of the queries. */
export async function queryEach(
  session: Session,
  queries: readonly string[],
  read: (rows: Row[], at: number) => void,
): Promise<void> {
  const connection = session.driver as Connection;
  for (let start = 0; start < queries.length; start += BLOCK) {
    const part = queries.slice(start, start + BLOCK);
    const sets = hasBlocks(session.server)
      ? await ask(connection, `BEGIN NOT ATOMIC\n${part.join(';\n')};\nEND`)
      : await Promise.all(part.map((sql) => ask(connection, sql)));
    for (const at of part.keys()) read(sets[at] as Row[], start + at);
  }
}

function ask(connection: Connection, sql: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    connection.query({ ...PLAIN, sql }, (error: unknown, result: unknown) => {
      if (error) reject(error as Error);
      else resolve(result as readonly unknown[]);
    });
  });
}
