import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { waitText } from '../cli/wait-text.ts';
import type { LoadedConfig } from '../config/load.ts';

const LIMIT_MS = 60_000;

export default class Wait extends ToraleCommand {
  static override summary =
    'Wait until the server accepts connections, or until the database is upgraded. Reads only. Waits 60 s unless --wait says otherwise.';
  static override flags = {
    'for-head': Flags.boolean({ description: 'until the database is at the head of the files, or ahead of it' }),
    'for-database': Flags.boolean({ description: 'also for a database that does not exist yet' }),
  };
  static override examples = ['torale wait', 'torale wait --for-head --wait 10m'];

  #limitMs = LIMIT_MS;

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Wait);
    return this.withRun(flags, async ({ run }) => {
      const { waitFor } = await import('../apply/wait.ts');
      const report = await waitFor(run, {
        forHead: flags['for-head'],
        forDatabase: flags['for-database'],
        limitMs: this.#limitMs,
      });
      return { json: report, text: waitText(report) };
    });
  }

  /** The time is for everything that is waited for here, so opening a connection must not wait by itself. */
  protected override async configuration(flags: Parameters<ToraleCommand['configuration']>[0]): Promise<LoadedConfig> {
    const loaded = await super.configuration(flags);
    if (loaded.origins.wait !== 'default') this.#limitMs = loaded.config.waitMs;
    return { ...loaded, config: { ...loaded.config, waitMs: 0 } };
  }
}
