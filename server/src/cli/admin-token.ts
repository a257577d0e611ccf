// `weft admin-token`: a key to everything, for whoever looks after the server.

import { newAdminToken } from '../admin/admin-token.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';

export const adminTokenCommand: Command = {
  name: 'admin-token',
  summary: 'make a new admin token and print it; the one before ends',
  details: `Whoever holds it may read, write and share every document, see the audit log and end sessions, over HTTP
(Authorization: Bearer TOKEN). It is printed this once; the data holds a hash of it. The one before ends at
once, and with it the sessions that came with it. It counts only on a server whose configuration says who may come in.`,
  arguments: [],
  options: [],
  run: async ({ perform, print }) => {
    const result = await perform(newAdminToken, null);
    print(result, () => `${result.token}\n`);
    return ExitCode.Ok;
  },
};
