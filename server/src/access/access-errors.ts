// The refusals of access. There is one sentence for every reason why a proof is not taken, and one for every reason why a
// document is not there: who asks learns nothing by asking in another way.

import { SyncError } from '../sync-error.js';

export const unauthorized = (): SyncError =>
  new SyncError(
    'UNAUTHORIZED',
    'Your sign-in is not accepted, or it has ended. Sign in again: your text is kept meanwhile.',
  );

export const noAccess = (): SyncError =>
  new SyncError('NO_ACCESS', 'There is no such document, or you may not do this with it. Ask its owner for access.');
