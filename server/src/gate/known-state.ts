// What is known of a document without holding it: its state vector and its delete set. Two documents with equal known
// state show the same text; a state vector alone does not say so, for it knows nothing of deletions (J1, J2).
//
// Yjs deletes some things without a word on the wire (a value of a map that another replaced, what was written inside
// something already deleted), so a Y.Doc's delete set may hold more than this one until somebody sends it.

import * as encoding from 'lib0/encoding';
import { ByteReader, MalformedError } from './byte-reader.js';
import { ClockRanges } from './clock-ranges.js';
import { NOWHERE, Places } from './places.js';
import { type NewRivals, Rivals } from './rivals.js';

/** Clocks [from, to) of one client. */
export interface ClockRange {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

export interface StructRange extends ClockRange {
  /** Of these clocks; without it they count as collected. */
  readonly places?: Places;
  /** Whether the first of them was written right behind what is known. */
  readonly follows?: boolean;
}

/** Lists that an update brings, numbered from `first` on. */
export interface NewLists {
  readonly first: number;
  /** Of each: 2 × how many types are around it, and one more when it is what was under a key. */
  readonly depths: readonly number[];
  /** The numbers of those that have a name: see `rootListName` and `keyListName`. */
  readonly names: ReadonlyMap<string, number>;
  readonly newRoots: number;
}

export const rootListName = (root: string): string => `/${root}`;
/** @param list that of the type with the key */
export const keyListName = (list: number, key: string): string => `${list}/${key}`;

/** What an update adds to the state it was checked against. */
export interface Change {
  /** New structs: at most one range per client, beginning where the known ones end. */
  readonly structs: readonly StructRange[];
  readonly lists?: NewLists | undefined;
  readonly rivals?: NewRivals;
  /** New deletions, those of structs that arrive deleted among them. Ranges may overlap each other and what is known. */
  readonly deletes: readonly ClockRange[];
}

/** Clocks stay below this, so that they are small integers everywhere. */
export const MAX_CLOCK = 2 ** 31 - 1;

/** A delete set without clients. */
const NO_DELETES = Uint8Array.of(0);

/** What is known of one client's structs; only KnownState changes it. */
export class ClientState {
  /** Of its next struct. */
  clock = 0;
  deleted: ClockRanges | null = null;
  places = new Places();
}

export class KnownState {
  readonly #clients = new Map<number, ClientState>();
  /** As in `NewLists.depths`, by number; list 0 is nobody's. */
  readonly #depths: number[] = [0];
  readonly #listNames = new Map<string, number>();
  #rootCount = 0;
  #deletedRanges = 0;
  rivals = new Rivals();

  /**
   * @param stateVector as Y.encodeStateVector writes it
   * @param deleteSet as it stands at the end of a Yjs v1 update; without one no deletion is known
   * @throws MalformedError
   */
  static decode(stateVector: Uint8Array, deleteSet: Uint8Array = NO_DELETES): KnownState {
    const state = new KnownState();
    const clocks = new ByteReader(stateVector);
    for (let left = clocks.count(2); left > 0; left--) {
      const client = clocks.uint();
      const clock = clocks.uint();
      if (clock > MAX_CLOCK) throw new MalformedError(`clock ${clock} is above the limit`);
      if (clock > 0) state.#take({ client, from: 0, to: clock });
    }
    const deletes = new ByteReader(deleteSet);
    for (let clients = deletes.count(2); clients > 0; clients--) {
      const client = deletes.uint();
      const bounds: number[] = [];
      for (let left = deletes.count(2); left > 0; left--) {
        const from = deletes.uint();
        const to = from + deletes.uint();
        if (to > MAX_CLOCK) throw new MalformedError(`clock ${to} is above the limit`);
        if (to > from) bounds.push(from, to);
      }
      if (bounds.length > 0) state.#addDeletes(client, bounds);
    }
    if (clocks.remaining + deletes.remaining > 0) throw new MalformedError('bytes are left over');
    return state;
  }

  /** The clock the client's next struct will have: 0 for a client never heard of. */
  clockOf(client: number): number {
    return this.#clients.get(client)?.clock ?? 0;
  }

  client(client: number): ClientState | undefined {
    return this.#clients.get(client);
  }

  /** How many lists there are; the next one that comes has this number. */
  get listCount(): number {
    return this.#depths.length;
  }
  get rootCount(): number {
    return this.#rootCount;
  }
  /** How many clients anything is known of. */
  get clientCount(): number {
    return this.#clients.size;
  }
  /** Of all clients: how long the delete set is takes no look at all of them. */
  get deletedRanges(): number {
    return this.#deletedRanges;
  }
  listNamed(name: string): number | undefined {
    return this.#listNames.get(name);
  }
  /** As in `NewLists.depths`. */
  depthOf(list: number): number {
    return this.#depths[list]!;
  }

  /**
   * The part of [from, to) that is left without what is known to be deleted at its ends; nothing when `from` is not below
   * `to`. In the middle something may be known: deleting it again changes nothing, and a range stays a range.
   */
  undeleted(client: number, from: number, to: number): { readonly from: number; readonly to: number } {
    const ranges = this.#clients.get(client)?.deleted;
    return ranges ? { from: ranges.firstMissing(from), to: ranges.endOfMissing(to) } : { from, to };
  }

  /** Takes in what checkUpdate found. Adding the same change twice adds nothing. */
  add(change: Change): void {
    const isNew = change.structs.length === 0 || change.structs.some(({ client, to }) => to > this.clockOf(client));
    if (isNew && change.lists) this.#addLists(change.lists);
    if (isNew && change.rivals) this.rivals.add(change.rivals, this.listCount);
    for (const range of change.structs) this.#take(range);
    const { deletes } = change;
    for (let i = 0; i < deletes.length; ) {
      const { client } = deletes[i]!;
      const bounds: number[] = [];
      for (; i < deletes.length && deletes[i]!.client === client; i += 1) bounds.push(deletes[i]!.from, deletes[i]!.to);
      this.#addDeletes(client, bounds);
    }
  }

  #addLists({ first, depths, names, newRoots }: NewLists): void {
    if (depths.length === 0) return;
    if (first !== this.listCount)
      throw new RangeError(`${this.listCount} lists are known, the change begins at ${first}`);
    for (const depth of depths) this.#depths.push(depth);
    for (const [name, number] of names) this.#listNames.set(name, number);
    this.#rootCount += newRoots;
  }

  #take({ client, from, to, places, follows = false }: StructRange): void {
    const state = this.#stateOf(client);
    const { clock } = state;
    if (from > clock) throw new RangeError(`client ${client}: known up to ${clock}, the change begins at ${from}`);
    if (to <= clock) return;
    if (places && from === clock) state.places.addAll(places, follows);
    else state.places.append(clock, NOWHERE, true);
    state.clock = to;
  }

  #stateOf(client: number): ClientState {
    let state = this.#clients.get(client);
    if (!state) {
      state = new ClientState();
      this.#clients.set(client, state);
    }
    return state;
  }

  #addDeletes(client: number, bounds: readonly number[]): void {
    const state = this.#stateOf(client);
    state.deleted ??= new ClockRanges();
    this.#deletedRanges -= state.deleted.count;
    state.deleted.addAll(bounds);
    this.#deletedRanges += state.deleted.count;
  }

  /** Same structs: their state vectors are equal. */
  hasSameClocks(other: KnownState): boolean {
    return this.hasStructsOf(other) && other.hasStructsOf(this);
  }

  /** Whether every struct the other knows is known here. */
  hasStructsOf(other: KnownState): boolean {
    for (const [client, { clock }] of other.#clients) if (clock > this.clockOf(client)) return false;
    return true;
  }

  /** Whether everything the other knows to be deleted is known to be deleted here. */
  hasDeletesOf(other: KnownState): boolean {
    let all = true;
    for (const [client, { deleted }] of other.#clients) {
      deleted?.forEach((from, to) => {
        all &&= this.undeleted(client, from, to).from >= to;
      });
    }
    return all;
  }

  isEqual(other: KnownState): boolean {
    if (!this.hasSameClocks(other)) return false;
    const none = new ClockRanges();
    for (const client of new Set([...this.#clients.keys(), ...other.#clients.keys()])) {
      const theirs = other.#clients.get(client)?.deleted ?? none;
      if (!(this.#clients.get(client)?.deleted ?? none).isEqual(theirs)) return false;
    }
    return true;
  }

  /** The same clocks and deletions, without the places. What is deleted is shared: only one of both may be added to. */
  withoutPlaces(): KnownState {
    const bare = new KnownState();
    for (const [client, { clock, deleted }] of this.#clients) {
      const state = bare.#stateOf(client);
      if (clock > 0) state.places.append(0, NOWHERE, true);
      state.clock = clock;
      state.deleted = deleted;
    }
    bare.#deletedRanges = this.#deletedRanges;
    return bare;
  }

  copy(): KnownState {
    const copy = new KnownState();
    for (const [client, { clock, deleted, places }] of this.#clients) {
      const state = copy.#stateOf(client);
      state.clock = clock;
      state.deleted = deleted?.copy() ?? null;
      state.places = places.copy();
    }
    for (const depth of this.#depths.slice(1)) copy.#depths.push(depth);
    for (const [name, number] of this.#listNames) copy.#listNames.set(name, number);
    copy.#rootCount = this.#rootCount;
    copy.#deletedRanges = this.#deletedRanges;
    copy.rivals = this.rivals.copy();
    return copy;
  }

  /**
   * In the form and order of Y.encodeStateVector: equal states give equal bytes.
   *
   * @param without the newest changes added, oldest first, to be left out again
   */
  encodeStateVector(without: readonly Change[] = []): Uint8Array {
    const clocks = new Map<number, number>();
    for (const [client, { clock }] of this.#clients) if (clock > 0) clocks.set(client, clock);
    for (const change of without.toReversed()) {
      for (const { client, from } of change.structs) from === 0 ? clocks.delete(client) : clocks.set(client, from);
    }
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, clocks.size);
      for (const [client, clock] of [...clocks].sort(byClientDescending)) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
      }
    });
  }

  /** In the form and order of the delete set at the end of a Yjs v1 update: equal states give equal bytes. */
  encodeDeleteSet(): Uint8Array {
    const deleted: [number, ClockRanges][] = [];
    for (const [client, state] of this.#clients) if (state.deleted) deleted.push([client, state.deleted]);
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, deleted.length);
      for (const [client, ranges] of deleted.sort(byClientDescending)) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, ranges.count);
        ranges.forEach((from, to) => {
          encoding.writeVarUint(encoder, from);
          encoding.writeVarUint(encoder, to - from);
        });
      }
    });
  }
}

const byClientDescending = (a: readonly [number, unknown], b: readonly [number, unknown]): number => b[0] - a[0];
