// A channel as of one moment. It holds its head and finds the entries anew at each call, wherever they have moved since.

import { invariant, SyncError } from '../../sync-error.js';
import type { ChannelBase, ChannelId, ChannelView, Checkpoint, Entry, Seq } from '../document-log.js';
import { type ChannelReader, pastTrimmed } from './channel-reader.js';
import type { ChannelState } from './channel-state.js';

/** What a view needs of its log. */
export interface ViewHost {
  readonly reader: ChannelReader;
  /**
   * Runs something that reads the channel, while nothing moves in the store.
   * @throws SyncError `CHANNEL_REPLACED` when its epoch is another one by now, `LOG_CLOSED` once the log is closing
   */
  readAsOf<T>(id: ChannelId, epoch: number, action: (state: ChannelState) => Promise<T>): Promise<T>;
}

export class LevelView implements ChannelView {
  readonly id: ChannelId;
  readonly epoch: number;
  readonly head: Seq;
  readonly link: Uint8Array;
  readonly checkpoint: Checkpoint | null;
  readonly #host: ViewHost;

  constructor(host: ViewHost, state: ChannelState, epoch: number, checkpoint: Checkpoint | null) {
    this.#host = host;
    this.id = state.id;
    this.epoch = epoch;
    this.head = state.durable;
    this.link = state.durableHash.slice();
    this.checkpoint = checkpoint;
  }

  async entriesAfter(after: Seq, upTo: Seq = this.head, maxBytes?: number): Promise<Entry[]> {
    checkSeq(this, upTo);
    return this.#read((state) => this.#host.reader.entriesAfter(state, after, upTo, maxBytes));
  }

  async linkAt(seq: Seq): Promise<Uint8Array> {
    checkSeq(this, seq);
    return this.#read((state) => this.#host.reader.linkAt(state, seq));
  }

  async checkpointAt(seq: Seq): Promise<Checkpoint | null> {
    checkSeq(this, seq);
    const stored = await this.#read(() => this.#host.reader.checkpointAt(this.id, seq));
    return stored?.checkpoint ?? null;
  }

  async base(): Promise<ChannelBase | null> {
    const base = await this.#read(() => this.#host.reader.baseOf(this.id));
    // It holds what was written after this view.
    if (base !== null && base.checkpoint.seq > this.head) throw pastTrimmed(this.id, base);
    return base;
  }

  #read<T>(action: (state: ChannelState) => Promise<T>): Promise<T> {
    return this.#host.readAsOf(this.id, this.epoch, action);
  }
}

/** A seq that a channel can be asked about. */
export function checkSeq({ id, head }: Pick<ChannelView, 'id' | 'head'>, seq: Seq): void {
  invariant(
    Number.isSafeInteger(seq) && seq >= 0 && seq <= head,
    `${id.document} ${id.kind}: asked about entry ${seq}, but entries up to ${head} are on disk`,
  );
}

export const replaced = ({ document, kind }: ChannelId): SyncError =>
  new SyncError(
    'CHANNEL_REPLACED',
    `The ${kind} of ${document} was replaced or erased while it was read. Nothing is wrong with it: read it again.`,
  );
