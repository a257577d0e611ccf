// What is read of a channel is of one moment. When the channel is replaced meanwhile, what stands there now is what is wanted.

import { SyncError } from '../sync-error.js';

/** @param read takes its views of channels anew each time */
export async function asOfOneMoment<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'CHANNEL_REPLACED') throw error;
    }
  }
}
