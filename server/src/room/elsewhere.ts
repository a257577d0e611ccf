// People who are in the same room at other servers. Each server says who is at it: changes as they come, and everybody now and
// then, which also says that it is still there: one that says nothing for a while is gone, and its people with it.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { PresenceTable } from './presence-table.js';

/** Everybody is said this often, */
const SAY_EVERY_MS = 5000;
/** and who was not said for so long is gone. */
const LIFETIME_MS = 15_000;
/** A message that was made so long ago is not heard: it comes again, of somebody who may be gone. Clocks differ by less. */
const MAX_AGE_MS = 60_000;
/** By a clock that is as far ahead it is not that old before. */
const KEEP_NUMBER_MS = 2 * MAX_AGE_MS;

const Kind = { Changes: 0, Everybody: 1, WhoIsThere: 2 } as const;

/** Below that of every connection here: whoever comes here from there is here. */
const OWNER_NUMBER = 0;

interface Server {
  /** Who said where they are, by presence id; each time anew, for one whose id was taken over is not heard again. */
  owners: Map<number, { readonly number: number }>;
  heardAtMs: number;
  /** Of its newest message: what comes late or again is not heard. Kept of one that is gone, of which all comes late. */
  number: number;
}

export class Elsewhere {
  readonly #table: PresenceTable;
  readonly #say: (message: Uint8Array) => boolean;
  readonly #clockMs: () => number;
  readonly #servers = new Map<string, Server>();
  /** People here who moved, came or left, and what is to be said of them; '' when they are gone. */
  readonly #changed = new Map<number, string>();
  readonly #here = new Map<number, string>();
  #saidAtMs: number;
  /** Of the newest message: of a room that was closed and opened again as well, so milliseconds. */
  #number = 0;

  /**
   * @param say gives a message to the other servers; false where there are none
   * @param nowMs which never goes back, as in all calls
   * @param clockMs what other servers have as well: milliseconds since 1970
   */
  constructor(
    table: PresenceTable,
    say: (message: Uint8Array) => boolean,
    nowMs: number,
    clockMs: () => number = Date.now,
  ) {
    this.#table = table;
    this.#say = say;
    this.#saidAtMs = nowMs;
    this.#clockMs = clockMs;
  }

  /** Somebody here shows a state, or none (''). */
  note(id: number, json: string): void {
    if (json === '') this.#here.delete(id);
    else this.#here.set(id, json);
    this.#changed.set(id, json);
  }

  /** Says what was noted since the last call. */
  sayChanges(): void {
    if (this.#changed.size > 0) this.#send(Kind.Changes, this.#changed);
    this.#changed.clear();
  }

  /** Says who is here, and asks the others for the same. @returns whether there is a way to them */
  ask(): boolean {
    return this.#send(Kind.WhoIsThere, this.#here);
  }

  /** To be called now and then. @returns whether somebody is gone */
  tick(nowMs: number): boolean {
    if (nowMs - this.#saidAtMs >= SAY_EVERY_MS) this.#sayEverybody(nowMs);
    let isAnyGone = false;
    for (const [name, server] of this.#servers) {
      const quietMs = nowMs - server.heardAtMs;
      if (quietMs < LIFETIME_MS) continue;
      for (const [id, owner] of server.owners) isAnyGone = this.#table.delete(id, owner) || isAnyGone;
      server.owners.clear();
      if (quietMs > KEEP_NUMBER_MS) this.#servers.delete(name);
    }
    return isAnyGone;
  }

  /** @returns whether anybody moved, came or left @throws what lib0 throws of bytes that make no sense */
  hear(name: string, message: Uint8Array, nowMs: number): boolean {
    const decoder = decoding.createDecoder(message);
    const kind = decoding.readVarUint(decoder);
    const number = decoding.readVarUint(decoder);
    const people = new Map<number, string>();
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      people.set(decoding.readVarUint(decoder), decoding.readVarString(decoder));
    }
    const server = this.#servers.get(name) ?? { owners: new Map(), heardAtMs: nowMs, number: 0 };
    if (number <= server.number || number < this.#clockMs() - MAX_AGE_MS) return false;
    this.#servers.set(name, server);
    server.number = number;
    server.heardAtMs = nowMs;
    if (kind === Kind.WhoIsThere) this.#sayEverybody(nowMs);
    if (kind !== Kind.Changes) for (const id of server.owners.keys()) if (!people.has(id)) people.set(id, '');
    let isAnyMoved = false;
    for (const [id, json] of people) isAnyMoved = this.#show(server, id, json) || isAnyMoved;
    return isAnyMoved;
  }

  #show({ owners }: Server, id: number, json: string): boolean {
    const before = owners.get(id);
    if (json === '') {
      owners.delete(id);
      return before !== undefined && this.#table.delete(id, before);
    }
    const owner = { number: OWNER_NUMBER };
    owners.set(id, owner);
    return this.#table.set(id, json, owner);
  }

  #sayEverybody(nowMs: number): void {
    this.#saidAtMs = nowMs;
    this.#changed.clear();
    this.#send(Kind.Everybody, this.#here);
  }

  #send(kind: number, people: ReadonlyMap<number, string>): boolean {
    this.#number = Math.max(this.#number + 1, this.#clockMs());
    return this.#say(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, kind);
        encoding.writeVarUint(encoder, this.#number);
        encoding.writeVarUint(encoder, people.size);
        for (const [id, json] of people) {
          encoding.writeVarUint(encoder, id);
          encoding.writeVarString(encoder, json);
        }
      }),
    );
  }
}
