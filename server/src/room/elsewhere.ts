// People who are in the same room at other servers. Each server says who is at it: changes as they come, and everybody now and
// then, which also says that it is still there: one that says nothing for a while is gone, and its people with it.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { PresenceTable } from './presence-table.js';

/** Everybody is said this often, */
const SAY_EVERY_MS = 5000;
/** and who was not said for so long is gone. */
const LIFETIME_MS = 15_000;

const Kind = { Changes: 0, Everybody: 1, WhoIsThere: 2 } as const;

/** Below that of every connection here: whoever comes here from there is here. */
const OWNER_NUMBER = 0;

interface Server {
  /** Who said where they are, by presence id; each time anew, for one whose id was taken over is not heard again. */
  owners: Map<number, { readonly number: number }>;
  heardAtMs: number;
  /** Of its newest message: what comes late or again is not heard. */
  number: number;
}

export class Elsewhere {
  readonly #table: PresenceTable;
  readonly #say: (message: Uint8Array) => boolean;
  readonly #servers = new Map<string, Server>();
  /** People here who moved, came or left, and what is to be said of them; '' when they are gone. */
  readonly #changed = new Map<number, string>();
  readonly #here = new Map<number, string>();
  #saidAtMs: number;
  /** Of the newest message: of a room that was closed and opened again as well, so milliseconds. */
  #number = 0;

  /** @param say gives a message to the other servers; false where there are none */
  constructor(table: PresenceTable, say: (message: Uint8Array) => boolean, nowMs: number) {
    this.#table = table;
    this.#say = say;
    this.#saidAtMs = nowMs;
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
      if (nowMs - server.heardAtMs < LIFETIME_MS) continue;
      this.#servers.delete(name);
      for (const [id, owner] of server.owners) isAnyGone = this.#table.delete(id, owner) || isAnyGone;
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
    if (number <= server.number) return false;
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
    this.#number = Math.max(this.#number + 1, Date.now());
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
