#!/usr/bin/env node
// The command line: reads what is wanted, and does it.

import { parseCommand, USAGE } from './config.js';
import { complain, ExitCode } from './exit.js';
import { serve } from './serve.js';
import { SyncError } from './sync-error.js';
import { VERSION } from './version.js';

const command = parseCommand(process.argv.slice(2));
switch (command.kind) {
  case 'help':
    process.stdout.write(USAGE);
    break;
  case 'version':
    process.stdout.write(`${VERSION}\n`);
    break;
  case 'mistake':
    complain(`${command.reason} See weft --help.`);
    process.exitCode = ExitCode.Usage;
    break;
  case 'serve':
    serve(command.config).catch((error: unknown) => {
      complain(error instanceof SyncError ? error.message : `Could not start: ${(error as Error).stack}`);
      process.exit(ExitCode.Failed);
    });
    break;
  default:
    command satisfies never;
}
