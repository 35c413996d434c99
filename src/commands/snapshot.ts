import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { count, table } from '../cli/output.ts';
import { displayPath } from '../paths.ts';

export default class Snapshot extends ToraleCommand {
  static override summary =
    'Replay the revisions on a scratch database and write the snapshot of each that has none, or was edited since.';
  static override flags = {
    all: Flags.boolean({ description: 'write all of them anew, such as for another major version of the server' }),
  };
  static override examples = ['torale snapshot', 'torale snapshot --all'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Snapshot);
    return this.withRun(flags, async ({ run }) => {
      const { writeSnapshots } = await import('../autogenerate/snapshot.ts');
      const { written, upToDate, skipped } = await writeSnapshots(run, { all: flags.all });
      const shown = written.map((one) => ({ ...one, file: displayPath(one.file) }));
      const json = { written: shown, upToDate, skipped };
      const left = skipped.map(({ dialect, why }) => `Not written for ${dialect}: ${why}`);
      if (shown.length === 0) {
        const text =
          upToDate === 0
            ? 'There are no revisions.'
            : upToDate === 1
              ? 'The snapshot is up to date.'
              : `All ${upToDate} snapshots are up to date.`;
        return { json, text: [text, ...left].join('\n') };
      }
      const rows = shown.map(({ revision, file, objects }) => [revision, count(objects, 'object'), file]);
      return { json, text: [table(rows), `Wrote ${count(shown.length, 'snapshot')}.`, ...left].join('\n') };
    });
  }
}
