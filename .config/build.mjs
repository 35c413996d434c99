// Builds dist/: the library (one file per module, with types), the command line (a few files, for a fast start) and the
// executable. Writes oclif.manifest.json; with --check-manifest only says whether that is up to date.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';
import { buildParts } from './cli-parts.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';
import { oclifInBundle } from './oclif-in-bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => `${root}${path}`;
const MANIFEST = at('oclif.manifest.json');

/** What every command loads; what works on a database; what reads, compares and writes schemas. */
const PARTS = [
  { file: at('dist/cli.cjs') },
  {
    file: at('dist/databases.cjs'),
    imports: /^src\/(?:apply\/(?!look|project)|dialects\/\w+\/index\.ts)/,
  },
  {
    file: at('dist/schemas.cjs'),
    imports:
      /^src\/(?:autogenerate\/|schema\/|dialects\/\w+\/(?:schema|scratch|rebuilding\/)|cli\/(?:ask-rename|\w+-text)\.ts)/,
  },
];

function buildLibrary() {
  const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc');
  return (
    spawnSync(process.execPath, [tsc, '-p', at('.config/tsconfig.build.json'), '--pretty'], {
      cwd: root,
      stdio: 'inherit',
    }).status === 0
  );
}

async function buildCli() {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const external = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => name !== 'nanoid');
  const warnings = await buildParts(
    {
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      minifySyntax: true,
      // Also what keeps the comments out; names stay for the stacks of --debug, lines short for whoever reads them.
      minifyWhitespace: true,
      lineLimit: 200,
      external,
      // CommonJS has no import.meta; createRequire(import.meta.url) has to work in both forms.
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
      plugins: [oclifInBundle, lazyBuiltins],
    },
    at('src/bin.ts'),
    PARTS,
    root,
  );
  // An empty import.meta, a require that cannot be followed: all of them break at run time.
  if (warnings.length > 0) throw new Error('esbuild warned, see above.');
  for (const { file } of PARTS) writeFileSync(file, toAscii(readFileSync(file, 'utf8')));
  copyFileSync(at('src/bin.cjs'), at('dist/bin.cjs'));
  chmodSync(at('dist/bin.cjs'), 0o755);
}

/**
 * esbuild escapes what is not ASCII in strings, but not in regular expressions. One such character is enough for V8 to
 * keep a whole bundle in two bytes each, which Node then decodes and encodes slowly: a quarter of the instructions of the shortest command.
 */
function toAscii(code) {
  return code.replaceAll(/(?<!\\)[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function removeOlder(folder, time) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && statSync(path).mtimeMs < time) rmSync(path);
  }
}

async function manifest() {
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`;
}

if (process.argv.includes('--check-manifest')) {
  if (readFileSync(MANIFEST, 'utf8') !== (await manifest())) {
    process.stderr.write('oclif.manifest.json is out of date: run `npm run build` and commit it.\n');
    process.exitCode = 1;
  }
} else {
  // The folder stays in place while it is filled, for whoever runs the executable meanwhile.
  const start = Date.now() - 1000;
  if (buildLibrary()) {
    await buildCli();
    removeOlder(at('dist'), start);
    const text = await manifest();
    if (!existsSync(MANIFEST) || readFileSync(MANIFEST, 'utf8') !== text) writeFileSync(MANIFEST, text);
  } else {
    process.exitCode = 1;
  }
}
