// Brings the data to where it takes the least room.

import { storeFolder } from '../log/data-folder.js';
import { storeBytes } from '../log/level/verify-files.js';
import { checkWanted, noArguments, type Operation } from './operation.js';

export interface CompactResult {
  /** Of all files of the store. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export const compactData: Operation<null, CompactResult> = {
  name: 'compact',
  readArgs: noArguments,
  run: async (_args, context) => {
    const store = storeFolder(context.dataFolder);
    const bytesBefore = await storeBytes(store);
    await context.log.compact(({ done, total }) => {
      context.onProgress({ doing: 'Compacting documents', done, total });
      // Between two documents everything is whole; what was done so far stays.
      checkWanted(context);
    });
    return { bytesBefore, bytesAfter: await storeBytes(store) };
  },
};
