import type { AskRename } from '../autogenerate/renaming.ts';
import { nameOf } from '../schema/object.ts';

/** Asks on the terminal: a rename, or a drop and an add? Null where nobody sits there. */
export function renameAsker(): AskRename | undefined {
  const { stdin, stderr } = process;
  if (stdin.isTTY !== true || stderr.isTTY !== true || process.env['CI'] === 'true') return undefined;
  return async ({ candidate, noun }) => {
    const { default: select } = await import('@inquirer/select');
    const { from, to, member, loses } = candidate;
    const old = member === undefined ? nameOf(from.path) : `'${member[0]}'`;
    const now = member === undefined ? nameOf(to.path) : `'${member[1]}'`;
    const type = 'type' in from.definition ? `, ${from.definition.type}` : '';
    return select(
      {
        message: `${old} is gone and ${now} is new (${noun}${type}). What happened?`,
        choices: [
          { name: 'renamed: it keeps what it holds', value: true },
          { name: loses ? `dropped and added: what ${old} holds is lost` : 'dropped and added', value: false },
        ],
      },
      // Results go to stdout, and a question is none.
      { output: stderr },
    );
  };
}
