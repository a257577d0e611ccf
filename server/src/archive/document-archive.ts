// Writes one document with its whole history: a .weft file.

import type { DocumentName } from '@weft/protocol';
import { faultOfFile } from '../assets/asset-check.js';
import type { AssetStore } from '../assets/asset-store.js';
import { asOfOneMoment } from '../log/as-of-one-moment.js';
import { type ChannelKind, channelsOf, type DocumentInfo, type DocumentLog } from '../log/document-log.js';
import { CHAIN_START } from '../log/level/chain.js';
import { ArchiveWriter, type WriteOptions } from './archive-writer.js';
import { writeWhole } from './files.js';

export interface WrittenDocument {
  /** Newest entry of each channel that has any. */
  readonly heads: ReadonlyMap<ChannelKind, number>;
  readonly bytes: number;
  /** Files of the document that are not in it, in sentences. */
  readonly warnings: readonly string[];
}

export interface DocumentArchiveOptions extends WriteOptions {
  /** Where the files of the document are; left out where they need not come along. */
  readonly assets?: AssetStore;
}

/**
 * @param path absolute; what is there is replaced once the new file is whole
 * @throws SyncError `FILE_NOT_WRITTEN`, or `STORE_UNREADABLE` when the document is damaged
 */
export function writeDocumentArchive(
  path: string,
  log: DocumentLog,
  info: DocumentInfo,
  options: DocumentArchiveOptions = {},
): Promise<WrittenDocument> {
  return asOfOneMoment(() =>
    writeWhole(path, async (sink) => {
      const heads = new Map<ChannelKind, number>();
      const writer = await ArchiveWriter.begin(sink, options);
      await writer.document(info);
      for (const id of channelsOf(info.name)) {
        const view = await log.view(id);
        if (view.head === 0) continue;
        const base = await view.base();
        await writer.channel(view, base?.checkpoint.seq ?? 0, base?.link ?? CHAIN_START, base);
        heads.set(id.kind, view.head);
      }
      const warnings = options.assets ? await writeFiles(writer, options.assets, info.name, options) : [];
      return { heads, warnings, bytes: await writer.end() };
    }),
  );
}

/** What is damaged cannot be written as whole, so each is looked at before. */
async function writeFiles(
  writer: ArchiveWriter,
  assets: AssetStore,
  document: DocumentName,
  { betweenSlices = async () => undefined }: WriteOptions,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const asset of await assets.list(document)) {
    const fault = await faultOfFile(assets.files, asset, betweenSlices);
    if (fault === null) await writer.file(document, asset, (await assets.files.open(asset.id)).stream());
    else warnings.push(`A file is left out. ${fault}`);
  }
  return warnings;
}
