import { optionalRevisions } from '../cli/arguments.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { newRevisionFlags } from '../cli/flags.ts';
import { writtenJson, writtenText } from '../cli/written-text.ts';

export default class Merge extends ToraleCommand {
  static override summary = 'Write a revision that joins several heads.';
  static override args = { revisions: optionalRevisions('what to join; all heads where none is named') };
  static override flags = newRevisionFlags;
  static override examples = [
    'torale merge -m "merge billing"',
    'torale merge -m "merge billing" 77aa01bc23de 3f9c1a7be204',
  ];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Merge);
    const { config } = await this.configuration(flags);
    const { writeMerge } = await import('../apply/new-revision.ts');
    const written = await writeMerge(config, {
      revisions: args.revisions ?? [],
      message: flags.message,
      splice: flags.splice,
      branchLabels: flags['branch-label'],
      revId: flags['rev-id'],
    });
    return { json: writtenJson(written), text: writtenText(written) };
  }
}
