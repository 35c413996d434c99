import { spawn } from 'node:child_process';
import type { CommandLine } from '../config/config.ts';
import { ToraleError } from '../errors.ts';

/** An exporter that has printed nothing for that long hangs. */
const SILENCE_LIMIT_MS = 120_000;
const STDERR_LINES = 6;

/**
 * What a program prints on stdout: the DDL of a schema.
 *
 * @throws ToraleError TARGET_FAILED where it cannot be started, fails, or hangs; with the end of its stderr
 */
export async function outputOf(
  { argv, folder, variables }: CommandLine,
  said: string,
  signal: AbortSignal,
  silenceLimitMs = SILENCE_LIMIT_MS,
): Promise<{ readonly text: string; readonly said: string }> {
  signal.throwIfAborted();
  const [program, ...rest] = argv;
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const ended = await new Promise<string | null>((done) => {
    const child = spawn(program!, rest, { cwd: folder, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    let isSilent = false;
    const silence = setTimeout(() => {
      isSilent = true;
      child.kill('SIGKILL');
    }, silenceLimitMs);
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    const finish = (problem: string | null): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      done(problem);
    };
    const keep = (list: Buffer[]) => (chunk: Buffer) => {
      silence.refresh();
      list.push(chunk);
    };
    child.stdout.on('data', keep(output));
    child.stderr.on('data', keep(errors));
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ENOENT' ? `${program} was not found` : error.message),
    );
    child.on('close', (code, killed) => {
      if (code === 0) finish(null);
      else if (isSilent) finish(`it said nothing for ${silenceLimitMs / 1000} s and was ended`);
      else finish(`it ended with ${code === null ? String(killed) : `exit code ${code}`}`);
    });
  });
  signal.throwIfAborted();
  const text = Buffer.concat(output).toString('utf8');
  if (ended === null) return { text, said: `the output of '${said}'` };
  throw commandFailure(said, ended, Buffer.concat(errors).toString('utf8'));
}

function commandFailure(said: string, problem: string, stderr: string): ToraleError {
  const lines = stderr
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const shown = lines.slice(-STDERR_LINES).map((line) => `    ${line}`);
  return new ToraleError('TARGET_FAILED', [`The target's command '${said}' failed: ${problem}.`, ...shown].join('\n'), {
    hint: 'It has to print the DDL of the whole schema on stdout, and to end with 0.',
    data: { command: said },
  });
}
