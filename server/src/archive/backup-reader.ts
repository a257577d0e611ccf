// Reads a backup: every file with all its checks, and each as the continuation of the one before. What is damaged is
// named with its document and its entries.

import { join } from 'node:path';
import type { ChannelId, Entry } from '../log/document-log.js';
import { CHAIN_START } from '../log/level/chain.js';
import { messageOf, SyncError } from '../sync-error.js';
import { readArchive } from './archive-reader.js';
import { type ArchivedDocument, GatheredEntries } from './archived-document.js';
import { readPieces } from './files.js';
import type { BackedUpChannel, BackedUpDocument, Piece } from './manifest.js';

/** The entries of one channel, from the first on. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function* readBackedUpChannel(
  folder: string,
  id: ChannelId,
  { epoch, pieces }: BackedUpChannel,
): AsyncGenerator<readonly Entry[]> {
  let linkBefore = Buffer.from(CHAIN_START).toString('hex');
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
  linkBefore: string,
): AsyncGenerator<readonly Entry[]> {
  const path = join(folder, piece.file);
  for await (const item of readArchive(readPieces(path, piece.file), piece.file)) {
    if (item.type === 'entries') yield item.entries;
    if (item.type === 'document') throw new Error(`${piece.file} is a whole document.`);
    if (item.type !== 'channel') continue;
    const { stretch } = item;
    const isExpected =
      item.id.document === id.document &&
      item.id.kind === id.kind &&
      stretch.epoch === epoch &&
      stretch.after === piece.after &&
      stretch.last === piece.last &&
      hex(stretch.linkBefore) === linkBefore &&
      hex(stretch.link) === piece.link;
    if (!isExpected) throw new Error(`${piece.file} holds other entries than it should.`);
  }
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
    for await (const entries of readBackedUpChannel(folder, id, channel)) gathered.add(entries);
  }
  return { document: info, channels: gathered.channels };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
