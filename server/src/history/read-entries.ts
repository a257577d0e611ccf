// Reads the entries of a channel in portions by bytes, so that however large they are and however many, no more of them is in
// memory than somebody asked for (I6), and others come to their turn in between.

import type { ChannelView, Entry, Seq } from '../log/document-log.js';

const PORTION_BYTES = 8 * 1024 * 1024;
/** What is small is more than its bytes once it is read. */
const PORTION_ENTRIES = 20_000;

/** The entries after `after` up to `upTo`, in order, none of the portions empty. */
export async function* portionsOf(view: ChannelView, after: Seq, upTo: Seq): AsyncGenerator<readonly Entry[]> {
  for (let seq = after; seq < upTo; ) {
    const portion = await view.entriesAfter(seq, Math.min(upTo, seq + PORTION_ENTRIES), PORTION_BYTES);
    seq += portion.length;
    yield portion;
  }
}

export interface ReadLimits {
  /** Of their updates. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** The same at once; null, and no more was read than that, when it is beyond the limits. */
export async function entriesWithin(
  view: ChannelView,
  after: Seq,
  upTo: Seq,
  { maxBytes, maxEntries }: ReadLimits,
): Promise<readonly Entry[] | null> {
  if (upTo - after > maxEntries) return null;
  const entries: Entry[] = [];
  let bytes = 0;
  for await (const portion of portionsOf(view, after, upTo)) {
    for (const entry of portion) {
      bytes += entry.update.length;
      entries.push(entry);
    }
    if (bytes > maxBytes) return null;
  }
  return entries;
}
