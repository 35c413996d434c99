import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { verboseFlag } from '../cli/flags.ts';
import { historyText } from '../cli/history-text.ts';
import { detailsText } from '../cli/revision-text.ts';

export default class History extends ToraleCommand {
  static override summary =
    'Draw the revisions, newest first. The place of a SQLite database is marked by itself, that of a server with -i.';
  static override flags = {
    'rev-range': Flags.string({
      description: 'only from A to B, both included; either may be left out, or be current',
      char: 'r',
      helpValue: 'A:B',
    }),
    'indicate-current': Flags.boolean({ description: 'ask the database what is applied, and mark it', char: 'i' }),
    verbose: verboseFlag('everything about each, without the graph'),
  };
  static override examples = ['torale history', 'torale history -i', 'torale history -r current:head'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(History);
    return this.withRun(flags, async ({ run }) => {
      const { lookAtHistory, showRevisions, viewOf } = await import('../apply/look.ts');
      const { graph } = run;
      const report = await lookAtHistory(run, {
        range: flags['rev-range'] ?? null,
        indicateCurrent: flags['indicate-current'],
      });
      const { revisions, applied } = report;
      const view = (id: string) => viewOf(graph, id);
      const json = {
        revisions: revisions.map((id) => ({ ...view(id), applied: applied?.has(id) ?? null })),
      };
      const { style, columns } = this.output;
      const text =
        flags.verbose && revisions.length > 0
          ? (await showRevisions(run, revisions)).map((shown) => detailsText(graph, shown, style)).join('\n\n')
          : historyText(graph, report, view, { paint: style, columns });
      return { json, text };
    });
  }
}
