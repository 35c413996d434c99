import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { initText } from '../cli/init-text.ts';
import { Args } from '@oclif/core';

export default class Init extends ToraleCommand {
  static override summary =
    'Make a configuration file, an example of a schema and the folder of the revisions. Nothing that exists is touched.';
  static override args = {
    dir: Args.string({ description: 'folder of the revisions, as --versions', ignoreStdin: true }),
  };
  static override examples = ['torale init', 'torale init --url postgres://app@localhost/app'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Init);
    const { initProject } = await import('../config/init.ts');
    const versions = flags.versions ?? (args.dir === undefined ? undefined : [args.dir]);
    const report = initProject({ cwd: process.cwd(), url: flags.url, versions });
    const { created, existing } = report;
    return { json: { created, existing, versions: report.versions }, text: initText(report) };
  }
}
