import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { lockFlags, scriptFlags } from '../cli/flags.ts';
import { readDialect } from '../cli/values.ts';

export default class EnsureVersion extends ToraleCommand {
  static override summary = "Make Torale's tables where they are missing, and run no revision.";
  static override aliases = ['ensure_version'];
  static override flags = { ...lockFlags, ...scriptFlags };
  static override examples = ['torale ensure-version'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(EnsureVersion);
    return this.withRun(flags, async ({ run }) => {
      if (flags.sql) {
        const { ensureVersionScript } = await import('../apply/script.ts');
        const sql = await ensureVersionScript(run, { dialect: readDialect(flags.dialect) });
        return { json: { sql }, text: sql.trimEnd() };
      }
      const { ensureVersion } = await import('../apply/ensure-version.ts');
      const { created } = await ensureVersion(run);
      const display = run.config.database?.display ?? '';
      const text = created
        ? `Torale's tables are made in ${display}.`
        : `Torale's tables are there in ${display}: nothing to do.`;
      return { json: { created }, text };
    });
  }
}
