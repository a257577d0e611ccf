// One document out of an archive, whole in memory: what stands in its place afterwards is written in one go, so it is
// known to be whole before the first byte of the old one is touched.

import type { ChannelKind, DocumentInfo, Entry } from '../log/document-log.js';
import { entryBytes } from '../log/level/entries.js';
import { SyncError } from '../sync-error.js';
import { readArchive } from './archive-reader.js';
import { badArchive } from './records.js';

export interface ArchivedDocument {
  readonly document: DocumentInfo;
  /** All entries of each channel that has any, from the first on. */
  readonly channels: ReadonlyMap<ChannelKind, readonly Entry[]>;
}

/** What the entries of a document may take in memory: some hundred times the largest we know of. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024 * 1024;
/** What an entry takes beside its bytes. */
export const ENTRY_OBJECT_BYTES = 256;

/**
 * Reads a .weft file to its end.
 * @throws SyncError `ARCHIVE_UNREADABLE`
 */
export async function readDocumentArchive(
  source: AsyncIterable<Uint8Array>,
  label: string,
  maxBytes: number = MAX_DOCUMENT_BYTES,
): Promise<ArchivedDocument> {
  let document: DocumentInfo | null = null;
  const channels = new Map<ChannelKind, Entry[]>();
  let current: Entry[] = [];
  let bytes = 0;
  for await (const item of readArchive(source, label)) {
    switch (item.type) {
      case 'document':
        document = item.document;
        break;
      case 'channel':
        current = [];
        channels.set(item.id.kind, current);
        break;
      case 'entries':
        for (const entry of item.entries) {
          bytes += entryBytes(entry) + ENTRY_OBJECT_BYTES;
          current.push(entry);
        }
        if (bytes > maxBytes) throw tooLarge(label, maxBytes);
        break;
      case 'end':
        break;
    }
  }
  if (!document) throw badArchive(label, 'it is a piece of a backup and not a document');
  return { document, channels };
}

export const tooLarge = (label: string, maxBytes: number): SyncError =>
  new SyncError(
    'ARCHIVE_UNREADABLE',
    `${label} holds a document that takes more than ${Math.floor(maxBytes / 2 ** 20)} MiB in memory, which is beyond the ` +
      'limit. Nothing of it was used.',
  );
