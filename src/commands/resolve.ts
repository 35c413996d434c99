import { Args, Flags } from '@oclif/core';
import type { Resolution } from '../apply/resolve.ts';
import type { Run } from '../apply/run.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { lockFlags } from '../cli/flags.ts';
import { resolvedText, unfinishedText, WAYS } from '../cli/resolve-text.ts';
import { EXIT_CODES, ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';

const NAMES = Object.keys(WAYS) as Resolution[];

const way = (name: Resolution) => Flags.boolean({ description: WAYS[name] });

export default class Resolve extends ToraleCommand {
  static override summary =
    'Decide about a revision that is partly applied. Without a flag: show how far it is, and what must be decided.';
  static override args = {
    revision: Args.string({
      description: 'the unfinished revision, to be sure that it is the one you mean',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    retry: way('retry'),
    'skip-statement': way('skip-statement'),
    'mark-applied': way('mark-applied'),
    abandon: way('abandon'),
    ...lockFlags,
  };
  static override examples = ['torale resolve', 'torale resolve 3f9c1a7be204 --skip-statement'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Resolve);
    const [resolution, another] = NAMES.filter((name) => flags[name]);
    if (another !== undefined) {
      throw new ToraleError('USAGE', `--${resolution} and --${another} exclude each other.`, {
        hint: 'torale resolve --help tells what each of them means.',
      });
    }
    const revision = args.revision ?? null;
    return this.withRun(flags, async ({ run }) => {
      if (resolution === undefined) return this.#show(run, revision);
      const { resolveRevision } = await import('../apply/resolve.ts');
      const report = await resolveRevision(run, { revision, resolution });
      return { json: report, text: resolvedText(report) };
    });
  }

  async #show(run: Run, revision: string | null): Promise<Outcome> {
    const { unfinishedReport } = await import('../apply/resolve-report.ts');
    const report = await unfinishedReport(run, revision);
    const { unfinished } = report;
    const file = unfinished?.file ?? null;
    return {
      json: {
        ...report,
        unfinished: unfinished && { ...unfinished, file: file === null ? null : displayPath(file) },
      },
      text: unfinishedText(report, this.output.style),
      exitCode: unfinished === null || unfinished.resumable ? EXIT_CODES.ok : EXIT_CODES.unresolved,
    };
  }
}
