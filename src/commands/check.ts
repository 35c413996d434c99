import { Flags } from '@oclif/core';
import { checkText } from '../cli/check-text.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';

export default class Check extends ToraleCommand {
  static override summary =
    'Is everything as it should be? The graph, the applied revisions, the database, the target. Exits 0, or with what was found.';
  static override flags = {
    offline: Flags.boolean({ description: 'only what needs no database' }),
    drift: Flags.boolean({
      description: 'compare the database with the snapshots of what is applied there',
      exclusive: ['offline'],
    }),
  };
  static override examples = ['torale check', 'torale check --drift', 'torale check --offline'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Check);
    const { drift, offline } = flags;
    return this.withRun(flags, async ({ run }) => {
      const { runCheck } = await import('../apply/check.ts');
      const { compareSchemas } = await import('../autogenerate/compare-schemas.ts');
      const report = await runCheck(run, {
        offline,
        compareSchemas: (applied) =>
          compareSchemas(run, { applied, drift, variables: this.variables, secrets: this.moreSecrets() }),
      });
      const { exitCode, findings } = report;
      return { json: { exitCode, findings }, text: checkText(report, this.output.style), exitCode };
    });
  }
}
