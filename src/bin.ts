// The entry of the command-line bundle: src/bin.cjs calls `run`, oclif's own tools read `COMMANDS`.
export { run } from './cli/run.ts';
export { COMMANDS } from './commands/index.ts';
