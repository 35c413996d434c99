import { Command } from '@oclif/core';
import type { Run } from '../apply/run.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ConfigFlags } from '../config/sources.ts';
import { ToraleError } from '../errors.ts';
import { redact, redactKnown, redactValue } from '../redact.ts';
import { wantsJson } from './arguments.ts';
import { abortOnCrash } from './crashes.ts';
import { commonFlags } from './flags.ts';
import { jsonText } from './json-text.ts';
import { checkLogFormat, errorLine, jsonProgress, logFormat, logLine, logNodeWarnings } from './log-json.ts';
import { createOutput, type Output } from './output.ts';
import { progress } from './progress.ts';
import { toToraleError } from './report-error.ts';
import { abortOnSignals } from './signals.ts';
import { keepHeapSmall, letHeapGrow } from './small-heap.ts';

/** What a command has to say: one value for programs, one text for people. Only the one that is wanted is asked for. */
export interface Outcome {
  /** See {@link jsonText}. */
  readonly json: object;
  /** Without a line end; empty prints nothing. */
  readonly text: string;
  readonly exitCode?: number;
}

export interface Project {
  readonly loaded: LoadedConfig;
  readonly run: Run;
}

/** Flags as oclif parsed them. */
type ParsedFlags = Readonly<Record<string, unknown>>;

/** Every command: flags → one library call → print. */
export abstract class ToraleCommand extends Command {
  static override baseFlags = commonFlags;

  #secrets: readonly string[] = [];
  readonly output: Output = createOutput(
    (text) => redact(text, this.#secrets),
    (text) => redactKnown(text, this.#secrets),
  );

  protected abstract perform(): Promise<Outcome>;

  get #isLogJson(): boolean {
    return logFormat(this.argv) === 'json';
  }

  override async run(): Promise<void> {
    try {
      checkLogFormat();
      if (this.#isLogJson) logNodeWarnings(this.output.note, () => this.#secrets);
      const outcome = await this.perform();
      if (wantsJson(this.argv)) this.output.json(jsonText(outcome.json, this.#secrets));
      else {
        const { text } = outcome;
        if (text !== '') this.output.result(text);
      }
      if (outcome.exitCode !== undefined) process.exitCode = outcome.exitCode;
    } catch (error) {
      throw this.#redacted(error);
    }
  }

  /** The configuration these flags, the environment and the files give. */
  protected async configuration(flags: ParsedFlags): Promise<LoadedConfig> {
    const { loadConfig } = await import('../config/load.ts');
    const loaded = await loadConfig({
      cwd: process.cwd(),
      env: process.env,
      flags: toConfigFlags(flags),
      // Node loads its streams of files for the first look at stdin.
      get isTerminal() {
        return process.stdin.isTTY === true || process.stdout.isTTY === true;
      },
    });
    this.#secrets = loaded.secrets;
    for (const warning of loaded.warnings) {
      const line = { code: 'CONFIG', message: warning };
      this.output.note(
        this.#isLogJson ? logLine('warning', 'warning', line, this.#secrets) : `torale: warning: ${warning}`,
      );
    }
    return loaded;
  }

  /** What a program that prints a schema is run with. */
  protected readonly variables: Readonly<Record<string, string | undefined>> = process.env;

  /** A list that takes up what else must not be printed: passwords of URLs that are no setting. */
  protected moreSecrets(): string[] {
    const known = [...this.#secrets];
    this.#secrets = known;
    return known;
  }

  /** Calls `work` with a run that tells its progress on stderr and stops on signals. */
  protected async withRun<T>(flags: ParsedFlags, work: (project: Project) => Promise<T>): Promise<T> {
    const loaded = await this.configuration(flags);
    const { createRun } = await import('../apply/project.ts');
    const controller = new AbortController();
    const release = abortOnSignals(controller);
    const settle = abortOnCrash(
      controller,
      (text) => redact(text, this.#secrets),
      (failure) => this.output.note(this.#isLogJson ? errorLine(failure, false) : failure.message),
    );
    const onEvent = this.#isLogJson ? jsonProgress(this.output.note, () => this.#secrets) : progress(this.output);
    try {
      const run = createRun(loaded.config, { onEvent, signal: controller.signal, onInspect: keepHeapSmall });
      return await work({ loaded, run });
    } finally {
      release();
      settle();
      letHeapGrow();
    }
  }

  /** A copy without secrets: what printing and `--debug` will show. */
  #redacted(thrown: unknown): ToraleError {
    const error = toToraleError(thrown, this.ctor);
    const copy = new ToraleError(error.code, redact(error.message, this.#secrets), {
      hint: error.hint === undefined ? undefined : redact(error.hint, this.#secrets),
      data: redactValue(error.data, this.#secrets),
    });
    copy.stack = redact(stackOf(error), this.#secrets);
    return copy;
  }
}

/** With the causes: what a maintainer needs from `--debug`. */
function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && stacks.length < 5; cause = cause.cause) {
    stacks.push(cause.stack ?? cause.message);
  }
  return stacks.join('\nCaused by: ');
}

/** How this command prints; no setting of a run. */
const OWN_FLAGS: ReadonlySet<string> = new Set(['json', 'debug', 'log-format']);

/** Flags are spelled with dashes, settings in camel case; a flag that no setting answers to is the command's own. */
function toConfigFlags(flags: ParsedFlags): ConfigFlags {
  const known: ConfigFlags = {};
  for (const name of [...Object.keys(commonFlags), 'lock', 'lock-timeout', 'scratch-url']) {
    if (flags[name] === undefined || OWN_FLAGS.has(name)) continue;
    (known as Record<string, unknown>)[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())] =
      flags[name];
  }
  return known;
}
