// The channels a log holds in memory: those with entries in the journal, those that are open, and which are taken: open,
// being opened or closed, or under a job that nobody may open them during.

import { invariant } from '../../sync-error.js';
import { type ChannelId, channelName, type Seq } from '../document-log.js';
import type { ChannelState } from './channel-state.js';

export class ChannelTable {
  readonly #states: Map<string, ChannelState>;
  readonly #taken = new Set<string>();

  /** @param states by channelName: the channels that have entries in the journal */
  constructor(states: Map<string, ChannelState>) {
    this.#states = states;
  }

  get(id: ChannelId): ChannelState | undefined {
    return this.#states.get(channelName(id));
  }

  /** Of all that are held. */
  ids(): ChannelId[] {
    return Array.from(this.#states.values(), ({ id }) => id);
  }

  /** Keeps the channel from being taken by anybody else. Throws when it is taken already. */
  take(id: ChannelId): void {
    const name = channelName(id);
    invariant(!this.#taken.has(name), `the ${id.kind} of ${id.document} is open already`);
    this.#taken.add(name);
  }

  /** Runs `action` while nobody else takes any of them. Throws when one is taken already. */
  async whileTaken<T>(ids: readonly ChannelId[], action: () => Promise<T>): Promise<T> {
    const taken: ChannelId[] = [];
    try {
      for (const id of ids) {
        this.take(id);
        taken.push(id);
      }
      return await action();
    } finally {
      for (const id of taken) this.giveBack(id);
    }
  }

  giveBack(id: ChannelId): void {
    const name = channelName(id);
    this.#taken.delete(name);
    if (!this.#states.get(name)?.isInJournal) this.#states.delete(name);
  }

  /** Keeps what is known of a channel that is taken. */
  keep(state: ChannelState): void {
    this.#states.set(channelName(state.id), state);
  }

  /** The records up to `lastNumber` left the journal, and with them each channel's entries up to its seq in `lastSeqs`. */
  recordsRolled(lastNumber: number, lastSeqs: ReadonlyMap<string, Seq>): void {
    for (const [name, lastSeq] of lastSeqs) {
      const state = this.#states.get(name)!;
      state.recordsRolled(lastNumber, lastSeq);
      if (!state.isInJournal && !this.#taken.has(name)) this.#states.delete(name);
    }
  }
}
