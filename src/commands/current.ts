import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { currentText } from '../cli/current-text.ts';
import { EXIT_CODES } from '../errors.ts';

export default class Current extends ToraleCommand {
  static override summary = 'Show which revision the database is at.';
  static override flags = {
    check: Flags.boolean({
      description: 'exit 8 when revisions are pending, 7 when the history does not fit',
      aliases: ['check-heads'],
      char: 'c',
    }),
    verbose: Flags.boolean({ description: 'list the pending revisions too', char: 'v' }),
  };
  static override examples = ['torale current', 'torale current --check --json'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Current);
    return this.withRun(flags, async ({ run }) => {
      const { readCurrent } = await import('../apply/current.ts');
      const report = await readCurrent(run);
      const outcome: Outcome = {
        json: report,
        text: currentText(run.graph, report, { verbose: flags.verbose, database: run.config.database?.display ?? '' }),
      };
      if (!flags.check) return outcome;
      const goesOn = report.state === 'unresolved' && report.unresolved?.resumable === true;
      return { ...outcome, exitCode: EXIT_CODES[goesOn ? 'pending' : EXITS[report.state]] };
    });
  }
}

const EXITS = {
  head: 'ok',
  ahead: 'ok',
  empty: 'pending',
  behind: 'pending',
  diverged: 'history',
  unresolved: 'unresolved',
} as const;
