// Splits the command line into files that are loaded when something in them is first used. Every 100 kB that a command
// loads cost it 1 ms: as one file of 1.4 MB, `torale heads` took a fifth more above `node -e 0`.
// esbuild itself splits ES modules alone, and into as many files as there are imports.
import { basename, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * @typedef {object} Part
 * @property {string} file where it goes, all into one folder
 * @property {RegExp} [imports] the modules whose dynamic imports load it: they, and what no part before it has
 */

/**
 * @param {import('esbuild').BuildOptions} options of every part
 * @param {string} entry of the first part
 * @param {Part[]} parts in the order in which one may load another: a later one takes modules from the earlier
 * @param {string} root what paths are shown from
 * @returns {Promise<import('esbuild').Message[]>} the warnings
 */
export async function buildParts(options, entry, parts, root) {
  /** Which part has a module of ours. */
  const owner = new Map();
  /** What other parts ask each part for. */
  const asked = new Map(parts.map((part) => [part, new Set()]));
  const nameOf = (path) => relative(root, path).replaceAll('\\', '/');

  const links = (part) => ({
    name: 'links-between-parts',
    setup(context) {
      context.onResolve({ filter: /^\.{0,2}\// }, ({ path, resolveDir, kind }) => {
        const name = nameOf(resolve(resolveDir, path));
        const isLater = ({ imports }) => kind === 'dynamic-import' && imports?.test(name);
        const other = owner.get(name) ?? parts.slice(parts.indexOf(part) + 1).find(isLater);
        if (other === undefined || other === part) return undefined;
        asked.get(other).add(name);
        return { path: name, namespace: 'part', pluginData: other };
      });
      context.onLoad({ filter: /.*/, namespace: 'part' }, ({ path, pluginData: { file } }) => ({
        contents: `module.exports = require('./${basename(file)}').modules['${path}']();`,
        resolveDir: root,
      }));
    },
  });
  const bundle = (part, write) =>
    build({
      ...options,
      // Each module is evaluated when it is first asked for, as it is within one file.
      stdin: {
        contents: `${part === parts[0] ? `export * from './${nameOf(entry)}';` : ''}
          export const modules = {
            ${[...asked.get(part)].map((path) => `'${path}': () => require('./${path}')`).join(',\n')}
          };`,
        resolveDir: root,
      },
      outfile: part.file,
      write,
      metafile: true,
      external: [...options.external, ...parts.map(({ file }) => `./${basename(file)}`)],
      plugins: [links(part), ...options.plugins],
    });

  for (const part of parts) {
    const { metafile } = await bundle(part, false);
    for (const path of Object.keys(metafile.inputs)) if (path.startsWith('src/')) owner.set(path, part);
  }
  const built = [];
  // The last first, so that each knows by then what is asked of it.
  for (const part of parts.toReversed()) built.push(await bundle(part, true));
  return built.flatMap(({ warnings }) => warnings);
}
