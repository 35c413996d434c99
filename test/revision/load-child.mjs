// Loads the files named by its arguments, one after the other, and prints what came of each as JSON.
// The first argument is the module that exports loadRevision: the tests load the sources, a check of the bundle another.
const [library, ...files] = process.argv.slice(2);
const { loadRevision } = await import(library);
// Compared, never called.
// oxlint-disable-next-line typescript/unbound-method
const before = process.emitWarning;
const results = [];
for (const file of files) {
  try {
    const module = await loadRevision(file);
    const result = { revision: module.revision, options: module.options, ran: undefined, stack: undefined };
    try {
      result.ran = await module.upgrade({});
    } catch (error) {
      result.stack = error.stack;
    }
    results.push(result);
  } catch (error) {
    results.push({ code: error.code, message: error.message, hint: error.hint });
  }
}
process.stdout.write(
  JSON.stringify({
    results,
    counted: globalThis.counted ?? {},
    warningsRestored: process.emitWarning === before,
  }),
);
