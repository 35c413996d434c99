import { Flags } from '@oclif/core';
import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { newRevisionFlags } from '../cli/flags.ts';
import { writtenJson, writtenText } from '../cli/written-text.ts';
import type { CreateRequest } from '../revision/create.ts';
import { ToraleError } from '../errors.ts';

/** Flags that mean nothing without `--autogenerate`. */
const AUTOGENERATE_FLAGS = [
  'target',
  'rename',
  'no-renames',
  'fill',
  'allow-empty',
  'unproven',
  'no-assertions',
  'include',
  'exclude',
] as const;

export default class Revision extends ToraleCommand {
  static override summary =
    'Write the file of a new revision: empty, or with --autogenerate what takes head to the target.';
  static override flags = {
    ...newRevisionFlags,
    autogenerate: Flags.boolean({ description: 'compare head with the target and write the statements, proved' }),
    target: Flags.string({
      description: 'the schema wanted: SQL files or a folder, a schema.ts, a URL, a revision (default: as configured)',
      helpValue: 'TARGET',
      helpGroup: 'AUTOGENERATE',
    }),
    rename: Flags.string({
      description: 'what was renamed: users.name:full_name (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'OLD:NEW',
      helpGroup: 'AUTOGENERATE',
      exclusive: ['no-renames'],
    }),
    'no-renames': Flags.boolean({
      description: 'nothing was renamed: what is gone is dropped, what is new is added',
      helpGroup: 'AUTOGENERATE',
    }),
    fill: Flags.string({
      description: 'what rows get in a column that needs a value: users.email="name || \'@example.com\'" (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'TABLE.COLUMN=EXPR',
      helpGroup: 'AUTOGENERATE',
    }),
    include: Flags.string({
      description: 'only these objects: table:public.*, schema:audit, view (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATTERN',
      helpGroup: 'AUTOGENERATE',
    }),
    exclude: Flags.string({
      description: 'not these objects (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATTERN',
      helpGroup: 'AUTOGENERATE',
    }),
    'allow-empty': Flags.boolean({
      description: 'write a revision although nothing differs',
      helpGroup: 'AUTOGENERATE',
    }),
    unproven: Flags.boolean({
      description: 'write a revision although it does not lead to the target',
      helpGroup: 'AUTOGENERATE',
    }),
    'no-assertions': Flags.boolean({
      description: 'leave out ALGORITHM and LOCK, which keep MySQL from copying a table unexpectedly',
      helpGroup: 'AUTOGENERATE',
    }),
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
    'torale revision --autogenerate -m "add media tags" --target schema.sql',
    'torale revision -m hotfix --head 3f9c1a7be204 --splice',
  ];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Revision);
    const request: CreateRequest = {
      message: flags.message ?? '',
      head: flags.head,
      splice: flags.splice,
      branchLabels: flags['branch-label'],
      dependsOn: flags['depends-on'],
      revId: flags['rev-id'],
      versionPath: flags['version-path'],
    };
    if (!flags.autogenerate) {
      refuseWithoutAutogenerate(flags);
      const { config } = await this.configuration(flags);
      const { writeNewRevision } = await import('../apply/new-revision.ts');
      const written = await writeNewRevision(config, request);
      return { json: writtenJson(written), text: writtenText(written) };
    }
    return this.withRun(flags, async ({ run }) => {
      const { autogenerate } = await import('../autogenerate/autogenerate.ts');
      const { autogenerateJson, autogenerateText } = await import('../cli/autogenerate-text.ts');
      const { renameAsker } = await import('../cli/ask-rename.ts');
      const report = await autogenerate(run, {
        ...request,
        target: flags.target,
        variables: this.variables,
        secrets: this.moreSecrets(),
        renames: flags['no-renames'] ? 'none' : flags.rename,
        fills: flags.fill ?? [],
        include: flags.include,
        exclude: flags.exclude,
        allowEmpty: flags['allow-empty'],
        unproven: flags.unproven,
        assertions: !flags['no-assertions'],
        ask: flags.json ? undefined : renameAsker(),
      });
      return { json: autogenerateJson(report), text: autogenerateText(report, this.output.style) };
    });
  }
}

function refuseWithoutAutogenerate(flags: Readonly<Record<string, unknown>>): void {
  const given = AUTOGENERATE_FLAGS.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (given === undefined) return;
  throw new ToraleError('USAGE', `--${given} says something about --autogenerate, which was not given.`, {
    hint: 'torale revision --autogenerate -m "…"',
  });
}
