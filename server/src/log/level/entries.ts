// How entries are written. An entry has one encoding, over which the chain of its channel runs; a *run* is a row of
// entries of one channel, and a record of the journal is one run after the other (FORMAT.md §entries).

import * as decoding from 'lib0/decoding';
import { CHANNEL_KINDS, type ChannelId, type Entry, type NewEntry, type Seq } from '../document-log.js';
import { ByteWriter } from './byte-writer.js';
import { EntryChain, HASH_BYTES } from './chain.js';

const BODY_LENGTH_BYTES = 4;

export interface Run {
  readonly id: ChannelId;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** Time of the last entry. */
  readonly lastTimeMs: number;
  /** The channel's link after the last entry. */
  readonly hash: Uint8Array;
  /** The entries, encoded. */
  readonly body: Uint8Array;
}

/** What an entry takes at most, but for its update and characters beyond ASCII. */
export const entryBytes = (entry: NewEntry): number =>
  entry.update.length + entry.author.length + entry.outboxId.length + 24;

function writeEntry(writer: ByteWriter, entry: NewEntry): void {
  writer.uint(entry.timeMs);
  writer.string(entry.author);
  writer.string(entry.outboxId);
  writer.uint(entry.clientSeq);
  writer.block(entry.update);
}

/** Walks the chain of a channel over entries that are at hand. */
export class ChainWalk {
  readonly #chain = new EntryChain();
  readonly #writer = new ByteWriter();

  /** Adds an entry to `link`, in place. */
  add(link: Uint8Array, entry: NewEntry): void {
    this.#writer.clear();
    writeEntry(this.#writer, entry);
    this.#chain.advance(link, this.#writer.view(0));
  }
}

/**
 * Writes the first `count` of `entries` as one run.
 * @param hash the channel's link before them; after the call, the link after them
 */
export function writeRun(
  writer: ByteWriter,
  chain: EntryChain,
  id: ChannelId,
  firstSeq: Seq,
  entries: readonly NewEntry[],
  count: number,
  hash: Uint8Array,
): void {
  writer.string(id.document);
  writer.uint(CHANNEL_KINDS.indexOf(id.kind));
  writer.uint(firstSeq);
  writer.uint(count);
  writer.uint(entries[count - 1]!.timeMs);
  const fixedAt = writer.skip(HASH_BYTES + BODY_LENGTH_BYTES);
  const bodyAt = writer.length;
  for (let index = 0; index < count; index++) {
    const entryAt = writer.length;
    writeEntry(writer, entries[index]!);
    chain.advance(hash, writer.view(entryAt));
  }
  const fixed = writer.view(fixedAt, bodyAt);
  fixed.set(hash);
  new DataView(fixed.buffer, fixed.byteOffset).setUint32(HASH_BYTES, writer.length - bodyAt, true);
}

/** The runs of a journal record, in the order they were written; views into `content`. */
export function* readRuns(content: Uint8Array): Generator<Run> {
  const decoder = decoding.createDecoder(content);
  while (decoding.hasContent(decoder)) {
    const document = decoding.readVarString(decoder) as ChannelId['document'];
    const kind = CHANNEL_KINDS[decoding.readVarUint(decoder)];
    if (kind === undefined) throw new Error(`document ${document} has a run of a kind this version does not know`);
    const firstSeq = decoding.readVarUint(decoder);
    const lastSeq = firstSeq + decoding.readVarUint(decoder) - 1;
    const lastTimeMs = decoding.readVarUint(decoder);
    const hash = decoding.readUint8Array(decoder, HASH_BYTES);
    const body = decoding.readUint8Array(decoder, decoding.readUint32(decoder));
    yield { id: { document, kind }, firstSeq, lastSeq, lastTimeMs, hash, body };
  }
}

/** The entries of a run, with bytes of their own: keeping one does not keep the group it was written with. */
export function readEntries(run: Run): Entry[] {
  const decoder = decoding.createDecoder(run.body);
  const entries: Entry[] = [];
  for (let seq = run.firstSeq; seq <= run.lastSeq; seq++) {
    entries.push({
      seq,
      timeMs: decoding.readVarUint(decoder),
      author: decoding.readVarString(decoder),
      outboxId: decoding.readVarString(decoder),
      clientSeq: decoding.readVarUint(decoder),
      update: decoding.readVarUint8Array(decoder).slice(),
    });
  }
  return entries;
}
