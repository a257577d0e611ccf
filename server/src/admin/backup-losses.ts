// What a backup does not forget: text that the data folder had and lost. A folder that was set back looks like one in which
// documents were erased or replaced, and to bring a backup up to it would destroy the only copy of what was lost (L3).

import type { BackedUpChannel, BackedUpDocument } from '../archive/manifest.js';
import type { ChannelView, DocumentLog } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';

/**
 * @param before   what the backup has of the channel
 * @param inDoubt  whether a loss was noticed: then a new epoch may stand for what is left, and not for a replacement
 * @throws SyncError `BACKUP_REFUSED` when the backup may have what was lost
 */
export function checkMayTakeThePlaceOf(
  before: BackedUpChannel | null,
  { id: { document, kind }, epoch }: ChannelView,
  inDoubt: boolean,
): void {
  if (before === null || epoch === before.epoch) return;
  if (epoch < before.epoch) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `The backup has a newer ${kind} of ${document} than the data folder, which was set back. What the backup has of it is ` +
        'kept. Bring it back with weft restore-backup, or back up into another folder.',
    );
  }
  if (!inDoubt) return;
  throw new SyncError(
    'BACKUP_REFUSED',
    `The ${kind} of ${document} was replaced since the last backup, and the file alarms.log in the data folder tells of ` +
      'losses: the backup may have text that is nowhere else, so what it has of it is kept, and nothing newer is added. Look ' +
      'into the alarms, take the file away, and back up again; or back up into another folder.',
  );
}

/**
 * @param had what the backup has of a document that the log does not have
 * @returns in a sentence why the backup keeps it; null when it was erased, or there is nothing to keep
 * @throws SyncError `STORE_UNREADABLE`
 */
export async function whyKept({ info, channels }: BackedUpDocument, log: DocumentLog): Promise<string | null> {
  for (const { kind, epoch } of channels) {
    // Erasing leaves an epoch behind, which is newer than all that the document had.
    if ((await log.view({ document: info.name, kind })).epoch > epoch) continue;
    return (
      `The data folder has no document ${info.name} any more, and it was not erased: the folder was set back or damaged. ` +
      'What the backup has of it is kept. Bring it back with weft restore-backup --document, or use another folder.'
    );
  }
  return null;
}
