import type { KindRules, Statement } from '../../../diff/rules.ts';
import { sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { ident, text } from '../ident.ts';
import type { Reader } from '../reader.ts';

interface Row {
  /** The row of the catalog as XML of one JSON text. */
  readonly row: string;
}

type CatalogRow = Readonly<Record<string, unknown>> & {
  readonly oid: string | number;
  readonly subname: string;
  readonly subconninfo: string;
  readonly subpublications: readonly string[];
};

/**
 * Only superusers may read how a subscription connects. A statement that names that column fails for all others, even
 * where it is not evaluated: so it is named in a text that runs where it may.
 */
export const subscriptionReader: Reader<Row> = {
  name: 'subscriptions',
  sql: () => `
    SELECT substring(pg_catalog.query_to_xml(
      pg_catalog.format('SELECT pg_catalog.row_to_json(s)::text AS c FROM pg_catalog.pg_subscription s WHERE s.subdbid = %s AND s.subname = %L',
        s.subdbid, s.subname), false, true, '')::text FROM '<c>(.*)</c>') AS row
    FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()
    WHERE pg_catalog.has_table_privilege('pg_catalog.pg_subscription', 'SELECT')`,
  read: (rows, catalog) => {
    for (const { row } of rows) {
      const found = JSON.parse(fromXml(row)) as CatalogRow;
      const options = Object.entries(OPTIONS).flatMap(([column, option]) =>
        option(found[column], found, catalog.version),
      );
      const definition = {
        connection: found.subconninfo,
        publications: found.subpublications,
        options: options.toSorted(),
      };
      catalog.put('subscription', [found.subname], definition, ['pg_subscription', Number(found.oid)]);
    }
  },
};

const fromXml = (words: string): string =>
  words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x0d;', '\r').replaceAll('&amp;', '&');

type Option = (value: unknown, row: CatalogRow, version: number) => string[];

const flag =
  (name: string, usual: boolean): Option =>
  (value) =>
    typeof value !== 'boolean' || value === usual ? [] : [`${name} = ${value}`];
const word =
  (name: string, usual: string): Option =>
  (value) =>
    typeof value !== 'string' || value === usual ? [] : [`${name} = ${value}`];

const STREAMING: Readonly<Record<string, string>> = { true: 'on', false: 'off', t: 'on', f: 'off', p: 'parallel' };

/** By column of pg_subscription: the option of CREATE SUBSCRIPTION where it is not the usual one of that version. */
const OPTIONS: Readonly<Record<string, Option>> = {
  subslotname: (value, { subname }) =>
    value === subname ? [] : [`slot_name = ${typeof value === 'string' ? text(value) : 'NONE'}`],
  subbinary: flag('binary', false),
  substream: (value, _, version) => {
    const way = STREAMING[String(value)];
    return way === undefined || way === (version >= 180000 ? 'parallel' : 'off') ? [] : [`streaming = ${way}`];
  },
  subtwophasestate: (value) => (value === undefined || value === 'd' ? [] : ['two_phase = true']),
  subdisableonerr: flag('disable_on_error', false),
  subpasswordrequired: flag('password_required', true),
  subrunasowner: flag('run_as_owner', false),
  suborigin: word('origin', 'any'),
  subfailover: flag('failover', false),
  subsynccommit: word('synchronous_commit', 'off'),
};

/** The value an option goes back to. */
const USUAL: Readonly<Record<string, string>> = {
  binary: 'false',
  disable_on_error: 'false',
  password_required: 'true',
  run_as_owner: 'false',
  origin: 'any',
  synchronous_commit: 'off',
};

type Subscription = ObjectOf<'subscription'>;

const names = (publications: readonly string[]): string => publications.map(ident).join(', ');

/**
 * Whether it runs is a matter of the servers it joins, not of the schema: it comes disabled and without contact to the
 * publisher, as in a dump.
 */
export const subscription: KindRules<'subscription'> = {
  noun: () => 'subscription',
  create: ({ path: [name], definition: { connection, publications, options = [] } }) => [
    {
      sql: `CREATE SUBSCRIPTION ${ident(name!)} CONNECTION ${text(connection ?? '')}
  PUBLICATION ${names(publications)} WITH (${['connect = false', ...options].join(', ')})`,
      hazard: `Nothing is replicated before its slot is there on the publisher and ALTER SUBSCRIPTION ${ident(name!)} ENABLE and REFRESH PUBLICATION were run.`,
    },
  ],
  drop: ({ path: [name], definition: { options = [] } }) => {
    const words = `ALTER SUBSCRIPTION ${ident(name!)}`;
    if (options.includes('slot_name = NONE')) return [{ sql: `DROP SUBSCRIPTION ${ident(name!)}` }];
    // With its slot it can be dropped only outside a transaction and while the publisher answers.
    return [
      { sql: `${words} DISABLE` },
      { sql: `${words} SET (slot_name = NONE)` },
      { sql: `DROP SUBSCRIPTION ${ident(name!)}`, hazard: 'Its replication slot stays on the publisher.' },
    ];
  },
  alter: (from, to) => alter(from, to),
  rename: (from, to) => [{ sql: `ALTER SUBSCRIPTION ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
};

function alter({ definition: from }: Subscription, { path, definition: to }: Subscription): Statement[] | null {
  const options = changedOptions(path[0]!, from.options, to.options);
  if (options === null) return null;
  const words = `ALTER SUBSCRIPTION ${ident(path[0]!)}`;
  const hasNoSlot = options.includes('slot_name = NONE');
  return [
    ...(from.connection === to.connection ? [] : [{ sql: `${words} CONNECTION ${text(to.connection ?? '')}` }]),
    ...(sameDefinition(from.publications, to.publications)
      ? []
      : [{ sql: `${words} SET PUBLICATION ${names(to.publications)} WITH (refresh = false)` }]),
    ...(hasNoSlot ? [{ sql: `${words} DISABLE` }] : []),
    ...(options.length === 0 ? [] : [{ sql: `${words} SET (${options.join(', ')})` }]),
  ];
}

/** Null where an option can only be given when the subscription is created. */
function changedOptions(name: string, from: readonly string[] = [], to: readonly string[] = []): string[] | null {
  const nameOf = (option: string): string => option.slice(0, option.indexOf(' '));
  const changed = to.filter((option) => !from.includes(option));
  const gone = from.map(nameOf).filter((option) => !to.some((other) => nameOf(other) === option));
  if ([...changed.map(nameOf), ...gone].some((option) => FIXED.has(option))) return null;
  return [
    ...changed,
    ...gone.map((option) => `${option} = ${option === 'slot_name' ? text(name) : (USUAL[option] ?? 'off')}`),
  ];
}

const FIXED = new Set(['two_phase', 'failover']);
