// What is read of a channel is of one moment. When the channel is replaced or its past trimmed meanwhile, what stands there now is
// what is wanted.

import { SyncError } from '../sync-error.js';

const changedMeanwhile: ReadonlySet<string> = new Set(['CHANNEL_REPLACED', 'PAST_TRIMMED']);

/** @param read takes its views of channels anew each time, and reads no more of their past than there is */
export async function asOfOneMoment<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SyncError) || !changedMeanwhile.has(error.code)) throw error;
    }
  }
}
