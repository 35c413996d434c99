import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { verboseFlag } from '../cli/flags.ts';
import { branchesText, detailsText } from '../cli/revision-text.ts';

export default class Branches extends ToraleCommand {
  static override summary = 'List the revisions where branches start, newest first.';
  static override flags = { verbose: verboseFlag('everything about each') };
  static override examples = ['torale branches'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Branches);
    return this.withRun(flags, async ({ run }) => {
      const { showRevisions, viewOf } = await import('../apply/look.ts');
      const { graph } = run;
      const ids = graph.branchPoints.toReversed();
      const view = (id: string) => viewOf(graph, id);
      const branches = ids.map(view);
      const { style } = this.output;
      const text =
        flags.verbose && ids.length > 0
          ? (await showRevisions(run, ids)).map((shown) => detailsText(graph, shown, style)).join('\n\n')
          : branchesText(graph, branches, view, style);
      return { json: { branches }, text };
    });
  }
}
