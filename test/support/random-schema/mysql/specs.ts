import type { Specs } from '../specs.ts';

const options = {
  engine: 0.12,
  charset: 0.3,
  rowFormat: 0.15,
  comment: 0.15,
  partition: 0.2,
  subpartition: 0.3,
  versioned: 0.15,
  option: 0.15,
};
const program = { body: 1, mode: 0.15, comment: 0.2 };

/** What schemas on MariaDB are made of, ordered so that what is referred to comes first. */
export const MYSQL_SPECS: Specs = {
  database: { most: 1, share: 0.5, choices: { charset: 0.5, comment: 0.2 } },
  sequence: {
    most: 2,
    share: 0.4,
    choices: { start: 0.4, increment: 0.4, minimum: 0.3, maximum: 0.3, cache: 0.4, cycle: 0.3, engine: 0.1 },
  },
  table: { most: 4, share: 0.85, choices: options },
  column: {
    most: 7,
    share: 0.7,
    on: ['table'],
    choices: {
      type: 0.75,
      notNull: 0.3,
      default: 0.35,
      expression: 0.2,
      charset: 0.15,
      generated: 0.14,
      check: 0.12,
      comment: 0.12,
      invisible: 0.08,
      unversioned: 0.15,
      compressed: 0.08,
      onUpdate: 0.4,
      position: 0.15,
    },
  },
  primaryKey: { most: 1, share: 0.8, on: ['table'], choices: { columns: 0.5, counter: 0.5, prefix: 0.2 } },
  index: {
    most: 3,
    share: 0.4,
    on: ['table'],
    choices: {
      columns: 1,
      unique: 0.3,
      kind: 0.15,
      prefix: 0.3,
      desc: 0.2,
      using: 0.15,
      comment: 0.15,
      ignored: 0.12,
      blockSize: 0.05,
    },
  },
  check: { most: 2, share: 0.25, on: ['table'], choices: { column: 1, condition: 0.9, second: 0.4, named: 0.7 } },
  foreignKey: {
    most: 2,
    share: 0.6,
    on: ['table'],
    choices: { to: ['table'], columns: 1, onDelete: 0.5, onUpdate: 0.4, named: 0.6 },
  },
  view: {
    most: 3,
    share: 0.5,
    choices: {
      from: ['table', 'view'],
      second: ['table'],
      columns: 0.7,
      where: 0.3,
      join: 0.3,
      list: 0.3,
      algorithm: 0.3,
      security: 0.3,
      checked: 0.3,
      grouped: 0.15,
    },
  },
  trigger: { most: 3, share: 0.25, on: ['table'], choices: { ...program, time: 0.6, event: 0.9, follows: 0.3 } },
  procedure: {
    most: 2,
    share: 0.4,
    choices: { ...program, reads: ['table'], arguments: 0.5, traits: 0.5, security: 0.3 },
  },
  function: { most: 2, share: 0.4, choices: { ...program, arguments: 0.5, traits: 0.5, security: 0.3, returns: 0.7 } },
  event: { most: 2, share: 0.3, choices: { ...program, schedule: 0.8, ends: 0.3, preserve: 0.4, disabled: 0.4 } },
};
