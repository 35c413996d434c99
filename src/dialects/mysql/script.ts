/**
 * A statement as lines for the server's own client, which cuts at every delimiter, also inside a body:
 * https://dev.mysql.com/doc/refman/8.4/en/stored-programs-defining.html
 */
export function terminate(sql: string): string[] {
  if (!sql.includes(';')) return [`${sql};`];
  const delimiter = ['$$', '//', ';;', '||', '@@@@'].find((candidate) => !sql.includes(candidate)) ?? '/*TORALE*/';
  return [`DELIMITER ${delimiter}`, `${sql} ${delimiter}`, 'DELIMITER ;'];
}
