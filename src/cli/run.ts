import { type Command, Help, type Interfaces } from '@oclif/core';
import { COMMANDS } from '../commands/index.ts';
import { EXIT_CODES, ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { oclifConfig } from './oclif-config.ts';
import { reportError, toToraleError } from './report-error.ts';

/** Gives what oclif.manifest.json holds; asked for only when help is to be shown. */
type LoadManifest = () => Interfaces.Manifest;

const HELP = new Set(['--help', '-h', 'help']);

/** Everything before a bare `--`: what follows it is an operand, whatever it looks like. */
function words(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

async function dispatch(argv: readonly string[], loadManifest: LoadManifest): Promise<void> {
  const [first, ...rest] = argv;
  if (first === undefined || HELP.has(first)) {
    await showHelp(
      rest.find((word) => !word.startsWith('-')),
      loadManifest,
    );
  } else if (words(rest).some((word) => word === '--help' || word === '-h')) {
    await showHelp(first, loadManifest);
  } else {
    await commandNamed(first).run([...rest], oclifConfig());
  }
}

function commandNamed(name: string): Command.Class {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) {
    command.id = name;
    return command;
  }
  if (name.startsWith('-')) {
    throw new ToraleError('USAGE', `The command comes first, then '${name}'.`, {
      hint: 'torale COMMAND --flag …; torale --help lists the commands.',
    });
  }
  const hint = didYouMean(name, Object.keys(COMMANDS)) ?? 'torale --help lists the commands.';
  throw new ToraleError('UNKNOWN_COMMAND', `There is no command '${name}'.`, { hint });
}

async function showHelp(name: string | undefined, loadManifest: LoadManifest): Promise<void> {
  if (name !== undefined) commandNamed(name);
  await new Help(oclifConfig(loadManifest()), { maxWidth: 100 }).showHelp(name === undefined ? [] : [name]);
}

/** Runs the command line. Never throws and never calls process.exit: Node can hang in it once WebAssembly was loaded. */
export async function run(argv: readonly string[], loadManifest: LoadManifest): Promise<void> {
  try {
    await dispatch(argv, loadManifest);
    process.exitCode ??= EXIT_CODES.ok;
  } catch (error) {
    const failure = toToraleError(error);
    process.exitCode = failure.exitCode;
    reportError(failure, { json: words(argv).includes('--json') });
  }
}
