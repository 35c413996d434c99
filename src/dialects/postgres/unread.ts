/**
 * Objects of classes that no reader reads, so that none is ever missed in silence: a SELECT with one column, `name`.
 *
 * @param version of the server: 150020
 */
export function UNREAD(version: number): string {
  return version > 0 ? `SELECT NULL::text AS name WHERE false` : '';
}
