import { Args, Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { filterFlags, schemaFlags } from '../cli/flags.ts';
import { readDialect } from '../cli/values.ts';

export default class Inspect extends ToraleCommand {
  static override summary = 'What a schema holds: a database, SQL files, a schema.ts or a revision.';
  static override args = {
    side: Args.string({
      description:
        'a URL, a .sql file, folder or glob, a schema.ts, a revision, head or target; the database by default',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    sql: Flags.boolean({ description: 'print the script that makes it', exclusive: ['json'] }),
    ...filterFlags,
    ...schemaFlags,
  };
  static override examples = ['torale inspect', 'torale inspect head --json', 'torale inspect --sql > schema.sql'];

  protected override async perform(): Promise<Outcome> {
    const { flags, args } = await this.parse(Inspect);
    return this.withRun(flags, async ({ run }) => {
      const { configuredSide, readSides, sideNamed } = await import('../autogenerate/read-sides.ts');
      const { contextFor } = await import('../autogenerate/context.ts');
      const { inspectSide } = await import('../autogenerate/inspect.ts');
      const { snapshotHead, snapshotObjects } = await import('../schema/snapshot.ts');
      const dialect = readDialect(flags.dialect);
      const secrets = this.moreSecrets();
      const { variables } = this;
      const { context, side } =
        args.side === undefined
          ? { side: configuredSide(run), context: contextFor(run, [configuredSide(run)], dialect) }
          : await readSides(run, [sideNamed(run, args.side)], { dialect, secrets, variables }).then((read) => ({
              context: read.context,
              side: read.sides[0]!,
            }));
      const filter = { include: flags.include, exclude: flags.exclude };
      const inspected = await inspectSide(context, side, filter);
      const { schema, server } = inspected;
      const outcome = (text: () => string): Outcome => ({
        get json() {
          return { ...snapshotHead(context.dialect, server), objects: snapshotObjects(schema) };
        },
        get text() {
          return text();
        },
      });
      if (flags.sql) {
        const { makingOf } = await import('../autogenerate/inspect.ts');
        const script = await makingOf(context, inspected, filter);
        return outcome(() => script.trimEnd());
      }
      const { inspectText } = await import('../cli/inspect-text.ts');
      const { style } = this.output;
      return outcome(() => inspectText(inspected, style));
    });
  }
}
