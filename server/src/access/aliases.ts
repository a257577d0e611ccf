// Which guests have signed in as whom (G7). Each guest becomes one person, once. All of them are held in memory, some 100
// bytes each: whether two ids are one person is asked for every update.

import type { RecordStore } from '../log/document-log.js';
import { messageOf, type SyncError } from '../sync-error.js';
import { allRecords } from './all-records.js';

/** Guests of one person: more browsers than that are somebody who makes them. */
const MAX_GUESTS_PER_PERSON = 100;

export interface Joined {
  readonly guest: string;
  readonly person: string;
}

export class Aliases {
  readonly #records: RecordStore;
  readonly #complain: (sentence: string) => void;
  readonly #persons = new Map<string, string>();
  readonly #guestsOf = new Map<string, number>();

  private constructor(records: RecordStore, complain: (sentence: string) => void) {
    this.#records = records;
    this.#complain = complain;
  }

  static async load(records: RecordStore, complain: (sentence: string) => void): Promise<Aliases> {
    const aliases = new Aliases(records, complain);
    for await (const { key, value } of allRecords(records, 'alias')) aliases.#add(key, new TextDecoder().decode(value));
    return aliases;
  }

  /**
   * Another server wrote who a guest became, or this one did; `guest` null: it may be any.
   * @param joined is told who is known here only now, each at once: should reading fail after that, they are known already the next time
   */
  async written(guest: string | null, joined: (one: Joined) => void): Promise<void> {
    const read = (key: string, value: Uint8Array): void => {
      const person = new TextDecoder().decode(value);
      if (this.#persons.get(key) === person) return;
      this.#add(key, person);
      joined({ guest: key, person });
    };
    if (guest === null) {
      const damaged = (error: SyncError): void => this.#complain(error.message);
      for await (const { key, value } of allRecords(this.#records, 'alias', damaged)) read(key, value);
    } else {
      const value = await this.#records.get('alias', guest);
      if (value !== null) read(guest, value);
    }
  }

  /** The one id of somebody: that of the account, once a guest has signed in. */
  canonical = (person: string): string => this.#persons.get(person) ?? person;

  isSame(personA: string, personB: string): boolean {
    return this.canonical(personA) === this.canonical(personB);
  }

  isUsed(guest: string): boolean {
    return this.#persons.has(guest);
  }

  /**
   * Holds from now on, and is on disk a moment later: who shows both proofs does so at each connection, and is not kept out
   * while nothing can be written.
   * @returns false when that guest has become somebody before, or the person has too many
   */
  join(guest: string, person: string): boolean {
    if (this.isUsed(guest) || (this.#guestsOf.get(person) ?? 0) >= MAX_GUESTS_PER_PERSON) return false;
    this.#add(guest, person);
    const record = { table: 'alias', key: guest } as const;
    this.#records
      // Where another server was quicker, it tells who that is.
      .writeIf([{ ...record, value: null }], [{ ...record, value: new TextEncoder().encode(person) }])
      .catch((error) => this.#complain(`That a guest has signed in was not written: ${messageOf(error)}`));
    return true;
  }

  #add(guest: string, person: string): void {
    const before = this.#persons.get(guest);
    if (before !== undefined) this.#guestsOf.set(before, this.#guestsOf.get(before)! - 1);
    this.#persons.set(guest, person);
    this.#guestsOf.set(person, (this.#guestsOf.get(person) ?? 0) + 1);
  }
}
