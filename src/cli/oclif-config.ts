import type { Command, Config, Interfaces } from '@oclif/core';
import { COMMANDS } from '../commands/index.ts';
import { version } from '../version.ts';
import { usageOf } from './usage-error.ts';

/**
 * What oclif's Command, parser and help ask of its Config. The real one reads package.json, the manifest and a theme in
 * the user's home on every start; this one reads nothing, so it works without a home and on a read-only file system.
 */
class StaticConfig {
  readonly name = 'torale';
  readonly bin = 'torale';
  readonly dirname = 'torale';
  readonly version = version;
  readonly userAgent = `torale ${version}`;
  readonly topicSeparator = ' ';
  readonly flexibleTaxonomy = false;
  readonly isSingleCommandCLI = false;
  readonly plugins = new Map<string, never>();
  readonly topics: never[] = [];
  readonly pjson = {
    name: 'torale',
    version,
    description: 'Forward-only revision-graph migrations for PostgreSQL, MySQL/MariaDB and SQLite.',
    oclif: { bin: 'torale' },
  };
  readonly commands: readonly Command.Cached[];

  constructor(manifest: Interfaces.Manifest | undefined) {
    this.commands = Object.values(manifest?.commands ?? {}).map((command) => ({ ...command, usage: usageOf(command) }));
  }

  get commandIDs(): string[] {
    return Object.keys(COMMANDS);
  }

  findCommand(id: string): Command.Cached | undefined {
    return this.commands.find((command) => command.id === id);
  }

  findTopic(): undefined {
    return undefined;
  }

  async runHook() {
    return { successes: [], failures: [] };
  }

  /** oclif reads settings of its own from `TORALE_*` (`TORALE_CONTENT_TYPE=json`); they are not Torale's. */
  scopedEnvVar(): undefined {
    return undefined;
  }

  scopedEnvVarTrue(): boolean {
    return false;
  }

  scopedEnvVarKey(key: string): string {
    return `TORALE_${key}`;
  }

  scopedEnvVarKeys(key: string): string[] {
    return [this.scopedEnvVarKey(key)];
  }
}

/** The manifest is needed for help only. */
export function oclifConfig(manifest?: Interfaces.Manifest): Config {
  return new StaticConfig(manifest) as unknown as Config;
}
