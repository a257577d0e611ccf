// Writes what is new in a channel beside what a backup has of it. Files never change: new entries come into a new one,
// which takes up small ones before it, so that a backup made each day for years has a handful of files a channel.

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ChannelId, ChannelView, Seq } from '../log/document-log.js';
import { CHAIN_START, sameLink } from '../log/level/chain.js';
import { SyncError } from '../sync-error.js';
import { ArchiveWriter, type WriteOptions } from './archive-writer.js';
import { writeWhole } from './files.js';
import type { BackedUpChannel, Piece } from './manifest.js';

/** A file shorter than this is taken up into the next one, however little that has. */
const SMALL_BYTES = 64 * 1024;

/**
 * Brings what a backup has of a channel up to the view.
 * @param before what the backup has so far; null when nothing, or nothing that counts
 * @returns what it has now; `before` itself when nothing is new; null when the channel has no entries
 * @throws SyncError `BACKUP_REFUSED` when the backup has entries of this epoch that the log does not
 */
export async function backUpChannel(
  folder: string,
  view: ChannelView,
  before: BackedUpChannel | null,
  options: WriteOptions,
): Promise<BackedUpChannel | null> {
  const base = await view.base();
  const begin = base?.checkpoint.seq ?? 0;
  const kept = await piecesThatStand(folder, view, before, begin);
  const lastKept = kept.at(-1)?.last ?? 0;
  if (view.head === lastKept) return kept.length === 0 ? null : { kind: view.id.kind, epoch: view.epoch, pieces: kept };

  // Sizes that double keep their number small, and what is written again in all within a small multiple of what is new.
  while (kept.length > 0) {
    const { after, last, bytes } = kept.at(-1)!;
    if (bytes >= SMALL_BYTES && last - after > view.head - last) break;
    kept.pop();
  }
  const isFirst = kept.length === 0;
  const after = kept.at(-1)?.last ?? begin;
  const linkBefore = isFirst ? (base?.link ?? CHAIN_START) : fromHex(kept.at(-1)!.link);
  const beginsWith = isFirst ? base : null;
  const file = fileName(view.id, view.epoch, after, view.head, beginsWith !== null);
  const bytes = await writeWhole(join(folder, file), async (sink) => {
    const writer = await ArchiveWriter.begin(sink, options);
    await writer.channel(view, after, linkBefore, beginsWith);
    return writer.end();
  });
  const piece: Piece = { file, after, last: view.head, bytes, link: toHex(view.link) };
  return { kind: view.id.kind, epoch: view.epoch, pieces: [...kept, piece] };
}

/** What a backup has of a channel and need not be written again: none of it in another epoch. */
async function piecesThatStand(
  folder: string,
  view: ChannelView,
  before: BackedUpChannel | null,
  begin: Seq,
): Promise<Piece[]> {
  if (before === null || before.epoch !== view.epoch) return [];
  const newest = before.pieces.at(-1)!;
  const { document, kind } = view.id;
  if (newest.last > view.head) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `The backup has ${newest.last} entries of the ${kind} of ${document}, and the data folder only ${view.head}: it was ` +
        'set back. What the backup has of it is kept. Bring it back with weft restore-backup, or back up into another folder.',
    );
  }
  // Of what was trimmed since nobody knows any more what it was.
  if (newest.last >= begin && !sameLink(fromHex(newest.link), await view.linkAt(newest.last))) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `The backup has other entries of the ${kind} of ${document} than the data folder, under the same numbers. What the ` +
        'backup has of it is kept. Back up into another folder, and compare.',
    );
  }
  // What was trimmed is not to stay in the backup.
  if (before.pieces[0]!.after !== begin) return [];
  // A file that was lost since is written again, and so is everything after it.
  const stand: Piece[] = [];
  for (const piece of before.pieces) {
    const length = await stat(join(folder, piece.file)).then(
      ({ size }) => size,
      () => -1,
    );
    if (length !== piece.bytes) break;
    stand.push(piece);
  }
  return stand;
}

/** A name holds what no file system takes, so files are called by its hash. */
function fileName({ document, kind }: ChannelId, epoch: number, after: Seq, last: Seq, hasBase: boolean): string {
  const hash = createHash('sha256').update(document).digest('hex');
  return `pieces/${hash.slice(0, 2)}/${hash.slice(2, 34)}/${kind}-${epoch}-${after + 1}-${last}${hasBase ? '-base' : ''}.piece`;
}

const OUR_PIECE =
  /^pieces\/(?:[0-9a-f]{2}\/[0-9a-f]{32}\/(?:content|discussion)-\d+-\d+-\d+(?:-base)?|records-(?:new|[0-9a-f]{32}))\.piece(?:\.unfinished)?$/;

/** The files of a backup folder that this writer has made, whole or not, named as in the manifest; nobody else's. */
export async function piecesIn(folder: string): Promise<string[]> {
  const found = await readdir(join(folder, 'pieces'), { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => OUR_PIECE.test(path));
}

const toHex = (link: Uint8Array): string => Buffer.from(link).toString('hex');
const fromHex = (link: string): Uint8Array => new Uint8Array(Buffer.from(link, 'hex'));
