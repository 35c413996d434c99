import type { LockWorth } from '../dialect.ts';

/**
 * Other products that speak PostgreSQL's protocol, by what they report while they greet or by their version().
 *
 * - CockroachDB adds a parameter of its own, `crdb_version` (https://github.com/cockroachdb/cockroach/pull/14145), and
 *   its version() begins with `CockroachDB CCL v…`; its advisory lock functions answer true and lock nothing
 *   (https://github.com/cockroachdb/cockroach/issues/13546).
 * - YugabyteDB writes `11.2-YB-2.18.0.1-b0` (https://github.com/yugabyte/yugabyte-db/issues/5154); its advisory locks
 *   did nothing, then failed, and are real from 2025.1 on (https://github.com/yugabyte/yugabyte-db/issues/3642).
 *
 * @param version `server_version` or version()
 */
export function productOf(version: string, crdbVersion?: string): string | undefined {
  if (crdbVersion !== undefined || /\bCockroachDB\b/.test(version)) return 'CockroachDB';
  return /-YB-/.test(version) ? 'YugabyteDB' : undefined;
}

export function worthOf(product: string | undefined): LockWorth {
  if (product === undefined) return { kind: 'good' };
  return { kind: 'foreign', product, why: 'its advisory locks may exclude nobody' };
}
