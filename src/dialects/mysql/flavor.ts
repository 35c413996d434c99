import type { Server } from '../../session/session.ts';

/**
 * Which of the two servers it is, from the version in its greeting. MariaDB greets as `5.5.5-10.11.19-MariaDB-…`
 * for the sake of old replicas: https://mariadb.com/kb/en/connection/#initial-handshake-packet
 */
export function serverOf(greeting: string): Server {
  const mariadb = /(\d+\.\d+\.\d+)-MariaDB/i.exec(greeting);
  if (mariadb) return { flavor: 'mariadb', version: mariadb[1]!, title: `MariaDB ${mariadb[1]}` };
  const version = /^\d+(\.\d+)*/.exec(greeting)?.[0] ?? '';
  return { flavor: 'mysql', version, title: `MySQL ${version}`.trim() };
}

/**
 * Whether DDL on one object is whole or nothing after a crash: https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html,
 * https://mariadb.com/kb/en/atomic-ddl/
 */
export function atomicDdl({ flavor, version }: Server): boolean {
  return atLeast(version, flavor === 'mariadb' ? [10, 6] : [8, 0]);
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
