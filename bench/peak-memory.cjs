// Preloaded into a run that is not timed: leaves the peak of its memory, in KiB, in a file.
'use strict';

const { PEAK_MEMORY_FILE: file } = process.env;
if (file !== undefined) {
  process.once('exit', () => require('node:fs').writeFileSync(file, String(process.resourceUsage().maxRSS)));
}
