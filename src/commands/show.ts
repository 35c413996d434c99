import { requiredRevisions } from '../cli/arguments.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { detailsText } from '../cli/revision-text.ts';

export default class Show extends ToraleCommand {
  static override summary = 'Show everything about one or several revisions.';
  static override args = { revisions: requiredRevisions('an id or its beginning, a label, head, heads, current') };
  static override examples = ['torale show head', 'torale show 3f9c', 'torale show current'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Show);
    return this.withRun(flags, async ({ run }) => {
      const { showRevisions } = await import('../apply/look.ts');
      const revisions = await showRevisions(run, args.revisions);
      const text = revisions.map((shown) => detailsText(run.graph, shown, this.output.style)).join('\n\n');
      return { json: { revisions }, text: text === '' ? 'No revision: this is the base.' : text };
    });
  }
}
