// The entry of the command line. An interrupt asks a command to end where that is safe; a second one ends it at once.

import { run } from './cli/run.js';
import { processTerminal } from './cli/terminal.js';

const interrupted = new AbortController();
const interrupt = (): void => {
  process.off('SIGINT', interrupt);
  interrupted.abort();
};
process.on('SIGINT', interrupt);
// No `process.exit`: what was written to a pipe may still be on its way, and a server goes on.
process.exitCode = await run(process.argv.slice(2), processTerminal, interrupted.signal);
