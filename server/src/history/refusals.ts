// Why something of the past is not done after all: found out in the moment in which it would have been written.

import type { DocumentName } from '@weft/protocol';
import { SyncError } from '../sync-error.js';

export const mayNotAnyMore = (): SyncError =>
  new SyncError('NO_ACCESS', 'You may not do this any more. Nothing was changed.');

/** Or erased, which is not told to everybody. */
export const replacedMeanwhile = (document: DocumentName): SyncError =>
  new SyncError('CHANNEL_REPLACED', `"${document}" was replaced meanwhile. Look at it anew.`);
