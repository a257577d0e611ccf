// `weft admin-token`: a new admin token in the place of the one before.

import { noArguments, type Operation } from './operation.js';

export interface AdminTokenResult {
  /** Shown this once: what is kept of it is a hash. */
  readonly token: string;
}

export const newAdminToken: Operation<null, AdminTokenResult> = {
  name: 'admin-token',
  readArgs: noArguments,
  run: async (_args, { audit, replaceAdminToken }) => {
    const token = await replaceAdminToken();
    audit.note({ action: 'admin-token-made', person: 'admin' });
    return { token };
  },
};
