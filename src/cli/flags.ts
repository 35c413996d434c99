import { Flags } from '@oclif/core';
import { LOG_FORMATS } from './log-json.ts';

/** Flags that every command has. */
export const commonFlags = {
  url: Flags.string({
    description: 'the database: postgres://…, mysql://…, sqlite:./app.db',
    helpGroup: 'GLOBAL',
    helpValue: 'URL',
  }),
  versions: Flags.string({
    description: 'folder of the revisions (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'GLOBAL',
    helpValue: 'DIR',
  }),
  config: Flags.string({ description: 'configuration file', helpGroup: 'GLOBAL', helpValue: 'FILE' }),
  env: Flags.string({ description: 'environment of the configuration file', helpGroup: 'GLOBAL', helpValue: 'NAME' }),
  'env-file': Flags.string({
    description: 'variables to read instead of .env',
    helpGroup: 'GLOBAL',
    helpValue: 'FILE',
  }),
  'no-env-file': Flags.boolean({ description: 'do not read .env', helpGroup: 'GLOBAL' }),
  json: Flags.boolean({ description: 'print one JSON document on stdout', helpGroup: 'GLOBAL' }),
  'log-format': Flags.string({
    description: 'how progress and errors are written on stderr',
    options: [...LOG_FORMATS],
    helpGroup: 'GLOBAL',
    helpValue: LOG_FORMATS.join('|'),
  }),
  debug: Flags.boolean({ description: 'show the stack of an error', helpGroup: 'GLOBAL' }),
  'version-table': Flags.string({ description: 'name of the version table', helpGroup: 'GLOBAL', helpValue: 'NAME' }),
  'version-table-schema': Flags.string({
    description: "schema of Torale's tables (PostgreSQL)",
    helpGroup: 'GLOBAL',
    helpValue: 'NAME',
  }),
  role: Flags.string({ description: 'SET ROLE for the session (PostgreSQL)', helpGroup: 'GLOBAL', helpValue: 'ROLE' }),
  'search-path': Flags.string({
    description: 'search path of the session (PostgreSQL)',
    helpGroup: 'GLOBAL',
    helpValue: 'SCHEMAS',
  }),
  'connect-timeout': Flags.string({
    description: 'time for one attempt to connect',
    helpGroup: 'GLOBAL',
    helpValue: '5s',
  }),
  wait: Flags.string({ description: 'wait for a server that is not up yet', helpGroup: 'GLOBAL', helpValue: '60s' }),
};

/** Flags of commands that take the migration lock. */
export const lockFlags = {
  'lock-timeout': Flags.string({ description: 'how long to wait for the migration lock', helpValue: '10m' }),
  lock: Flags.string({
    description: "a lock of the server's own, or a lease in a table (default: auto, which chooses)",
    helpValue: 'auto|session|lease',
  }),
};

/** Flags of commands that can print their SQL. */
export const scriptFlags = {
  sql: Flags.boolean({ description: 'print the SQL instead of running it' }),
  dialect: Flags.string({ description: 'dialect of --sql where no URL tells it', helpValue: 'postgres|mysql|sqlite' }),
};

/** Flags of commands that look at some objects of a schema only. */
export const filterFlags = {
  include: Flags.string({
    description: 'only these objects and their parts: table:public.*, schema:audit, comment (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATTERN',
  }),
  exclude: Flags.string({
    description: 'all but these and their parts (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATTERN',
  }),
};

/** Flags of commands that may need a scratch database. */
export const schemaFlags = {
  'scratch-url': Flags.string({
    description: 'server for scratch databases, instead of the database of --url',
    helpValue: 'URL',
  }),
  dialect: Flags.string({ description: 'kind of database where nothing tells it', helpValue: 'postgres|mysql|sqlite' }),
};

/** Flags of commands that write a revision. */
export const newRevisionFlags = {
  message: Flags.string({
    description: 'what it does: its first line and its file name',
    char: 'm',
    helpValue: 'TEXT',
  }),
  splice: Flags.boolean({ description: 'allow a parent that has children already: a new branch starts there' }),
  'branch-label': Flags.string({
    description: 'name of the branch that starts with it (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'LABEL',
  }),
  'rev-id': Flags.string({ description: 'its id, instead of a new one', helpValue: 'ID' }),
};

export const verboseFlag = (description: string) => Flags.boolean({ description, char: 'v' });
