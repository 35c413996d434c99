import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedConfig, loadConfig, type LoadOptions } from '../../src/config/load.ts';
import { isToraleError, type ToraleError } from '../../src/errors.ts';

export interface Workspace {
  readonly folder: string;
  readonly load: (options?: Partial<LoadOptions>) => Promise<LoadedConfig>;
  /** Loads what must not load, and gives the reason. */
  readonly failure: (options?: Partial<LoadOptions>) => Promise<ToraleError>;
}

/** A folder with these files, in which a configuration can be loaded; objects are written as JSON. */
export function workspace(files: Readonly<Record<string, string | object>> = {}): Workspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'torale-config-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const load = (options: Partial<LoadOptions> = {}) =>
    loadConfig({ env: {}, isTerminal: false, ...options, cwd: join(folder, options.cwd ?? '') });
  return {
    folder,
    load,
    failure: async (options) => {
      const error: unknown = await load(options).then(
        () => new Error('It was loaded.'),
        (reason: unknown) => reason,
      );
      if (isToraleError(error)) return error;
      throw error;
    },
  };
}
