import { Args, Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { filterFlags, schemaFlags } from '../cli/flags.ts';
import { readDialect } from '../cli/values.ts';
import { EXIT_CODES } from '../errors.ts';

const A_SIDE = 'a URL, a .sql file, folder or glob, a schema.ts, a revision, or head';

export default class Diff extends ToraleCommand {
  static override summary =
    'What takes one schema to another: databases, SQL files, schema.ts, revisions. Changes neither.';
  static override args = {
    from: Args.string({ description: A_SIDE, required: true, ignoreStdin: true }),
    to: Args.string({ description: `the same; target is the configured one`, required: true, ignoreStdin: true }),
  };
  static override flags = {
    sql: Flags.boolean({ description: "print a script for the server's own client", exclusive: ['json'] }),
    check: Flags.boolean({ description: 'exit with 9 where they differ' }),
    rename: Flags.string({
      description: 'this is a rename: table.old:new (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'OLD:NEW',
      exclusive: ['no-renames'],
    }),
    'no-renames': Flags.boolean({ description: 'what looks like a rename is a drop and an add' }),
    'no-assertions': Flags.boolean({
      description: 'leave out ALGORITHM and LOCK, which keep MySQL from copying a table unexpectedly',
    }),
    ...filterFlags,
    ...schemaFlags,
  };
  static override examples = [
    'torale diff head target',
    'torale diff "$DATABASE_URL" schema.sql',
    'torale diff head schema/ --sql > change.sql',
  ];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Diff);
    return this.withRun(flags, async ({ run }) => {
      const { readSides, sideNamed } = await import('../autogenerate/read-sides.ts');
      const { compareSides, plainStatement, shownChange } = await import('../autogenerate/compare.ts');
      const inputs = [sideNamed(run, args.from), sideNamed(run, args.to)];
      const secrets = this.moreSecrets();
      const read = await readSides(run, inputs, {
        dialect: readDialect(flags.dialect),
        secrets,
        variables: this.variables,
      });
      const comparison = await compareSides(read.context, {
        from: read.sides[0]!,
        to: read.sides[1]!,
        renames: flags['no-renames'] ? 'none' : flags.rename,
        assertions: !flags['no-assertions'],
        include: flags.include,
        exclude: flags.exclude,
      });
      const { changes, statements, from, to } = comparison;
      const exitCode = flags.check && changes.length > 0 ? EXIT_CODES.differs : EXIT_CODES.ok;
      const json = { changes: changes.map(shownChange), statements: statements.map(plainStatement) };
      if (flags.sql) {
        const { sqlScript } = await import('../autogenerate/sql-script.ts');
        return { json, text: (await sqlScript(read.context.dialect, statements)).trimEnd(), exitCode };
      }
      if (changes.length === 0) return { json, text: 'No differences.', exitCode };
      const { diffText } = await import('../cli/diff-text.ts');
      const view = { changes, statements, from: from.schema, to: to.schema };
      return { json, text: diffText(view, this.output.style), exitCode };
    });
  }
}
