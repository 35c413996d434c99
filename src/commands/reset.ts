import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';

export default class Reset extends ToraleCommand {
  static override summary =
    'Empty a development database: runs only where the configuration says development: true, and with --yes.';
  static override flags = { yes: Flags.boolean({ description: 'drop everything in it', char: 'y' }) };
  static override examples = ['torale reset --yes'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Reset);
    return this.withRun(flags, async ({ run }) => {
      const { resetDatabase } = await import('../apply/reset.ts');
      const { dropped } = await resetDatabase(run, { confirmed: flags.yes });
      const what =
        dropped.length === 0 ? 'There was nothing to drop.' : `Dropped and made again: ${dropped.join(', ')}.`;
      return { json: { dropped }, text: `${what} Next:  torale upgrade head` };
    });
  }
}
