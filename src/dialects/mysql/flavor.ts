import type { PlanContext } from '../../diff/rules.ts';
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

/** `15.20` as a number that orders releases: 101119 is MariaDB 10.11.19, as in executable comments. */
export function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 10_000 + minor * 100 + patch;
}

type FlavorName = PlanContext['flavor'];

/**
 * How an index is hidden from the optimizer: https://mariadb.com/kb/en/ignored-indexes/,
 * https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html
 */
export function visibilityWord(flavor: FlavorName, isSeen: boolean): string {
  if (flavor === 'mariadb') return isSeen ? 'NOT IGNORED' : 'IGNORED';
  return isSeen ? 'VISIBLE' : 'INVISIBLE';
}

/**
 * MySQL took DROP CONSTRAINT up in 8.0.19 and has DROP CHECK since 8.0.16, with which checks began; MariaDB has the former
 * alone: https://dev.mysql.com/doc/refman/8.4/en/alter-table.html, https://mariadb.com/kb/en/alter-table/#drop-constraint
 *
 * @param name in quotes
 */
export function dropCheck(flavor: FlavorName, name: string): string {
  return flavor === 'mariadb' ? `DROP CONSTRAINT ${name}` : `DROP CHECK ${name}`;
}

/** `ALTER CHECK … NOT ENFORCED`: https://dev.mysql.com/doc/refman/8.4/en/alter-table.html; MariaDB enforces all checks. */
export function enforcesInPlace(flavor: FlavorName): boolean {
  return flavor === 'mysql';
}

/**
 * Whether no two checks of a database can have one name; on MariaDB those of one table cannot:
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html, https://mariadb.com/kb/en/constraint/
 */
export function namesChecksApart(flavor: FlavorName | undefined): boolean {
  return flavor === 'mysql';
}

/**
 * MariaDB has CREATE OR REPLACE for triggers, routines and events, which keeps the grants on a routine:
 * https://mariadb.com/kb/en/create-procedure/, https://mariadb.com/kb/en/create-trigger/. MySQL has it for views alone.
 */
export function replacesPrograms(flavor: FlavorName): boolean {
  return flavor === 'mariadb';
}

/**
 * Whether a row without a value in a TIMESTAMP gets the time of the moment when that becomes NOT NULL: measured on MariaDB
 * 10.11, under any sql_mode. MySQL refuses while explicit_defaults_for_timestamp is on:
 * https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_explicit_defaults_for_timestamp
 */
export function stampsNulls(flavor: FlavorName): boolean {
  return flavor === 'mariadb';
}

/** An anonymous block sends many statements in one round trip: https://mariadb.com/kb/en/begin-end/. MySQL has none. */
export function hasBlocks({ flavor }: Server): boolean {
  return flavor === 'mariadb';
}

/** Blocks can be prepared, and so take values: https://mariadb.com/kb/en/prepare-statement/ */
export function preparesBlocks({ flavor, version }: Server): boolean {
  return flavor === 'mariadb' && numberOf(version) >= 100_602;
}

/**
 * Whether a session may say for itself that a TIMESTAMP has no default of its own. On MariaDB it could be set at run time
 * from these versions on: https://mariadb.com/kb/en/server-system-variables/#explicit_defaults_for_timestamp. On MySQL it is
 * on unless a site switches it off, and setting it takes a privilege:
 * https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_explicit_defaults_for_timestamp
 */
export function pinsTimestamps({ flavor, version }: Server): boolean {
  if (flavor !== 'mariadb') return false;
  const number = numberOf(version);
  return number >= 100_804 || (number >= 100_609 && number < 100_700) || (number >= 100_705 && number < 100_800);
}

/**
 * `sql_generate_invisible_primary_key` adds a column that nobody wrote, and can hide it:
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html
 */
export function hidesKeys({ flavor, version }: Server): boolean {
  return flavor === 'mysql' && numberOf(version) >= 80_030;
}

/** https://mariadb.com/kb/en/create-database/#comment: since 10.5. MySQL's databases have none. */
export function hasDatabaseComments({ flavor }: Server): boolean {
  return flavor === 'mariadb';
}
