// Brings the data to where it takes the least room.

import { checkWanted, noArguments, type Operation } from './operation.js';

export interface CompactResult {
  /** Of all that the store takes. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export const compactData: Operation<null, CompactResult> = {
  name: 'compact',
  readArgs: noArguments,
  run: async (_args, context) => {
    const bytesBefore = await context.place.bytes();
    await context.log.compact(({ done, total }) => {
      context.onProgress({ doing: 'Compacting documents', done, total });
      // Between two documents everything is whole; what was done so far stays.
      checkWanted(context);
    });
    return { bytesBefore, bytesAfter: await context.place.bytes() };
  },
};
