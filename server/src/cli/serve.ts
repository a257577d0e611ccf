// `weft serve`: the server itself.

import { readConfig, settings } from '../config.js';
import { complain, ExitCode } from '../exit.js';
import { serve } from '../serve.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve documents, the editor and the API',
  details: 'It runs until it is told to stop (SIGTERM, or Ctrl-C), and then writes what it has taken.',
  arguments: [],
  options: Object.values(settings),
  run: async ({ values }) => {
    const config = readConfig(values);
    try {
      await serve(config);
      return ExitCode.Ok;
    } catch (error) {
      complain(error instanceof SyncError ? error.message : `Could not start: ${(error as Error).stack}`);
      // Ends what was started before it failed.
      process.exit(ExitCode.Failed);
    }
  },
};
