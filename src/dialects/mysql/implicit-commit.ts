/** Each begins only statements that commit. */
const COMMITTING = new Set(
  (
    'CREATE ALTER DROP RENAME TRUNCATE GRANT REVOKE ANALYZE OPTIMIZE CHECK REPAIR CACHE LOAD FLUSH RESET INSTALL ' +
    'UNINSTALL STOP CHANGE SET START IMPORT'
  ).split(' '),
);

/**
 * Whether the open transaction is committed before a statement (not temporary tables, not SET of a variable) runs.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
 * @see https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/
 */
export function implicitlyCommits(code: readonly string[]): boolean {
  if (code[0] === 'RESET' && code[1] === 'PERSIST') return false;
  return COMMITTING.has(code[0] ?? '');
}
