// Who is in a room and where: the latest state per presence id, with a clock the server owns. Never logged (I5).
// Changes are gathered and sent as one update; the table only keeps what is true now, and not what it is on the wire: most
// people are quiet, and each renewal is under a new clock.

/** Who says where somebody is. */
interface Owner {
  /** Higher than that of a connection it came after. */
  readonly number: number;
}

interface PresenceEntry {
  clock: number;
  /** JSON of the state as others see it. */
  json: string;
  /** Who said so: a connection that died must not take down what its successor shows under the same id. */
  owner: Owner;
}

/** One person in an awareness update. */
interface Shown {
  readonly id: number;
  readonly clock: number;
  readonly json: string;
}

/** States of some people, in the encoding of y-protocols: for everybody, or without one of them. */
export class PresenceUpdate {
  readonly all: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly #bounds: number[];
  readonly #indexOf = new Map<number, number>();

  constructor(people: readonly Shown[]) {
    let end = varUintBytes(people.length);
    this.#bounds = [end];
    for (const { id, clock, json } of people) {
      const jsonBytes = Buffer.byteLength(json);
      end += varUintBytes(id) + varUintBytes(clock) + varUintBytes(jsonBytes) + jsonBytes;
      this.#indexOf.set(id, this.#bounds.length - 1);
      this.#bounds.push(end);
    }
    const update = Buffer.allocUnsafe(end);
    let at = writeVarUint(update, 0, people.length);
    for (const { id, clock, json } of people) {
      at = writeVarUint(update, at, id);
      at = writeVarUint(update, at, clock);
      at = writeVarUint(update, at, Buffer.byteLength(json));
      at += update.write(json, at);
    }
    this.all = update;
  }

  has(id: number): boolean {
    return this.#indexOf.has(id);
  }

  /** Two copies, however many they are: a thousand may each get theirs. @returns null when there is nothing else */
  without(id: number): Uint8Array | null {
    const index = this.#indexOf.get(id);
    if (index === undefined) return this.all;
    const others = this.#indexOf.size - 1;
    if (others === 0) return null;
    const start = this.#bounds[index]!;
    const end = this.#bounds[index + 1]!;
    const first = this.#bounds[0]!;
    const headBytes = varUintBytes(others);
    const update = Buffer.allocUnsafe(headBytes + start - first + this.all.length - end);
    writeVarUint(update, 0, others);
    update.set(this.all.subarray(first, start), headBytes);
    update.set(this.all.subarray(end), headBytes + start - first);
    return update;
  }
}

export class PresenceTable {
  readonly #entries = new Map<number, PresenceEntry>();
  /** Connections whose id was taken over: a caret of theirs that waited for the disk, or was slow to come, comes too late. */
  readonly #superseded = new WeakSet<Owner>();
  /** Ids to be told of: set, moved or gone since the last `takeChanges`. */
  readonly #changed = new Set<number>();
  /**
   * Stock clients keep the clock of an id even after it left, over a restart of this server too, and ignore what does
   * not exceed it. Milliseconds do, whatever was sent before (y-websocket#122).
   */
  #lastClock = 0;

  /** @returns false when nothing changed, also because the id has a newer owner */
  set(id: number, json: string, owner: Owner): boolean {
    if (this.#superseded.has(owner)) return false;
    const entry = this.#entries.get(id);
    if (entry && entry.owner.number > owner.number) {
      this.#superseded.add(owner);
      return false;
    }
    if (entry && entry.owner !== owner) {
      this.#superseded.add(entry.owner);
      entry.owner = owner;
    }
    if (entry?.json === json) return false;
    if (entry) {
      entry.json = json;
    } else this.#entries.set(id, { clock: 0, json, owner });
    this.#changed.add(id);
    return true;
  }

  /** @returns false when this owner did not have the id */
  delete(id: number, owner: Owner): boolean {
    if (this.#entries.get(id)?.owner !== owner) return false;
    this.#entries.delete(id);
    this.#changed.add(id);
    return true;
  }

  /** What changed since the last call, under a new clock; null when nothing has. */
  takeChanges(): PresenceUpdate | null {
    if (this.#changed.size === 0) return null;
    const clock = this.#nextClock();
    for (const id of this.#changed) {
      const entry = this.#entries.get(id);
      if (entry) entry.clock = clock;
    }
    const update = this.update(this.#changed);
    this.#changed.clear();
    return update;
  }

  /** Gives everyone a new clock, so that stock clients do not take the quiet ones for gone. */
  renew(): void {
    const clock = this.#nextClock();
    for (const entry of this.#entries.values()) entry.clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  ids(): readonly number[] {
    return [...this.#entries.keys()];
  }

  /** Whom others have been shown, or soon will be: those who are gone, but whose going was not told yet, are among them. */
  shownIds(): readonly number[] {
    return [...new Set([...this.#entries.keys(), ...this.#changed])];
  }

  /** The states of these ids: one that nobody has is written as gone. */
  update(ids: Iterable<number>): PresenceUpdate {
    return new PresenceUpdate(Array.from(ids, (id) => this.#shown(id)));
  }

  #shown(id: number): Shown {
    const entry = this.#entries.get(id);
    return entry ? { id, clock: entry.clock, json: entry.json } : { id, clock: this.#lastClock, json: 'null' };
  }

  #nextClock(): number {
    this.#lastClock = Math.max(this.#lastClock + 1, Date.now());
    return this.#lastClock;
  }
}

/** As lib0 writes it: seven bits in each byte, the lowest first. Clocks have more than the 32 that shifts know. */
function writeVarUint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = 0x80 | (rest % 128);
  bytes[at] = rest;
  return at + 1;
}

function varUintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
