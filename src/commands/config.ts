import { ToraleCommand, type Outcome } from '../cli/command.ts';
import { configText } from '../cli/config-text.ts';

export default class ShowConfig extends ToraleCommand {
  static override summary = 'Show each setting and where it was said. Passwords are masked.';
  static override examples = ['torale config', 'torale config --env production --json'];

  protected override async perform(): Promise<Outcome> {
    const { flags } = await this.parse(ShowConfig);
    const loaded = await this.configuration(flags);
    const { describeConfig } = await import('../config/describe.ts');
    const settings = describeConfig(loaded, process.cwd());
    return { json: { settings }, text: configText(settings, this.output.style) };
  }
}
