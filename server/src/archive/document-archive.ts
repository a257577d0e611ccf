// Writes one document with its whole history: a .weft file.

import { type ChannelKind, channelsOf, type DocumentInfo, type DocumentLog } from '../log/document-log.js';
import { CHAIN_START } from '../log/level/chain.js';
import { ArchiveWriter, type WriteOptions } from './archive-writer.js';
import { asOfOneMoment } from './as-of-one-moment.js';
import { writeWhole } from './files.js';

export interface WrittenDocument {
  /** Newest entry of each channel that has any. */
  readonly heads: ReadonlyMap<ChannelKind, number>;
  readonly bytes: number;
}

/**
 * @param path absolute; what is there is replaced once the new file is whole
 * @throws SyncError `FILE_NOT_WRITTEN`, or `STORE_UNREADABLE` when the document is damaged
 */
export function writeDocumentArchive(
  path: string,
  log: DocumentLog,
  info: DocumentInfo,
  options: WriteOptions = {},
): Promise<WrittenDocument> {
  return asOfOneMoment(() =>
    writeWhole(path, async (sink) => {
      const heads = new Map<ChannelKind, number>();
      const writer = await ArchiveWriter.begin(sink, options);
      await writer.document(info);
      for (const id of channelsOf(info.name)) {
        const view = await log.view(id);
        if (view.head === 0) continue;
        await writer.channel(view, 0, CHAIN_START);
        heads.set(id.kind, view.head);
      }
      return { heads, bytes: await writer.end() };
    }),
  );
}
