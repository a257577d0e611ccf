// One open channel of a LevelLog: what its holder may do with it. Its entries and numbers live in its ChannelState.

import { invariant, SyncError } from '../../sync-error.js';
import type {
  ChannelBase,
  ChannelId,
  Checkpoint,
  Claim,
  Entry,
  HeldClaim,
  NewEntry,
  OpenChannel,
  Seq,
} from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import type { ChannelState } from './channel-state.js';
import type { Journal } from './journal.js';
import { checkpointKey } from './keys.js';
import { checkSeq, replaced } from './level-view.js';
import { isWellFormed, linkBeginsWith, Proofs } from './proofs.js';
import { putCheckpoint, type StoredCheckpoint } from './stored-values.js';

/** Something the journal was given; in an object, so that whoever prepared it does not wait for it. */
export interface Writing<T> {
  readonly written: Promise<T>;
}

/** What a channel needs of its log. */
export interface ChannelHost {
  readonly journal: Journal;
  readonly reader: ChannelReader;
  /** See history-checkpoints.ts. */
  readonly staysForHistory: (stateBytes: number, bytesAround: number) => boolean;
  /** What proofs of this store are made with. */
  readonly secret: Uint8Array;
  /** @throws SyncError `LOG_CLOSED` once the log is closing */
  checkOpen(): void;
  /** Runs something that reads the store, while it is open and nothing moves in it. It must not wait for a write. */
  operation<T>(action: () => Promise<T>): Promise<T>;
  /** Prepares a write and hands it to the journal, as an `operation`; then waits for it. */
  write<T>(prepare: () => Promise<Writing<T>>): Promise<T>;
  /** See `OpenChannel.catchUp`. */
  catchUp?(state: ChannelState): Promise<void> | null;
  /** See `OpenChannel.sayToOthers`. */
  sayToOthers?(state: ChannelState, message: Uint8Array): boolean;
  /** Writes what was derived from what an open channel holds. @throws SyncError `CHANNEL_REPLACED` where that is gone by now */
  writeDerived(state: ChannelState, operations: readonly Operation[]): Promise<void>;
  /** The channel may be opened again. */
  released(state: ChannelState): void;
}

export class LevelChannel implements OpenChannel {
  readonly epoch: number;
  readonly #host: ChannelHost;
  readonly #state: ChannelState;
  readonly #proofs: Proofs;
  #newest: StoredCheckpoint | null;
  /** Of some seq up to the head; made when somebody asks, once per group at most. */
  #proof: { readonly seq: Seq; readonly bytes: Uint8Array } | null = null;
  /** The link that was read last to judge a claim: when a server comes back, a thousand show the same. */
  #claimed: { readonly seq: Seq; readonly link: Promise<Uint8Array> } | null = null;
  /** The writes of checkpoints, one after the other. */
  #checkpointWrites: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(host: ChannelHost, state: ChannelState, epoch: number, newest: StoredCheckpoint | null) {
    this.#host = host;
    this.#state = state;
    this.epoch = epoch;
    this.#proofs = new Proofs(host.secret, state.id, epoch);
    this.#newest = newest;
  }

  get id(): ChannelId {
    return this.#state.id;
  }

  get head(): Seq {
    return this.#state.durable;
  }

  get link(): Uint8Array {
    return this.#state.durableHash.slice();
  }

  get checkpoint(): Checkpoint | null {
    return this.#newestThere?.checkpoint ?? null;
  }

  /** A base that was put since stands in the place of older ones. */
  get #newestThere(): StoredCheckpoint | null {
    const { trimmed } = this.#state;
    if (trimmed !== null && trimmed.checkpoint.seq > (this.#newest?.checkpoint.seq ?? 0)) this.#newest = trimmed;
    return this.#newest;
  }

  get lastTimeMs(): number {
    return this.#state.lastTimeMs;
  }

  get proof(): Uint8Array {
    const { durable: seq, durableHash } = this.#state;
    if (this.#proof?.seq !== seq) {
      this.#proof = { seq, bytes: this.#proofs.make(seq, durableHash) };
    }
    return this.#proof.bytes;
  }

  async judge({ epoch, seq, proof }: HeldClaim): Promise<Claim> {
    // Of an epoch that has ended nothing needs to be here. One to come was begun by this store before it was set back.
    if (epoch < this.epoch) return 'unproven';
    const proofs = epoch === this.epoch ? this.#proofs : new Proofs(this.#host.secret, this.id, epoch);
    const linkPart = proofs.read(seq, proof);
    if (linkPart === null) return 'unproven';
    if (epoch > this.epoch || seq > this.head) return 'lost';
    try {
      return linkBeginsWith(await this.#claimedLink(seq), linkPart) ? 'held' : 'lost';
    } catch (error) {
      // That it was told of the entry its proof says; what that entry was nobody can say any more, and the base stands for it.
      if (error instanceof SyncError && error.code === 'PAST_TRIMMED') return 'held';
      throw error;
    }
  }

  #claimedLink(seq: Seq): Uint8Array | Promise<Uint8Array> {
    const { durable, durableHash } = this.#state;
    if (seq === durable) return durableHash;
    if (this.#claimed?.seq !== seq) {
      const claimed = { seq, link: this.linkAt(seq) };
      this.#claimed = claimed;
      // The next one may find it readable.
      claimed.link.catch(() => {
        if (this.#claimed === claimed) this.#claimed = null;
      });
    }
    return this.#claimed.link;
  }

  isForeign({ epoch, seq, proof }: HeldClaim): boolean {
    if (seq === 0 || !isWellFormed(proof)) return false;
    return new Proofs(this.#host.secret, this.id, epoch).read(seq, proof) === null;
  }

  catchUp(): Promise<void> | null {
    return this.#host.catchUp?.(this.#state) ?? null;
  }

  sayToOthers(message: Uint8Array): boolean {
    return this.#host.sayToOthers?.(this.#state, message) ?? false;
  }

  append(entry: NewEntry, mayWaitMs = 0): Seq {
    this.#checkOpen();
    return this.#host.journal.append(this.#state, entry, mayWaitMs);
  }

  async entriesAfter(after: Seq, upTo: Seq = this.head, maxBytes?: number): Promise<Entry[]> {
    return this.#read(upTo, () => this.#host.reader.entriesAfter(this.#state, after, upTo, maxBytes));
  }

  async linkAt(seq: Seq): Promise<Uint8Array> {
    return this.#read(seq, () => this.#host.reader.linkAt(this.#state, seq));
  }

  async checkpointAt(seq: Seq): Promise<Checkpoint | null> {
    const stored = await this.#read(seq, () => this.#host.reader.checkpointAt(this.id, seq));
    return stored?.checkpoint ?? null;
  }

  base(): Promise<ChannelBase | null> {
    return this.#read(0, () => this.#host.reader.baseOf(this.id));
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.#checkOpen();
    const { id, durable } = this.#state;
    invariant(
      checkpoint.seq <= durable,
      `${id.document} ${id.kind}: a checkpoint at ${checkpoint.seq}, but entries up to ${durable} are on disk`,
    );
    const write = this.#checkpointWrites.then(() => this.#writeCheckpoint(checkpoint));
    this.#checkpointWrites = write.catch(() => undefined);
    return write;
  }

  close(): Promise<void> {
    this.#closed ??= this.#settleThenRelease();
    return this.#closed;
  }

  async #writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { baseSeq } = this.#state;
    try {
      await this.#tryCheckpoint(checkpoint);
    } catch (error) {
      // Another server may have trimmed or erased what is read for it.
      const catchingUp = this.catchUp();
      if (catchingUp === null) throw error;
      await catchingUp;
      if (this.#state.isLetGo) throw replaced(this.id);
      if (this.#state.baseSeq === baseSeq) throw error;
      await this.#tryCheckpoint(checkpoint);
    }
  }

  async #tryCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { reader } = this.#host;
    await this.#host.write(async () => {
      const older = this.#newestThere;
      if (checkpoint.seq <= (older?.checkpoint.seq ?? 0)) return { written: Promise.resolve() };
      const entries = await reader.entriesAfter(this.#state, older?.checkpoint.seq ?? 0, checkpoint.seq);
      const added = entries.reduce((sum, { update }) => sum + update.length, 0);
      const newest = { checkpoint, updateBytes: (older?.updateBytes ?? 0) + added };
      const hash = await reader.linkAt(this.#state, checkpoint.seq);
      // Those that cannot be read go first: the new one may take the place of one.
      const operations: Operation[] = reader.unreadableCheckpoints(this.id).map((key) => ({ type: 'del', key }));
      operations.push(putCheckpoint(this.id, newest, hash));
      if (older && !(await this.#staysForHistory(older, newest))) {
        operations.push({ type: 'del', key: checkpointKey(this.id, older.checkpoint.seq) });
      }
      const written = this.#host.writeDerived(this.#state, operations).then(() => {
        this.#newest = newest;
        reader.forgetUnreadable(this.id);
      });
      return { written };
    });
  }

  async #staysForHistory({ checkpoint }: StoredCheckpoint, next: StoredCheckpoint): Promise<boolean> {
    const before = await this.#host.reader.checkpointAt(this.id, checkpoint.seq - 1);
    return this.#host.staysForHistory(checkpoint.state.length, next.updateBytes - (before?.updateBytes ?? 0));
  }

  #read<T>(seq: Seq, action: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    checkSeq(this, seq);
    return this.#host.operation(action);
  }

  async #settleThenRelease(): Promise<void> {
    try {
      await this.#checkpointWrites;
      await this.#host.journal.settled(this.#state);
    } finally {
      this.#host.released(this.#state);
    }
  }

  #checkOpen(): void {
    this.#host.checkOpen();
    if (this.#closed) {
      throw new SyncError('LOG_CLOSED', `The ${this.id.kind} of ${this.id.document} was closed and cannot be used.`);
    }
  }
}
