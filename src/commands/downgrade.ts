import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { forwardOnly } from '../cli/foreign-words.ts';

export default class Downgrade extends ToraleCommand {
  static override summary = 'There is none: says what to do instead.';
  static override aliases = ['down'];
  static override hidden = true;
  static override strict = false;

  protected override perform(): Promise<Outcome> {
    // Whatever was asked for, the answer is the same.
    return Promise.reject(forwardOnly());
  }
}
