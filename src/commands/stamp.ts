import { Flags } from '@oclif/core';
import { requiredRevisions } from '../cli/arguments.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { lockFlags, scriptFlags } from '../cli/flags.ts';
import { readDialect, splitRanges } from '../cli/values.ts';

export default class Stamp extends ToraleCommand {
  static override summary = 'Say where the database is without running a revision.';
  static override args = {
    revisions: requiredRevisions('where it is: ids, labels, head, heads, base; FROM:TO with --sql'),
  };
  static override flags = {
    ...lockFlags,
    ...scriptFlags,
    purge: Flags.boolean({ description: 'empty the version table first, whatever it holds' }),
  };
  static override examples = ['torale stamp head', 'torale stamp --purge 3f9c1a7be204'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Stamp);
    return this.withRun(flags, async ({ run }) => {
      const { from, targets } = splitRanges(args.revisions, flags.sql);
      const request = { targets, purge: flags.purge };
      if (flags.sql) {
        const { stampScript } = await import('../apply/script.ts');
        const sql = await stampScript(run, { ...request, from, dialect: readDialect(flags.dialect) });
        return { json: { sql }, text: sql.trimEnd() };
      }
      const { applyStamp } = await import('../apply/stamp.ts');
      const { heads, before } = await applyStamp(run, request);
      const named = (revisions: readonly string[]): string => revisions.join(', ') || 'base';
      return { json: { heads, before }, text: `Stamped ${named(heads)} (was ${named(before)}). No revision was run.` };
    });
  }
}
