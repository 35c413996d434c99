import type { Command } from '@oclif/core';
import Branches from './branches.ts';
import Check from './check.ts';
import ShowConfig from './config.ts';
import Current from './current.ts';
import Diff from './diff.ts';
import Downgrade from './downgrade.ts';
import EnsureVersion from './ensure-version.ts';
import Heads from './heads.ts';
import History from './history.ts';
import Init from './init.ts';
import Inspect from './inspect.ts';
import Lock from './lock.ts';
import Merge from './merge.ts';
import Reset from './reset.ts';
import Resolve from './resolve.ts';
import Revision from './revision.ts';
import Show from './show.ts';
import Snapshot from './snapshot.ts';
import Stamp from './stamp.ts';
import Upgrade from './upgrade.ts';
import Wait from './wait.ts';

/** Every command under the word that calls it. */
export const COMMANDS: Readonly<Record<string, Command.Class>> = {
  init: Init,
  revision: Revision,
  upgrade: Upgrade,
  current: Current,
  heads: Heads,
  branches: Branches,
  history: History,
  show: Show,
  stamp: Stamp,
  merge: Merge,
  check: Check,
  diff: Diff,
  inspect: Inspect,
  snapshot: Snapshot,
  wait: Wait,
  resolve: Resolve,
  'ensure-version': EnsureVersion,
  lock: Lock,
  config: ShowConfig,
  reset: Reset,
  downgrade: Downgrade,
};

/** Alembic's spellings. */
export const ALIASES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(COMMANDS).flatMap(([name, command]) => (command.aliases ?? []).map((alias) => [alias, name])),
);
