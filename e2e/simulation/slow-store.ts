// A browser's store as a page has it: everything takes its time, in the order in which it was asked for. A page that ends
// takes with it what it asked for and what was not done yet.

import type { LocalStore, Place, StoreChange, StoredDocument, WriteResult } from '@weft/provider';
import type { MemoryStore } from '../../packages/provider/test/memory-store.js';
import type { Chance } from './chance.js';

const USUAL_MS = [0, 8] as const;
/** Longer than pages wait for it. */
const SLOW_MS = [500, 4_000] as const;

export class SlowStore implements LocalStore {
  readonly #store: MemoryStore;
  readonly #chance: Chance;
  readonly #mayBeSlow: () => boolean;
  #last: Promise<unknown> = Promise.resolve();

  /** @param mayBeSlow whether it now and then takes longer than pages wait */
  constructor(store: MemoryStore, chance: Chance, mayBeSlow: () => boolean) {
    this.#store = store;
    this.#chance = chance;
    this.#mayBeSlow = mayBeSlow;
  }

  get person(): string {
    return this.#store.person;
  }

  read(place: Place): Promise<StoredDocument> {
    return this.#inTurn(() => this.#store.read(place));
  }

  write(place: Place, change: StoreChange): Promise<WriteResult> {
    return this.#inTurn(() => this.#store.write(place, change));
  }

  letGo(outboxIds: readonly string[]): void {
    void this.#inTurn(async () => this.#store.letGo(outboxIds));
  }

  forget(place: Place): Promise<void> {
    return this.#inTurn(() => this.#store.forget(place));
  }

  forgetAll(): Promise<void> {
    return this.#inTurn(() => this.#store.forgetAll());
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      await this.#pause();
      const result = await act();
      // It is done, and its page has not heard of it.
      await this.#pause();
      return result;
    });
    this.#last = done.catch(() => {});
    return done;
  }

  #pause(): Promise<void> {
    const [min, max] = this.#mayBeSlow() && this.#chance.happens(0.02) ? SLOW_MS : USUAL_MS;
    return new Promise((resolve) => setTimeout(resolve, this.#chance.int(min, max)));
  }
}
