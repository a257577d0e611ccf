// What other servers wrote in the channels that are open here. It is found by comparing what is known of a channel with its row
// in the database: of all that are open now and then, and of one when somebody asks or a group of it was refused. Nothing
// depends on how soon: a group that does not follow what others wrote is not written.

import type { SyncError } from '../../sync-error.js';
import { type ChannelId, channelName, type Entry, type Seq } from '../document-log.js';
import { sameLink } from '../level/chain.js';
import type { ChannelState } from '../level/channel-state.js';
import type { Journal } from '../level/journal.js';
import { baseKey } from '../level/keys.js';
import { kindNumber } from './group-plan.js';
import type { PostgresReader, Standing } from './postgres-reader.js';
import type { PostgresStore } from './postgres-store.js';

/** Channels that one question is about. */
const ASKED_AT_ONCE = 1000;
/** After a question that was not answered. */
const ASK_AGAIN_MS = 500;

export interface OthersParts {
  readonly store: PostgresStore;
  readonly reader: PostgresReader;
  readonly journal: Journal;
  /** How often all open channels are compared. */
  readonly compareEveryMs: number;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

/** Of one channel: what is being asked, and what is asked after that for those who came meanwhile. */
interface Asking {
  readonly now: Promise<void>;
  next: Promise<void> | null;
}

export class Others {
  readonly #parts: OthersParts;
  /** By channelName. */
  readonly #open = new Map<string, ChannelState>();
  readonly #asking = new Map<ChannelState, Asking>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: OthersParts) {
    this.#parts = parts;
    this.#compareLater();
  }

  opened(state: ChannelState): void {
    this.#open.set(channelName(state.id), state);
  }

  closed(state: ChannelState): void {
    this.#open.delete(channelName(state.id));
  }

  /**
   * Resolves once all was told that was on disk when this was called.
   * @throws SyncError `STORE_SILENT`, `STORE_UNREADABLE`
   */
  catchUp(state: ChannelState): Promise<void> {
    const asking = this.#asking.get(state);
    if (!asking) return this.#ask(state);
    // What is being asked may have been answered in the database before this was called.
    asking.next ??= asking.now.catch(() => undefined).then(() => this.#ask(state));
    return asking.next;
  }

  /** Of a channel that another server began anew, or trimmed. */
  async told(id: ChannelId): Promise<void> {
    const state = this.#open.get(channelName(id));
    if (state) await this.catchUp(state);
  }

  /** A group of these was refused: nothing of them is written before it is known why. */
  async refused(states: readonly ChannelState[]): Promise<void> {
    await Promise.all(states.map((state) => this.#untilKnown(state)));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #untilKnown(state: ChannelState): Promise<void> {
    while (state.isHeld && !state.isLetGo && this.#isOpen(state)) {
      try {
        await this.catchUp(state);
      } catch (error) {
        if ((error as SyncError).code !== 'STORE_SILENT') {
          this.#parts.complain(
            `What other servers wrote in the ${state.id.kind} of ${state.id.document} cannot be read: ${(error as Error).message}`,
          );
          this.#parts.journal.letGo(state);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    }
  }

  #isOpen(state: ChannelState): boolean {
    return !this.#isClosed && !this.#parts.journal.hasFailed && this.#open.get(channelName(state.id)) === state;
  }

  #ask(state: ChannelState): Promise<void> {
    const now = this.#follow(state);
    const asking: Asking = { now, next: null };
    this.#asking.set(state, asking);
    const done = (): void => {
      if (this.#asking.get(state) === asking) this.#asking.delete(state);
    };
    now.then(done, done);
    return now;
  }

  async #follow(state: ChannelState): Promise<void> {
    const { journal, reader } = this.#parts;
    while (this.#isOpen(state) && !state.isLetGo) {
      const { durable: known } = state;
      const knownLink = state.durableHash.slice();
      const { epoch, lastSeq, hash, baseSeq } = await reader.standingOf(state.id);
      const isElsewhere =
        epoch !== state.owner?.epoch ||
        lastSeq < known ||
        baseSeq > known ||
        (lastSeq === known && !sameLink(hash, knownLink));
      if (!isElsewhere && baseSeq > state.baseSeq) {
        await this.#beginLater(state);
        continue;
      }
      // What was in flight meanwhile was written, and so nobody else was before it; or it is held by now.
      if (!isElsewhere && lastSeq <= state.durable && !state.isHeld) return;
      const isToBeRead = !isElsewhere && lastSeq > known;
      const entries = isToBeRead ? await this.#entriesOf(state, known, { epoch, lastSeq, baseSeq }) : [];
      if (entries === null) continue;
      if (state.inFlight.length > 0) {
        await journal.write([]);
        continue;
      }
      if (!this.#isOpen(state) || state.isLetGo) return;
      // It was compared with what is known no more: others may have trimmed what was written here meanwhile.
      if (state.durable !== known) continue;
      if (isElsewhere) return journal.letGo(state);
      return journal.overtaken(state, entries, hash);
    }
  }

  /** @returns null where it was trimmed, or something else has its place, while it was read */
  async #entriesOf(
    state: ChannelState,
    after: Seq,
    { epoch, lastSeq, baseSeq }: Pick<Standing, 'epoch' | 'lastSeq' | 'baseSeq'>,
  ): Promise<Entry[] | null> {
    const { reader } = this.#parts;
    try {
      return await reader.entriesAfter(state, after, lastSeq);
    } catch (error) {
      const now = await reader.standingOf(state.id);
      if (now.epoch === epoch && now.baseSeq === baseSeq) throw error;
      return null;
    }
  }

  /** Others trimmed it: nobody here is told any more of what the base stands for. */
  async #beginLater(state: ChannelState): Promise<void> {
    const base = await this.#parts.reader.baseOf(state.id);
    const isFollowing = base !== null && base.checkpoint.seq > state.baseSeq && base.checkpoint.seq <= state.durable;
    if (isFollowing && this.#isOpen(state)) state.beginAt(base);
  }

  #compareLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      // Who cannot be asked now is asked the next time.
      this.compareAll()
        .catch(() => undefined)
        .finally(() => this.#compareLater());
    }, this.#parts.compareEveryMs);
    this.#timer.unref();
  }

  /** @throws SyncError `STORE_SILENT` */
  async compareAll(): Promise<void> {
    const states = [...this.#open.values()];
    for (let from = 0; from < states.length; from += ASKED_AT_ONCE) {
      const moved = await this.#movedOf(states.slice(from, from + ASKED_AT_ONCE));
      await Promise.all(moved.map((state) => this.catchUp(state)));
    }
  }

  /** Those whose row is not what is known; one that was written here meanwhile may be among them. */
  async #movedOf(states: readonly ChannelState[]): Promise<ChannelState[]> {
    const known = states.map(({ durable, baseSeq, owner }) => ({ durable, baseSeq, epoch: owner?.epoch ?? 0 }));
    const rows = await this.#parts.store.reading.query<{
      place: string;
      epoch: string;
      head: string;
      base_seq: string;
    }>(
      `select o.place, coalesce(c.epoch, e.epoch, 1) as epoch, coalesce(c.head, 0) as head,
          coalesce(weft_number_in(b.value), 0) as base_seq
        from unnest($1::text[], $2::smallint[], $3::bytea[]) with ordinality as o(document, kind, base_key, place)
        left join weft_channel c on c.document = o.document and c.kind = o.kind
        left join weft_erased e on c.epoch is null and e.name_hash = sha256(convert_to(o.document, 'UTF8'))
        left join weft_value b on b.key = o.base_key`,
      [
        states.map(({ id }) => id.document),
        states.map(({ id }) => kindNumber(id)),
        states.map(({ id }) => baseKey(id)),
      ],
    );
    return rows.flatMap(({ place, epoch, head, base_seq }) => {
      const at = Number(place) - 1;
      const { durable, epoch: knownEpoch, baseSeq } = known[at]!;
      const isMoved = Number(epoch) !== knownEpoch || Number(head) !== durable || Number(base_seq) > baseSeq;
      return isMoved ? [states[at]!] : [];
    });
  }
}
