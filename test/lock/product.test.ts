import { describe, expect, test } from 'vitest';
import { productOf as mysqlProduct, worthOf as mysqlWorth } from '../../src/dialects/mysql/product.ts';
import { productOf as postgresProduct, worthOf as postgresWorth } from '../../src/dialects/postgres/product.ts';

// Each string with the public page it was taken from.
describe('products that speak the protocol of PostgreSQL', () => {
  test.each([
    // https://dev.to/yugabyte/connecting-with-psql-16-beta-to-yugabytedb-and-use-recent-features-3glp
    ['11.2-YB-2.18.0.1-b0', 'YugabyteDB'],
    // https://github.com/yugabyte/yugabyte-db/issues/5154
    ['11.2-YB-2.2.0.0-b0', 'YugabyteDB'],
    // https://github.com/hashicorp/terraform-provider-postgresql/issues/91
    ['CockroachDB CCL v20.2.19 (x86_64-unknown-linux-gnu, built 2022/02/09)', 'CockroachDB'],
    ['15.20 (Debian 15.20-0+deb12u1)', undefined],
    [
      'PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit',
      undefined,
    ],
  ])('%s', (version, product) => {
    expect(postgresProduct(version)).toBe(product);
    expect(postgresWorth(product).kind).toBe(product === undefined ? 'good' : 'foreign');
  });

  test('CockroachDB says so while it greets, under a version of PostgreSQL', () => {
    // https://github.com/cockroachdb/cockroach/pull/14145
    expect(postgresProduct('9.5.0', 'CockroachDB CCL v2.0.0')).toBe('CockroachDB');
  });
});

describe('products that speak the protocol of MySQL', () => {
  test.each([
    // https://docs.pingcap.com/tidb/v8.3/information-schema-tidb-servers-info
    ['8.0.11-TiDB-v8.3.0', 'TiDB'],
    // https://github.com/vitessio/vitess/pull/7337
    ['5.7.9-Vitess', 'Vitess'],
    ['5.7.9-vitess-10.0.0-SNAPSHOT', 'Vitess'],
    ['5.5.5-10.11.19-MariaDB-0+deb12u1', undefined],
    ['8.4.3', undefined],
    ['8.0.36-28', undefined],
  ])('%s', (version, product) => {
    expect(mysqlProduct(version)).toBe(product);
    expect(mysqlWorth(product, new Map()).kind).toBe(product === undefined ? 'good' : 'foreign');
  });

  test.each<[string, Record<string, string>, string]>([
    ['a MariaDB in a cluster', { wsrep_on: 'ON', wsrep_provider: '/usr/lib/galera/libgalera_smm.so' }, 'local'],
    ['a Percona XtraDB Cluster', { wsrep_provider: '/usr/lib64/galera4/libgalera_smm.so' }, 'local'],
    [
      'a MariaDB with its cluster switched off',
      { wsrep_on: 'OFF', wsrep_provider: '/usr/lib/galera/libgalera_smm.so' },
      'good',
    ],
    ['a MariaDB that has the feature', { wsrep_on: 'OFF', wsrep_provider: 'none' }, 'good'],
    [
      'several primaries',
      { group_replication_group_name: 'aaaa', group_replication_single_primary_mode: 'OFF' },
      'local',
    ],
    ['one primary', { group_replication_group_name: 'aaaa', group_replication_single_primary_mode: 'ON' }, 'good'],
    ['no group', { group_replication_group_name: '', group_replication_single_primary_mode: 'OFF' }, 'good'],
    ['a MySQL', {}, 'good'],
  ])('%s', (_, variables, kind) => {
    expect(mysqlWorth(undefined, new Map(Object.entries(variables))).kind).toBe(kind);
  });
});
