import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { inject, onTestFinished } from 'vitest';
import { mysqlBinaries, postgresBinaries, startMysql, startPostgres } from './private-server.ts';
import type { RunningServer, ServerExtras } from './private-server.ts';
import { mysqlRows, postgresRows } from './raw.ts';

/** A port that takes connections and never says a word, closed when the test ends. */
export async function silentPort(): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function postgresPrograms(): string | undefined {
  const found = inject('toraleServers').postgres;
  return (found.url === undefined ? undefined : found.bin) ?? postgresBinaries();
}

/** Whether a server of one's own can be started: what a shared one does not do, such as passwords and TLS, needs it. */
export const canStart = {
  postgres: postgresPrograms() !== undefined,
  mysql: mysqlBinaries() !== undefined,
};

export const NEEDS_PROGRAMS = {
  postgres: "a PostgreSQL server of its own: install postgresql (the server's programs, not only a running server)",
  mysql:
    "a MySQL or MariaDB server of its own: install mariadb-server (the server's programs, not only a running server)",
};

/** A private server with settings of its own; stop it in `afterAll`. */
export async function startOwn(dialect: 'postgres' | 'mysql', extras: ServerExtras): Promise<RunningServer> {
  const server =
    dialect === 'postgres'
      ? await startPostgres(postgresPrograms()!, extras)
      : await startMysql(mysqlBinaries()!, extras);
  const rows = dialect === 'postgres' ? postgresRows : mysqlRows;
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await rows(server.url, 'SELECT 1');
      return server;
    } catch (error) {
      const died = server.died();
      if (died === undefined && Date.now() < deadline) {
        await pause(50);
        continue;
      }
      server.stop();
      throw new Error(died ?? String(error), { cause: error });
    }
  }
}
