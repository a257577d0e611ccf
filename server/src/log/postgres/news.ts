// News between the servers that share a store: what one has written, told by way of a relay to those that have the channel open, so
// that it shows there at once. What does not follow what is known there is read from the database instead. A message is taken
// from a server that knows the secret of the store, and only where the chain of the channel comes out as it says.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import { type ChannelId, channelName, type Entry } from '../document-log.js';
import { ByteWriter } from '../level/byte-writer.js';
import { EntryChain, sameLink } from '../level/chain.js';
import type { ChannelState } from '../level/channel-state.js';
import { ChainWalk, type Run, readEntries, readRuns, writeRun } from '../level/entries.js';
import type { Journal } from '../level/journal.js';
import type { Relay } from '../relay.js';
import type { Others } from './others.js';

const CODE_BYTES = 16;
const SENDER_BYTES = 16;
/** Of entries, beyond which the others are only told that there is something to read. */
const MAX_TOLD_BYTES = 256 * 1024;

/** What a message holds behind its sender. */
const Kind = { Entries: 0, Said: 1 } as const;

export class News {
  readonly #relay: Relay;
  readonly #key: Uint8Array;
  readonly #sender = randomBytes(SENDER_BYTES);
  readonly #others: Others;
  readonly #journal: Journal;
  readonly #writer = new ByteWriter();
  readonly #chain = new EntryChain();
  readonly #ends = new Map<ChannelState, () => void>();

  constructor({
    relay,
    secret,
    others,
    journal,
  }: {
    /** Belongs to it from here on. */
    readonly relay: Relay;
    /** Of the store. */
    readonly secret: Uint8Array;
    readonly others: Others;
    readonly journal: Journal;
  }) {
    this.#relay = relay;
    this.#key = createHmac('sha256', secret).update('weft news').digest();
    this.#others = others;
    this.#journal = journal;
    relay.onBack = () => void others.compareAll().catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#relay.close();
  }

  opened(state: ChannelState): void {
    this.#ends.set(
      state,
      this.#relay.subscribe(this.#topicOf(state.id), (message) => this.#heard(state, message)),
    );
  }

  closed(state: ChannelState): void {
    this.#ends.get(state)?.();
    this.#ends.delete(state);
  }

  /** Its part of the group in flight is written. */
  written({ id, owner, durable, durableHash, inFlight }: ChannelState): void {
    if (owner === null) return;
    const writer = this.#begin(Kind.Entries);
    writer.uint(owner.epoch);
    const bytes = inFlight.reduce((sum, { update }) => sum + update.length, 0);
    if (bytes <= MAX_TOLD_BYTES) {
      writeRun(writer, this.#chain, id, durable + 1, inFlight, inFlight.length, durableHash.slice());
    }
    this.#publish(id, writer.toBytes());
  }

  /** See `OpenChannel.sayToOthers`. */
  say({ id }: ChannelState, message: Uint8Array): void {
    const writer = this.#begin(Kind.Said);
    const at = writer.skip(message.length);
    writer.view(at).set(message);
    this.#publish(id, writer.toBytes());
  }

  #begin(kind: number): ByteWriter {
    const writer = this.#writer;
    writer.clear();
    writer.skip(CODE_BYTES);
    const senderAt = writer.skip(SENDER_BYTES);
    writer.view(senderAt).set(this.#sender);
    writer.uint(kind);
    return writer;
  }

  #publish(id: ChannelId, message: Uint8Array): void {
    message.set(this.#codeOf(id, message));
    this.#relay.publish(this.#topicOf(id), message);
  }

  #heard(state: ChannelState, message: Uint8Array): void {
    if (message.length <= CODE_BYTES + SENDER_BYTES || state.isLetGo || state.owner === null) return;
    if (!timingSafeEqual(message.subarray(0, CODE_BYTES), this.#codeOf(state.id, message))) return;
    const sender = message.subarray(CODE_BYTES, CODE_BYTES + SENDER_BYTES);
    if (Buffer.compare(sender, this.#sender) === 0) return;
    const kind = message[CODE_BYTES + SENDER_BYTES];
    const rest = message.subarray(CODE_BYTES + SENDER_BYTES + 1);
    if (kind === Kind.Said) this.#saidBy(state, Buffer.from(sender).toString('hex'), rest);
    else if (kind !== Kind.Entries || !this.#follows(state, rest)) {
      this.#others.catchUp(state).catch(() => undefined);
    }
  }

  #saidBy({ owner }: ChannelState, sender: string, message: Uint8Array): void {
    try {
      owner?.listener.othersSaid?.(sender, message);
    } catch {
      // Said by a server of another version.
    }
  }

  /** @returns false when it does not follow what is known */
  #follows(state: ChannelState, news: Uint8Array): boolean {
    const { epoch, run, entries } = readNews(news);
    if (epoch !== state.owner?.epoch || !run) return false;
    if (run.lastSeq <= state.durable) return true;
    if (run.firstSeq !== state.durable + 1 || state.inFlight.length > 0 || state.isHeld) return false;
    const link = state.durableHash.slice();
    const walk = new ChainWalk();
    for (const entry of entries) walk.add(link, entry);
    if (!sameLink(link, run.hash)) return false;
    this.#journal.overtaken(state, entries, link);
    return true;
  }

  #topicOf(id: ChannelId): string {
    return `weft:${createHmac('sha256', this.#key)
      .update(`topic ${channelName(id)}`)
      .digest('base64url')
      .slice(0, 22)}`;
  }

  #codeOf(id: ChannelId, message: Uint8Array): Uint8Array {
    const code = createHmac('sha256', this.#key)
      .update(`${channelName(id)}\0`)
      .update(message.subarray(CODE_BYTES));
    return code.digest().subarray(0, CODE_BYTES);
  }
}

/** Nothing of what a server of another version says in another layout: that is read from the database. */
function readNews(news: Uint8Array): {
  readonly epoch: number | null;
  readonly run: Run | undefined;
  readonly entries: readonly Entry[];
} {
  try {
    const decoder = decoding.createDecoder(news);
    const epoch = decoding.readVarUint(decoder);
    const [run] = readRuns(news.subarray(decoder.pos));
    return { epoch, run, entries: run ? readEntries(run) : [] };
  } catch {
    return { epoch: null, run: undefined, entries: [] };
  }
}
