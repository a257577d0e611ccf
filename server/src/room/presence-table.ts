// Who is in a room and where: the latest state per presence id, with a clock the server owns. Never logged (I5).
// Changes are gathered and sent as one update; the table only keeps what is true now.

import * as encoding from 'lib0/encoding';

interface PresenceEntry {
  clock: number;
  /** JSON of the state as others see it. */
  json: string;
  /** Who said so last: a connection that died must not take down what its successor shows under the same id. */
  owner: object;
}

export class PresenceTable {
  readonly #entries = new Map<number, PresenceEntry>();
  /** Connections whose id was taken over: a caret of theirs that waited for the disk until now comes too late. */
  readonly #superseded = new WeakSet<object>();
  /** Ids to be told of: set, moved or gone since the last `takeChanges`. */
  readonly #changed = new Set<number>();
  /**
   * Stock clients keep the clock of an id even after it left, over a restart of this server too, and ignore what does
   * not exceed it. Milliseconds do, whatever was sent before (y-websocket#122).
   */
  #lastClock = 0;

  /** @returns false when nothing changed, also because the id has a newer owner */
  set(id: number, json: string, owner: object): boolean {
    if (this.#superseded.has(owner)) return false;
    const entry = this.#entries.get(id);
    if (entry && entry.owner !== owner) {
      this.#superseded.add(entry.owner);
      entry.owner = owner;
    }
    if (entry?.json === json) return false;
    if (entry) entry.json = json;
    else this.#entries.set(id, { clock: 0, json, owner });
    this.#changed.add(id);
    return true;
  }

  /** @returns false when this owner did not have the id */
  delete(id: number, owner: object): boolean {
    if (this.#entries.get(id)?.owner !== owner) return false;
    this.#entries.delete(id);
    this.#changed.add(id);
    return true;
  }

  /** Ids changed since the last call; they get a new clock. */
  takeChanges(): readonly number[] {
    const ids = [...this.#changed];
    this.#changed.clear();
    const clock = this.#nextClock();
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry) entry.clock = clock;
    }
    return ids;
  }

  /** Gives everyone a new clock, so that stock clients do not take the quiet ones for gone. */
  renew(): void {
    const clock = this.#nextClock();
    for (const entry of this.#entries.values()) entry.clock = clock;
  }

  ids(): readonly number[] {
    return [...this.#entries.keys()];
  }

  /** Whom others have been shown, or soon will be: those who are gone, but whose going was not told yet, are among them. */
  shownIds(): readonly number[] {
    return [...new Set([...this.#entries.keys(), ...this.#changed])];
  }

  /** An awareness update for these ids, in the encoding of y-protocols: an id nobody has is written as gone. */
  encode(ids: readonly number[]): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, ids.length);
    for (const id of ids) {
      const entry = this.#entries.get(id);
      encoding.writeVarUint(encoder, id);
      encoding.writeVarUint(encoder, entry?.clock ?? this.#lastClock);
      encoding.writeVarString(encoder, entry?.json ?? 'null');
    }
    return encoding.toUint8Array(encoder);
  }

  #nextClock(): number {
    this.#lastClock = Math.max(this.#lastClock + 1, Date.now());
    return this.#lastClock;
  }
}
