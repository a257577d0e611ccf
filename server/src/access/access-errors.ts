// The refusals of access. There is one sentence for every reason why a proof is not taken, and one for every reason why a
// document is not there: who asks learns nothing by asking in another way.

import { SyncError } from '../sync-error.js';

export const unauthorized = (): SyncError =>
  new SyncError(
    'UNAUTHORIZED',
    'Your sign-in is not accepted, or it has ended. Sign in again: your text is kept meanwhile.',
  );

/** Not longer than a WebSocket can say at its end. */
export const IN_TRASH =
  'This document is in the trash. Its owner can bring it back; what was not saved yet is kept where it was written.';

/** For those alone who had a role in it. */
export const inTrash = (): SyncError => new SyncError('IN_TRASH', IN_TRASH);

export const notInTrash = (): SyncError =>
  new SyncError('NOT_IN_TRASH', 'This document is not in the trash, or not any more. Nothing was changed.');

export const noAccess = (): SyncError =>
  new SyncError('NO_ACCESS', 'There is no such document, or you may not do this with it. Ask its owner for access.');
