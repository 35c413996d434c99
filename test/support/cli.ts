import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

export interface CliOptions {
  readonly cwd?: string;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Record<string, string | undefined>;
  readonly input?: string;
  /** Run as another user: what root may do to a file tells nothing of permissions. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** A program with its arguments that runs the executable in its turn, such as a shell with limits. */
  readonly under?: readonly string[];
}

export interface CliResult {
  /** The exit code, or 128 + the signal's number as a shell would tell it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a user: without the runner's own variables and without a database that somebody set. */
function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(TORALE_|VITEST|npm_)|^(DATABASE_URL|NODE_ENV|NODE_OPTIONS|FORCE_COLOR|TEST|DEV|PROD|MODE)$/.test(name),
  );
  return Object.fromEntries(kept);
}

const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Runs the built executable (`npm test` builds first) and never throws: an exit code is a result. */
export async function torale(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startTorale(args, options);
  child.stdin.end(options.input ?? '');
  return child.result;
}

/** The same without waiting, for tests that send signals or keep stdin open. */
export function startTorale(args: readonly string[], options: CliOptions = {}) {
  const env = { ...cleanEnvironment(), ...options.env };
  const [program, ...rest] = [...(options.under ?? []), process.execPath, BIN, ...args] as [string, ...string[]];
  const child = spawn(program, rest, { cwd: options.cwd, env, stdio: 'pipe', ...options.user });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The program may end without reading its input.
  child.stdin.on('error', () => undefined);
  const result = new Promise<CliResult>((done) => {
    child.on('error', (error) => (stderr += String(error)));
    child.on('close', (code, signal) => {
      done({ code: code ?? 128 + (signal === null ? 0 : (SIGNALS[signal] ?? 0)), stdout, stderr });
    });
  });
  return Object.assign(child, { result });
}
