import { Flags } from '@oclif/core';
import type { Run } from '../apply/run.ts';
import type { ScriptRequest } from '../apply/script.ts';
import { revisionArg } from '../cli/arguments.ts';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { lockFlags, scriptFlags } from '../cli/flags.ts';
import { dryRunText } from '../cli/listing.ts';
import { upgradeText } from '../cli/upgrade-text.ts';
import { readDialect, splitRange } from '../cli/values.ts';

export default class Upgrade extends ToraleCommand {
  static override summary = 'Apply the revisions that the database does not have yet.';
  static override args = {
    revision: revisionArg(
      'up to here: an id or its beginning, a label, head, heads, +1, or FROM:TO with --sql',
      'head',
    ),
  };
  static override flags = {
    ...lockFlags,
    ...scriptFlags,
    'dry-run': Flags.boolean({ description: 'list what would run, and run nothing', exclusive: ['sql'] }),
    'single-transaction': Flags.boolean({
      description: 'all revisions in one transaction (PostgreSQL, SQLite)',
      exclusive: ['sql'],
    }),
    backup: Flags.string({
      description: 'copy the database to this file first (SQLite)',
      helpValue: 'FILE',
      exclusive: ['sql', 'dry-run'],
    }),
  };
  static override examples = ['torale upgrade head --wait 60s', 'torale upgrade +1', 'torale upgrade head --dry-run'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Upgrade);
    const { from, to } = splitRange(args.revision, flags.sql);
    const request = { target: to, from, dialect: readDialect(flags.dialect) };
    return this.withRun(flags, async ({ run }) => {
      if (flags.sql) return script(run, request);
      if (flags['dry-run']) return dryRun(run, request);
      const { applyUpgrade } = await import('../apply/upgrade.ts');
      const { programBefore } = await import('../apply/backup.ts');
      const { beforeUpgrade } = run.config;
      const report = await applyUpgrade(run, {
        target: to,
        singleTransaction: flags['single-transaction'],
        backup: flags.backup ?? null,
        beforeUpgrade: beforeUpgrade === null ? null : programBefore(beforeUpgrade, run.signal),
      });
      return { json: report, text: upgradeText(run.graph, report) };
    });
  }
}

async function script(run: Run, request: ScriptRequest): Promise<Outcome> {
  const { upgradeScript } = await import('../apply/script.ts');
  const sql = await upgradeScript(run, request);
  return { json: { sql }, text: sql.trimEnd() };
}

async function dryRun(run: Run, request: ScriptRequest & { readonly target: string }): Promise<Outcome> {
  const { dryRun: record } = await import('../apply/script.ts');
  const report = await record(run, request);
  const pending = report.revisions.map(({ step, statements, stopped }) => ({
    revision: step.revision,
    message: step.message,
    statements: statements.map(({ sql, isBatch }) => (isBatch ? `in batches: ${sql}` : sql)),
    complete: stopped === null,
    done: report.journal
      .filter(({ revision, state }) => revision === step.revision && state === 'done')
      .map(({ statement }) => statement),
  }));
  return { json: { pending, heads: report.heads }, text: dryRunText(report, request.target) };
}
