#!/usr/bin/env node
// Written for any Node there ever was: an older one must get far enough to say that it is too old.
// better-sqlite3 needs Node-API 10 and ends the process with a bare segmentation fault where it is missing.
'use strict';

var argv = process.argv.slice(2);

if (!(Number(process.versions.napi) >= 10)) {
  process.stderr.write(
    'torale needs Node.js 22.14 or newer; this is ' + process.versions.node + ' (' + process.execPath + ').\n',
  );
  process.exitCode = 2;
} else if (argv[0] === '--version') {
  process.stdout.write('torale ' + require('../package.json').version + '\n');
} else {
  var nodeModule = require('module');
  // Does nothing where the temporary folder cannot be written. Before 22.15 Node would write five files for each revision
  // it imports, which made a first upgrade of 1,000 take twice the CPU time; where Torale hands it the text it is one.
  if ((argv[0] !== 'upgrade' || nodeModule.registerHooks) && nodeModule.enableCompileCache)
    nodeModule.enableCompileCache();
  require('./cli.cjs').run(argv, function () {
    return require('../oclif.manifest.json');
  });
}
