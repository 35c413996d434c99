import type { LockWorth } from '../dialect.ts';

/**
 * Other products that speak MySQL's protocol, by the version they greet with.
 *
 * - TiDB: `8.0.11-TiDB-v8.3.0` (https://docs.pingcap.com/tidb/v8.3/information-schema-tidb-servers-info); named locks
 *   did nothing before 6.1, and IS_USED_LOCK is missing (https://github.com/pingcap/tidb/issues/14994).
 * - Vitess: `5.7.9-Vitess`, from 10 on `5.7.9-vitess-10.0.0` (https://github.com/vitessio/vitess/pull/7337); PlanetScale
 *   runs it. A connection with a named lock is ended after a while (https://github.com/vitessio/vitess/issues/10130).
 */
export function productOf(greeting: string): string | undefined {
  if (/-TiDB-/i.test(greeting)) return 'TiDB';
  return /-(?:vitess|planetscale)\b/i.test(greeting) ? 'Vitess' : undefined;
}

/** Variables that tell a cluster in which several nodes take writes; a server without that feature has none of them. */
export const CLUSTER_VARIABLES = [
  'wsrep_on',
  'wsrep_provider',
  'group_replication_group_name',
  'group_replication_single_primary_mode',
] as const;

/**
 * @param variables those of {@link CLUSTER_VARIABLES} that the server has. How many nodes there are at the moment is not
 *   asked: one that joins later must not find another kind of lock.
 */
export function worthOf(product: string | undefined, variables: ReadonlyMap<string, string>): LockWorth {
  if (product !== undefined) {
    return { kind: 'foreign', product, why: 'its named locks do not hold as long as the connection does' };
  }
  const value = (name: (typeof CLUSTER_VARIABLES)[number]): string => variables.get(name)?.toLowerCase() ?? '';
  // Percona XtraDB Cluster has no global wsrep_on (https://docs.percona.com/percona-xtradb-cluster/8.0/wsrep-system-index.html).
  const hasProvider = !['', 'none'].includes(value('wsrep_provider'));
  if (hasProvider && value('wsrep_on') !== 'off') {
    return {
      kind: 'local',
      why: 'This server is a node of a Galera cluster, whose named locks do not exclude other nodes',
    };
  }
  const isMultiPrimary = value('group_replication_single_primary_mode') === 'off';
  if (value('group_replication_group_name') !== '' && isMultiPrimary) {
    return {
      kind: 'local',
      why: 'This server is one of several primaries, whose named locks do not exclude each other',
    };
  }
  return { kind: 'good' };
}
