import { Args, Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { brokenText, lockText } from '../cli/lock-text.ts';

export default class Lock extends ToraleCommand {
  static override summary = 'Tell who holds the migration lock, or end whoever does.';
  static override args = {
    action: Args.string({
      description: 'what to do: status, break',
      options: ['status', 'break'],
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = { yes: Flags.boolean({ description: 'break: end the holder', char: 'y' }) };
  static override examples = ['torale lock status', 'torale lock break --yes'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Lock);
    return this.withRun(flags, async ({ run }) => {
      const { breakLock, COOL_DOWN, lockStatus } = await import('../apply/lock-report.ts');
      if (args.action === 'status') {
        const { locks } = await lockStatus(run);
        return { json: { locks }, text: lockText(locks, Date.now()) };
      }
      const { broken } = await breakLock(run, { confirmed: flags.yes });
      return { json: { broken }, text: brokenText(broken, COOL_DOWN) };
    });
  }
}
