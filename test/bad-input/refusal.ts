import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BIN, torale, type CliOptions } from '../support/cli.ts';
import { temporaryFolder } from '../support/revisions.ts';

export interface Refusal {
  readonly exit: number;
  readonly code: string;
  /** What it must say: what is wrong, and where. */
  readonly says: RegExp;
}

/**
 * Runs a command that must fail, as people read it and as programs do, and holds it to what every failure promises:
 * exit code, a handful of lines without a stack, one JSON document, nothing on the wrong stream.
 *
 * @returns what the JSON says
 */
export async function refuses(
  args: readonly string[],
  { exit, code, says }: Refusal,
  options: CliOptions = {},
): Promise<Record<string, unknown>> {
  const where = { cwd: temporaryFolder(), ...options };
  const plain = await torale(args, where);
  const shown = `torale ${args.join(' ')}\n${plain.stdout}${plain.stderr}`;
  expect(plain.code, shown).toBe(exit);
  expect(plain.stdout, shown).toBe('');
  const lines = plain.stderr.trimEnd().split('\n');
  const told = lines.filter((line) => !line.startsWith('torale: '));
  expect(told.length, shown).toBeLessThanOrEqual(code === 'REVISION_FAILED' ? 14 : 6);
  expect(plain.stderr, shown).toMatch(says);
  expectPlainWords(plain.stderr);

  const json = await torale([...args, '--json'], where);
  expect(json.code, json.stdout + json.stderr).toBe(exit);
  const document = JSON.parse(json.stdout) as { error: Record<string, unknown> };
  expect(Object.keys(document)).toEqual(['error']);
  expect(document.error).toMatchObject({ code, exitCode: exit });
  expect(document.error['message']).toEqual(expect.stringMatching(/\S/));
  expectPlainWords(json.stdout + json.stderr);
  return document.error;
}

/** Nothing in it is meant for the maintainer of a program. */
function expectPlainWords(text: string): void {
  expect(text).not.toMatch(/^\s+at .*[:(]|\[object |\bundefined\b|\bNaN\b|node_modules|defect in Torale/m);
}

/** Everything in a folder, to compare two moments. */
export function contentsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const content = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '/';
      return `${name} ${content}`;
    });
}

/** A user whom permissions bind: oneself, or nobody where this is root. */
export const BOUND_USER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Permissions do not bind root, and nobody may not be able to read a checkout in root's home. */
export const permissionsCanBeTried =
  process.platform !== 'win32' &&
  spawnSync(process.execPath, [BIN, '--version'], { ...BOUND_USER, cwd: '/' }).status === 0;

export const NEEDS_USER = 'permissions: run them as another user than root, or from a folder that nobody can read';

export function exists(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/** A URL with some parts changed. */
export function changed(url: string, change: (parts: URL) => void): string {
  const parts = new URL(url);
  change(parts);
  return parts.href;
}
