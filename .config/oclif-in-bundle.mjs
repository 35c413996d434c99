// How @oclif/core goes into the bundle: only what commands, parsing and help use. Its plugin loading is left out,
// and so are the packages that serve only that. `torale` starts in half the time, and cannot write what it must not:
// `debug` would print the whole command line, database passwords included, under DEBUG=*.

import { readFileSync } from 'node:fs';

const nothing = 'module.exports = {};';

const packages = {
  debug: 'module.exports = () => () => {};',
  // Descriptions and examples may hold <%= config.bin %> and <%= command.id %>.
  ejs: `const value = (context, path) => path.split('.').reduce((at, key) => at?.[key], context);
    exports.render = (text, context) => text.replace(/<%[=-]\\s*([\\w.]+)\\s*%>/g, (_, path) => String(value(context, path)));`,
  // Asks for the home folder when it is loaded, which fails for a user id without one.
  'clean-stack': 'module.exports = (stack) => stack;',
  'cli-spinners': nothing,
  lilconfig: nothing,
  minimatch: nothing,
  tinyglobby: nothing,
  'wsl-utils': 'exports.isWsl = false;',
};

const own = {
  // Command.run loads a Config unless it is given one; src/cli always gives one.
  'config/index.js': 'exports.Config = { load: async (config) => config }; exports.tsPath = async () => undefined;',
  'config/ts-path.js': 'exports.tsPath = async () => undefined;',
  'module-loader.js': nothing,
  'ux/action/spinner.js': "exports.__esModule = true; exports.default = require('./simple').default;",
};

// The package's index loads all of it at once; these getters load what is asked for, when it is.
const index = `module.exports = {
  get Args() { return require('@oclif/core/args'); },
  get Command() { return require('@oclif/core/command').Command; },
  get Errors() { return require('@oclif/core/errors'); },
  get Flags() { return require('@oclif/core/flags'); },
  get Help() { return require('@oclif/core/help').Help; },
};`;

const IMPORT = /^(?:const|var) (\w+_\d+|[A-Z]\w+) = ((?:__import\w+\()?require\("[^"]+"\)\)?);$/gm;

/**
 * Moves each import to where it is used, for tsc writes them all at the top: help, colours, `node:readline` and what
 * else only an error or a prompt needs would be loaded by every command, for an eighth of what the shortest one costs above `node -e 0`.
 */
function lazily(text) {
  const imports = [...text.matchAll(IMPORT)];
  return imports.reduce(
    (code, [, name, value]) => code.replace(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g'), () => `(${value})`),
    text.replace(IMPORT, ''),
  );
}

export const oclifInBundle = {
  name: 'oclif-in-bundle',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${Object.keys(packages).join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'stub',
    }));
    build.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: packages[path] }));
    build.onLoad({ filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
      const file = path
        .split(/[\\/]lib[\\/]/)
        .at(-1)
        .replaceAll('\\', '/');
      if (file === 'index.js') return { contents: index };
      return { contents: file in own ? own[file] : lazily(readFileSync(path, 'utf8')) };
    });
  },
};
