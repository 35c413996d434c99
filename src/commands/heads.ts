import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { verboseFlag } from '../cli/flags.ts';
import { detailsText, headsText } from '../cli/revision-text.ts';

export default class Heads extends ToraleCommand {
  static override summary = 'List the newest revisions of each branch.';
  static override flags = {
    'resolve-dependencies': Flags.boolean({ description: 'leave out heads that another revision depends on' }),
    verbose: verboseFlag('everything about each'),
  };
  static override examples = ['torale heads', 'torale heads --json'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Heads);
    return this.withRun(flags, async ({ run }) => {
      const { showRevisions, viewOf } = await import('../apply/look.ts');
      const { graph } = run;
      const ids = flags['resolve-dependencies'] ? graph.realHeads : graph.heads;
      const heads = ids.map((id) => viewOf(graph, id));
      const { style } = this.output;
      const text =
        flags.verbose && ids.length > 0
          ? (await showRevisions(run, ids)).map((shown) => detailsText(graph, shown, style)).join('\n\n')
          : headsText(graph, heads, style);
      return { json: { heads }, text };
    });
  }
}
