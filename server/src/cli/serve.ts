// `weft serve`: the server itself.

import { readConfig, settings } from '../config.js';
import { complain, ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve documents, the editor and the API',
  details: 'It runs until it is told to stop (SIGTERM, or Ctrl-C), and then writes what it has taken.',
  arguments: [],
  options: [
    ...Object.values(settings),
    {
      name: 'allow-anonymous',
      summary: 'without a configuration, listen on other addresses than loopback: everybody may then do everything',
    },
    {
      name: 'accept-loss',
      summary: 'when the journal is damaged, put the damaged record and all after it aside, and serve what was before',
    },
  ],
  run: async ({ values, switches }) => {
    const config = readConfig(values);
    // Here and not above: loading all that serves takes longer than most other commands.
    const { serve } = await import('../serve.js');
    try {
      await serve(config, {
        acceptsLoss: switches.has('accept-loss'),
        allowsAnonymous: switches.has('allow-anonymous'),
      });
      return ExitCode.Ok;
    } catch (error) {
      complain(error instanceof SyncError ? error.message : `Could not start: ${(error as Error).stack}`);
      // Ends what was started before it failed.
      process.exit(ExitCode.Failed);
    }
  },
};
