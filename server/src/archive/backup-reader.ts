// Reads a backup: every file with all its checks, and each as the continuation of the one before. What is damaged is
// named with its document and its entries.

import { join } from 'node:path';
import type { ChannelId } from '../log/document-log.js';
import { CHAIN_START } from '../log/level/chain.js';
import { messageOf, SyncError } from '../sync-error.js';
import { type ArchiveItem, readArchive } from './archive-reader.js';
import { type ArchivedDocument, GatheredEntries } from './archived-document.js';
import { readPieces } from './files.js';
import type { BackedUpChannel, BackedUpDocument, Piece } from './manifest.js';

/** What a backup holds of a channel, one after the other. */
export type BackedUpItem = Extract<ArchiveItem, { type: 'base' | 'entries' }>;

/** The entries of one channel, from the first on or after what stands for those before. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function* readBackedUpChannel(
  folder: string,
  id: ChannelId,
  { epoch, pieces }: BackedUpChannel,
): AsyncGenerator<BackedUpItem> {
  // Of a base the file itself says it.
  let linkBefore = pieces[0]!.after === 0 ? Buffer.from(CHAIN_START).toString('hex') : null;
  for (const piece of pieces) {
    try {
      yield* readPiece(folder, id, epoch, piece, linkBefore);
    } catch (cause) {
      throw new SyncError(
        'ARCHIVE_UNREADABLE',
        `The backup has lost the entries ${piece.after + 1}–${piece.last} of the ${id.kind} of ${id.document}. ${messageOf(cause)}`,
        { cause },
      );
    }
    linkBefore = piece.link;
  }
}

async function* readPiece(
  folder: string,
  id: ChannelId,
  epoch: number,
  piece: Piece,
  linkBefore: string | null,
): AsyncGenerator<BackedUpItem> {
  const path = join(folder, piece.file);
  let hasBase = false;
  for await (const item of readArchive(readPieces(path, piece.file), piece.file)) {
    if (item.type === 'base') {
      if (linkBefore !== null) throw new Error(`${piece.file} begins anew.`);
      hasBase = true;
      yield item;
    }
    if (item.type === 'entries') yield item;
    if (item.type === 'document') throw new Error(`${piece.file} is a whole document.`);
    if (item.type !== 'channel') continue;
    const { stretch } = item;
    const isExpected =
      item.id.document === id.document &&
      item.id.kind === id.kind &&
      stretch.epoch === epoch &&
      stretch.after === piece.after &&
      stretch.last === piece.last &&
      (linkBefore === null || hex(stretch.linkBefore) === linkBefore) &&
      hex(stretch.link) === piece.link;
    if (!isExpected) throw new Error(`${piece.file} holds other entries than it should.`);
  }
  if (linkBefore === null && !hasBase)
    throw new Error(`${piece.file} does not say what stands for the entries before.`);
}

/** A document out of a backup, whole in memory. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function readBackedUpDocument(
  folder: string,
  { info, channels }: BackedUpDocument,
): Promise<ArchivedDocument> {
  const gathered = new GatheredEntries(info.name);
  for (const channel of channels) {
    gathered.beginChannel(channel.kind);
    const id = { document: info.name, kind: channel.kind };
    for await (const item of readBackedUpChannel(folder, id, channel)) {
      if (item.type === 'base') gathered.base(item.base);
      else gathered.add(item.entries);
    }
  }
  const { channels: found, bases } = gathered;
  return { document: info, channels: found, bases };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
