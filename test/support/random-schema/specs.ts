/** What a kind of thing can be like: of each choice the chance that it is made, or the kinds it refers to one of. */
export interface Spec {
  /** Numbered from 1 to this. */
  readonly most: number;
  /** The chance of each number. */
  readonly share: number;
  /** The kinds it is a part of. */
  readonly on?: readonly string[];
  readonly choices: Readonly<Record<string, number | readonly string[]>>;
}

/** Ordered so that what is referred to comes first. */
export type Specs = Readonly<Record<string, Spec>>;

const common = { comment: 0.15, owner: 0.1, grant: 0.15 };
const remark = { comment: 0.12 };

const view = { columns: 0.8, where: 0.3, extra: 0.5, literal: 0.3, grouped: 0.15, join: 0.3, call: 0.2 };
const query: Spec['choices'] = { from: ['table', 'view'], second: ['table'], routine: ['routine'] };
const body = { body: 1, language: 0.5, volatility: 0.5, strict: 0.3, parallel: 0.3, cost: 0.2, config: 0.15 };

/** PostgreSQL's. */
export const SPECS: Readonly<Record<ThingKind, Spec>> = {
  schema: { most: 3, share: 0.8, choices: common },
  collation: { most: 2, share: 0.5, choices: { ...remark, owner: 0.1, provider: 0.5 } },
  enum: { most: 3, share: 0.7, choices: { ...common, from: 0.5, length: 0.9, odd: 0.2 } },
  domain: {
    most: 3,
    share: 0.6,
    choices: {
      ...common,
      base: 0.8,
      notNull: 0.3,
      default: 0.4,
      check: 0.5,
      second: 0.3,
      notValid: 0.2,
      collation: 0.2,
    },
  },
  composite: { most: 2, share: 0.5, choices: { ...common, first: 1, second: 0.7, third: 0.4, collation: 0.2 } },
  range: { most: 2, share: 0.4, choices: { ...common, subtype: 1, difference: 0.3, multirange: 0.3 } },
  sequence: {
    most: 3,
    share: 0.6,
    choices: {
      ...common,
      type: 0.4,
      increment: 0.3,
      start: 0.3,
      minimum: 0.3,
      maximum: 0.3,
      cache: 0.3,
      cycle: 0.3,
      unlogged: 0.1,
      ownedBy: 0.3,
    },
  },
  helper: { most: 2, share: 0.8, choices: { ...remark, ...body, argument: 0.3, default: 0.3 } },
  triggerFunction: { most: 2, share: 0.8, choices: { ...common, body: 1, config: 0.2, cost: 0.2 } },
  operatorFunction: { most: 2, share: 0.5, choices: { ...remark, ...body } },
  dictionary: { most: 1, share: 0.4, choices: { ...remark, owner: 0.1, accept: 0.5, stopwords: 0.2, template: 0.3 } },
  textSearch: { most: 1, share: 0.4, choices: { ...remark, owner: 0.1, mapping: 0.8, dictionary: 0.5, copy: 0.4 } },
  wrapper: { most: 1, share: 0.5, choices: { ...common, options: 0.4, validator: 0.2 } },
  server: { most: 1, share: 0.8, on: ['wrapper'], choices: { ...common, options: 0.4, type: 0.3, version: 0.3 } },
  userMapping: { most: 3, share: 0.4, on: ['server'], choices: { options: 0.5 } },
  table: {
    most: 5,
    share: 0.8,
    choices: {
      ...common,
      unlogged: 0.08,
      by: 0.25,
      keyExpression: 0.1,
      inherits: 0.2,
      options: 0.2,
      toast: 0.1,
      security: 0.2,
      replica: 0.15,
      foreign: 0.08,
      typed: 0.05,
    },
  },
  partition: {
    most: 3,
    share: 0.9,
    on: ['table'],
    choices: { ...common, detached: 0.1, default: 0.15, bound: 0.2, by: 0.25, options: 0.1, security: 0.1 },
  },
  subpartition: { most: 2, share: 0.7, on: ['partition'], choices: { ...remark, default: 0.2, bound: 0.2 } },
  column: {
    most: 7,
    share: 0.7,
    on: ['table'],
    choices: {
      ...remark,
      grant: 0.08,
      type: 0.8,
      array: 0.08,
      notNull: 0.35,
      default: 0.35,
      defaultKind: 0.4,
      collation: 0.15,
      identity: 0.12,
      identityOptions: 0.4,
      generated: 0.12,
      storage: 0.1,
      compression: 0.08,
      statistics: 0.08,
      options: 0.05,
      redeclared: 0.3,
      serial: 0.08,
    },
  },
  override: { most: 2, share: 0.15, on: ['partition'], choices: { default: 0.7, notNull: 0.4, statistics: 0.2 } },
  primaryKey: {
    most: 1,
    share: 0.7,
    on: ['table'],
    choices: { ...remark, columns: 0.4, include: 0.15, deferrable: 0.1, options: 0.1 },
  },
  unique: {
    most: 2,
    share: 0.3,
    on: ['table', 'partition'],
    choices: { ...remark, columns: 1, include: 0.2, deferrable: 0.2, nulls: 0.2, options: 0.1 },
  },
  check: {
    most: 2,
    share: 0.3,
    on: ['table', 'partition'],
    choices: { ...remark, column: 1, expression: 1, noInherit: 0.15, notValid: 0.2, enforced: 0.1 },
  },
  exclusion: {
    most: 1,
    share: 0.12,
    on: ['table'],
    choices: { ...remark, column: 1, where: 0.4, deferrable: 0.3, method: 0.5 },
  },
  routine: {
    most: 4,
    share: 0.5,
    choices: {
      ...common,
      ...body,
      reads: ['table'],
      atomic: 0.4,
      returns: 0.8,
      shape: 0.3,
      argument: 0.3,
      default: 0.3,
      definer: 0.2,
      leakproof: 0.1,
      rows: 0.2,
      revoke: 0.15,
    },
  },
  procedure: {
    most: 2,
    share: 0.4,
    choices: { ...common, body: 1, argument: 0.3, default: 0.3, reads: ['table'], atomic: 0.3, definer: 0.2 },
  },
  view: {
    most: 4,
    share: 0.6,
    choices: { ...common, ...query, ...view, barrier: 0.15, invoker: 0.1, checked: 0.15, default: 0.15 },
  },
  viewColumn: { most: 2, share: 0.15, on: ['view'], choices: { comment: 0.5, grant: 0.4 } },
  materializedView: {
    most: 2,
    share: 0.5,
    choices: { comment: 0.15, grant: 0.15, ...query, ...view, noData: 0.2, options: 0.2 },
  },
  index: {
    most: 3,
    share: 0.35,
    on: ['table', 'partition', 'materializedView'],
    choices: {
      ...remark,
      columns: 1,
      method: 0.4,
      expression: 0.25,
      unique: 0.15,
      where: 0.25,
      operatorClass: 0.2,
      collation: 0.15,
      include: 0.15,
      order: 0.3,
      nulls: 0.15,
      options: 0.15,
      statistics: 0.1,
      cluster: 0.08,
    },
  },
  foreignKey: {
    most: 2,
    share: 0.4,
    on: ['table', 'partition'],
    choices: {
      ...remark,
      to: ['table'],
      columns: 1,
      onDelete: 0.4,
      onUpdate: 0.3,
      match: 0.15,
      deferrable: 0.3,
      notValid: 0.15,
      setColumns: 0.2,
      enforced: 0.1,
    },
  },
  aggregate: { most: 2, share: 0.4, choices: { ...common, function: 1, initial: 0.5, parallel: 0.3 } },
  operator: {
    most: 1,
    share: 0.4,
    choices: { ...remark, owner: 0.1, commutator: 0.4, restrict: 0.4, hashes: 0.2, unary: 0.2 },
  },
  cast: { most: 1, share: 0.4, choices: { ...remark, method: 0.5, context: 0.5, of: ['composite'] } },
  trigger: {
    most: 2,
    share: 0.2,
    on: ['table', 'partition', 'view'],
    choices: {
      ...remark,
      function: ['triggerFunction'],
      time: 0.6,
      events: 1,
      of: 0.3,
      when: 0.3,
      statement: 0.3,
      transition: 0.15,
      constraint: 0.15,
      argument: 0.2,
      enabled: 0.2,
    },
  },
  rule: {
    most: 1,
    share: 0.12,
    on: ['table', 'view'],
    choices: { ...remark, event: 1, instead: 0.5, where: 0.3, enabled: 0.2 },
  },
  policy: {
    most: 2,
    share: 0.15,
    on: ['table', 'partition'],
    choices: { ...remark, command: 0.6, using: 0.6, check: 0.5, roles: 0.5, restrictive: 0.2 },
  },
  statistics: {
    most: 1,
    share: 0.15,
    on: ['table', 'partition'],
    choices: { ...remark, owner: 0.1, kinds: 0.6, columns: 1, expression: 0.2, target: 0.2 },
  },
  eventTrigger: { most: 1, share: 0.2, choices: { ...remark, owner: 0, event: 0.5, tags: 0.5, enabled: 0.2 } },
  publication: {
    most: 2,
    share: 0.3,
    choices: {
      ...remark,
      all: 0.15,
      schema: 0.2,
      first: ['table'],
      second: ['table'],
      columns: 0.3,
      where: 0.3,
      publish: 0.3,
      root: 0.2,
    },
  },
  defaultPrivileges: {
    most: 4,
    share: 0.15,
    choices: { objects: 1, privileges: 1, role: 1, grantee: 1, schema: 0.5, option: 0.2, revoke: 0.2 },
  },
};

export type ThingKind =
  | 'schema'
  | 'collation'
  | 'enum'
  | 'domain'
  | 'composite'
  | 'range'
  | 'sequence'
  | 'helper'
  | 'triggerFunction'
  | 'operatorFunction'
  | 'dictionary'
  | 'textSearch'
  | 'wrapper'
  | 'server'
  | 'userMapping'
  | 'table'
  | 'partition'
  | 'subpartition'
  | 'column'
  | 'override'
  | 'primaryKey'
  | 'unique'
  | 'check'
  | 'exclusion'
  | 'index'
  | 'foreignKey'
  | 'routine'
  | 'procedure'
  | 'view'
  | 'viewColumn'
  | 'materializedView'
  | 'aggregate'
  | 'operator'
  | 'cast'
  | 'trigger'
  | 'rule'
  | 'policy'
  | 'statistics'
  | 'eventTrigger'
  | 'publication'
  | 'defaultPrivileges';

export const KIND_ORDER = Object.keys(SPECS) as readonly ThingKind[];
