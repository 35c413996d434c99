import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { newRevisionFlags } from '../cli/flags.ts';
import { writtenJson, writtenText } from '../cli/written-text.ts';

export default class Revision extends ToraleCommand {
  static override summary = 'Write the file of a new revision. No database is needed.';
  static override flags = {
    ...newRevisionFlags,
    head: Flags.string({
      description: 'what it follows: a revision, head (default), base for a new root (repeatable: a merge)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'REVISION',
    }),
    'depends-on': Flags.string({
      description: 'must be applied before it without being its parent (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'REVISION',
    }),
    'version-path': Flags.string({ description: 'which of several version folders to write to', helpValue: 'DIR' }),
  };
  static override examples = [
    'torale revision -m "add media tags"',
    'torale revision -m hotfix --head 3f9c1a7be204 --splice',
  ];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Revision);
    const { config } = await this.configuration(flags);
    const { writeNewRevision } = await import('../apply/new-revision.ts');
    const written = await writeNewRevision(config, {
      message: flags.message ?? '',
      head: flags.head,
      splice: flags.splice,
      branchLabels: flags['branch-label'],
      dependsOn: flags['depends-on'],
      revId: flags['rev-id'],
      versionPath: flags['version-path'],
    });
    return { json: writtenJson(written), text: writtenText(written) };
  }
}
