import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom, from the middle (data in, data out) to the rim (effects). A room is a file or a folder of src/.
 * Widening a row is a decision about the design: the right answer to a red line here is often to move the code.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'errors.ts': [],
  'events.ts': [],
  'paths.ts': [],
  'suggest.ts': [],
  'version.ts': [],
  'redact.ts': ['dialects'],
  graph: ['errors.ts', 'suggest.ts'],
  revision: ['errors.ts', 'graph', 'paths.ts', 'suggest.ts'],
  session: ['dialects', 'errors.ts'],
  schema: ['errors.ts', 'suggest.ts'],
  diff: ['errors.ts', 'schema', 'suggest.ts'],
  render: ['diff', 'errors.ts', 'schema'],
  dialects: ['diff', 'errors.ts', 'redact.ts', 'schema', 'session', 'suggest.ts', 'version.ts'],
  config: ['dialects', 'errors.ts', 'paths.ts', 'redact.ts', 'revision', 'suggest.ts'],
  journal: ['dialects', 'errors.ts', 'events.ts', 'graph', 'session', 'version.ts'],
  apply: [
    'config',
    'dialects',
    'errors.ts',
    'events.ts',
    'graph',
    'journal',
    'paths.ts',
    'redact.ts',
    'revision',
    'session',
    'suggest.ts',
    'version.ts',
  ],
  autogenerate: [
    'apply',
    'config',
    'dialects',
    'diff',
    'errors.ts',
    'events.ts',
    'graph',
    'journal',
    'paths.ts',
    'redact.ts',
    'render',
    'revision',
    'schema',
    'session',
    'suggest.ts',
  ],
  'index.ts': [
    'apply',
    'autogenerate',
    'config',
    'dialects',
    'diff',
    'errors.ts',
    'events.ts',
    'graph',
    'journal',
    'revision',
    'schema',
    'session',
    'version.ts',
  ],
  cli: [
    'apply',
    'autogenerate',
    'commands',
    'config',
    'dialects',
    'diff',
    'errors.ts',
    'events.ts',
    'graph',
    'paths.ts',
    'redact.ts',
    'revision',
    'schema',
    'suggest.ts',
    'version.ts',
  ],
  commands: [
    'apply',
    'autogenerate',
    'cli',
    'config',
    'dialects',
    'errors.ts',
    'events.ts',
    'graph',
    'index.ts',
    'journal',
    'paths.ts',
    'redact.ts',
    'revision',
    'schema',
    'session',
    'suggest.ts',
    'version.ts',
  ],
  'bin.ts': ['cli', 'commands'],
};

/**
 * Packages that cost start-up time or may not be installed: loaded by `import()` when they are needed, and only in these
 * folders. Types may be imported anywhere.
 */
const LAZY_PACKAGES: Record<string, readonly string[]> = {
  'better-sqlite3': ['dialects/sqlite'],
  jiti: ['config', 'revision'],
  knex: ['apply', 'session'],
  mysql2: ['dialects/mysql'],
  nanoid: ['revision'],
  pg: ['dialects/postgres'],
};

/** Packages that the command line is made of. The library has none of them. */
const CLI_PACKAGES: Record<string, readonly string[]> = {
  '@inquirer/select': ['cli'],
  '@oclif/core': ['cli', 'commands'],
};

const LONGEST_FILE = 350;
const RIM = /^(cli\/|bin\.)/;

const src = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

interface Source {
  /** Relative to src, with slashes. */
  readonly file: string;
  /** Without comments. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const STATIC_IMPORT = /^(?:import|export)(?<type> type)? (?:[^;'"=]*? from )?'(?<from>[^'\n]+)'/gm;
const DYNAMIC_IMPORT = /(?<typeof>typeof )?\b(?:import|require|resolve)\('(?<from>[^'\n]+)'\)/g;

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const code = text.replaceAll(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const imports = [
    ...[...code.matchAll(STATIC_IMPORT)].map(({ groups }) => ({
      from: groups!['from']!,
      typeOnly: groups!['type'] !== undefined,
      dynamic: false,
    })),
    ...[...code.matchAll(DYNAMIC_IMPORT)].map(({ groups }) => ({
      from: groups!['from']!,
      typeOnly: groups!['typeof'] !== undefined,
      dynamic: true,
    })),
  ];
  return { file: relative(src, path).split(sep).join('/'), code, lines: text.split('\n').length - 1, imports };
}

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(join(src, name)));

const room = (file: string): string => file.split('/')[0]!;
const packageName = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/');
const isRelative = (from: string): boolean => from.startsWith('.');
const within = (file: string, folders: readonly string[]): boolean =>
  folders.some((folder) => file.startsWith(`${folder}/`));

describe('who may import whom', () => {
  test('every room has a row, and every row a room', () => {
    const rooms = new Set(sources.map(({ file }) => room(file)));
    expect([...rooms].filter((name) => !(name in MAY_IMPORT))).toEqual([]);
  });

  test('rooms import only what their row allows', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => isRelative(from))
        .map(({ from }) => posix.join(posix.dirname(file), from))
        .filter((target) => room(target) !== room(file) && !MAY_IMPORT[room(file)]?.includes(room(target)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('a dialect knows nothing of another', () => {
    const dialect = (file: string) => /^dialects\/(postgres|mysql|sqlite)\//.exec(file)?.[1];
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => isRelative(from))
        .map(({ from }) => posix.join(posix.dirname(file), from))
        .filter((target) => dialect(file) && dialect(target) && dialect(file) !== dialect(target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('packages', () => {
  test('heavy and optional ones are loaded when needed, where they belong', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(({ from, typeOnly }) => !typeOnly && packageName(from) in LAZY_PACKAGES)
        .filter(({ from, dynamic }) => !dynamic || !within(file, LAZY_PACKAGES[packageName(from)]!))
        .map(({ from, dynamic }) => `${file} ${dynamic ? 'loads' : 'imports'} ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  test('there are no others', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ from }) => packageName(from))
        // The templates of new files hold an import of Torale itself.
        .filter((name) => name !== 'torale')
        .filter((name) => !isRelative(name) && !name.startsWith('node:') && !(name in LAZY_PACKAGES))
        .filter((name) => !within(file, CLI_PACKAGES[name] ?? []))
        .map((name) => `${file} uses ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('effects stay at the rim', () => {
  const users = (pattern: RegExp) =>
    sources.filter(({ file, code }) => !RIM.test(file) && pattern.test(code)).map(({ file }) => file);

  test('only the command line prints and ends the process', () => {
    expect(
      users(/\bconsole\.|\bprocess\.(exit|exitCode|stdout|stderr)\b/).filter((file) => room(file) !== 'commands'),
    ).toEqual([]);
  });

  test('nothing calls process.exit', () => {
    // Node can hang in it for good once WebAssembly was loaded.
    expect(sources.filter(({ code }) => /\bprocess\.exit\(/.test(code)).map(({ file }) => file)).toEqual([]);
  });

  test('only the command line reads the environment', () => {
    expect(users(/\bprocess\.env\b/)).toEqual([]);
  });
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  expect(sources.filter(({ lines }) => lines > LONGEST_FILE).map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
});
