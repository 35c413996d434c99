import { type Command, Help, type Interfaces } from '@oclif/core';
import { ALIASES, COMMANDS } from '../commands/index.ts';
import { EXIT_CODES, ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { wantsJson, words } from './arguments.ts';
import { EXIT_CODES_HELP, exitCodesText } from './exit-codes-text.ts';
import { foreignWord } from './foreign-words.ts';
import { logFormat } from './log-json.ts';
import { oclifConfig } from './oclif-config.ts';
import { reportError, toToraleError } from './report-error.ts';

/** Gives what oclif.manifest.json holds; asked for only when help is to be shown. */
type LoadManifest = () => Interfaces.Manifest;

const HELP = new Set(['--help', '-h', 'help']);

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

function commandNamed(word: string): Command.Class {
  const name = canonical(word);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) {
    command.id = name;
    return command;
  }
  if (name.startsWith('-')) {
    throw new ToraleError('USAGE', `The command comes first, then '${name}'.`, {
      hint: 'torale --help lists the commands.',
    });
  }
  const known = [...Object.keys(COMMANDS), ...Object.keys(ALIASES)];
  const hint = didYouMean(name, known) ?? 'torale --help lists the commands.';
  throw foreignWord(name) ?? new ToraleError('UNKNOWN_COMMAND', `There is no command '${name}'.`, { hint });
}

function canonical(word: string): string {
  return (Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined) ?? word;
}

async function showHelp(word: string | undefined, loadManifest: LoadManifest): Promise<void> {
  if (word === EXIT_CODES_HELP) {
    process.stdout.write(`${exitCodesText()}\n`);
    return;
  }
  if (word !== undefined) commandNamed(word);
  await new Help(oclifConfig(loadManifest()), { maxWidth: 100 }).showHelp(word === undefined ? [] : [canonical(word)]);
  if (word === undefined) process.stdout.write(`EXIT CODES\n  torale help ${EXIT_CODES_HELP} lists them.\n`);
}

/** Under DEBUG=* Knex would print every statement with its values, passwords included. */
function muteKnex(): void {
  const { DEBUG } = process.env;
  if (DEBUG) process.env['DEBUG'] = `${DEBUG},-knex:query,-knex:bindings`;
}

/** Runs the command line. Never throws and never calls process.exit: Node can hang in it once WebAssembly was loaded. */
export async function run(argv: readonly string[], loadManifest: LoadManifest): Promise<void> {
  muteKnex();
  try {
    await dispatch(argv, loadManifest);
    process.exitCode ??= EXIT_CODES.ok;
  } catch (error) {
    const failure = toToraleError(error);
    process.exitCode = failure.exitCode;
    const debug = words(argv).includes('--debug');
    reportError(failure, { json: wantsJson(argv), debug, logFormat: logFormat(argv) });
  }
}
