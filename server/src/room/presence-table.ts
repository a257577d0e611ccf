// Who is in a room and where: the latest state per presence id, with a clock the server owns. Never logged (I5).
// Changes are gathered and sent as one update; the table only keeps what is true now, and not what it is on the wire: most
// people are quiet, and each renewal is under a new clock.

interface PresenceEntry {
  clock: number;
  /** JSON of the state as others see it. */
  json: string;
  /** Who said so last: a connection that died must not take down what its successor shows under the same id. */
  owner: object;
}

/** What has changed, in the encoding of y-protocols: for everybody, or without one of them. */
export class PresenceChanges {
  readonly #pieces: ReadonlyMap<number, Uint8Array>;
  #all: Uint8Array | null = null;

  constructor(pieces: ReadonlyMap<number, Uint8Array>) {
    this.#pieces = pieces;
  }

  get all(): Uint8Array {
    this.#all ??= awarenessUpdate([...this.#pieces.values()]);
    return this.#all;
  }

  has(id: number): boolean {
    return this.#pieces.has(id);
  }

  /** @returns null when there is nothing else */
  without(id: number): Uint8Array | null {
    const own = this.#pieces.get(id);
    const others = [...this.#pieces.values()].filter((piece) => piece !== own);
    return others.length === 0 ? null : awarenessUpdate(others);
  }
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
    if (entry) {
      entry.json = json;
    } else this.#entries.set(id, { clock: 0, json, owner });
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

  /** What changed since the last call, under a new clock; null when nothing has. */
  takeChanges(): PresenceChanges | null {
    if (this.#changed.size === 0) return null;
    const clock = this.#nextClock();
    const pieces = new Map<number, Uint8Array>();
    for (const id of this.#changed) {
      const entry = this.#entries.get(id);
      if (entry) entry.clock = clock;
      pieces.set(id, this.#piece(id));
    }
    this.#changed.clear();
    return new PresenceChanges(pieces);
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
    return awarenessUpdate(ids.map((id) => this.#piece(id)));
  }

  #piece(id: number): Uint8Array {
    const entry = this.#entries.get(id);
    return entry ? presencePiece(id, entry.clock, entry.json) : presencePiece(id, this.#lastClock, 'null');
  }

  #nextClock(): number {
    this.#lastClock = Math.max(this.#lastClock + 1, Date.now());
    return this.#lastClock;
  }
}

function presencePiece(id: number, clock: number, json: string): Uint8Array {
  const jsonBytes = Buffer.byteLength(json);
  const piece = Buffer.allocUnsafe(varUintBytes(id) + varUintBytes(clock) + varUintBytes(jsonBytes) + jsonBytes);
  let at = writeVarUint(piece, 0, id);
  at = writeVarUint(piece, at, clock);
  at = writeVarUint(piece, at, jsonBytes);
  piece.write(json, at);
  return piece;
}

function awarenessUpdate(pieces: readonly Uint8Array[]): Uint8Array {
  let total = varUintBytes(pieces.length);
  for (const piece of pieces) total += piece.length;
  const update = Buffer.allocUnsafe(total);
  let at = writeVarUint(update, 0, pieces.length);
  for (const piece of pieces) {
    update.set(piece, at);
    at += piece.length;
  }
  return update;
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
