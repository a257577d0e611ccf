// What is said of stores that are being moved, wherever they are.

import { SyncError } from '../../sync-error.js';

export const UNFINISHED_COPY =
  'This store is a copy that is not whole yet, and is not served: documents would be missing. Give "weft migrate" once more, which ' +
  'goes on where it was; or remove what is there.';

export const MOVED_AWAY =
  'The documents of this store were moved to another one with "weft migrate", and it is not served any more: what is written here ' +
  'would be missing there.';

/** @param place as the beginning of a sentence */
export const alreadyHolds = (place: string): SyncError =>
  new SyncError(
    'MOVE_REFUSED',
    `${place} holds documents that are not a copy of these, and nothing was changed there. Documents are moved to an empty place: ` +
      'name another one.',
  );
