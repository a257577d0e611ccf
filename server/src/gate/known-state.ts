// What is known of a document without holding it: its state vector and its delete set. Two documents with equal known
// state show the same text; a state vector alone does not say so, for it knows nothing of deletions (J1, J2).
//
// Yjs deletes some things without a word on the wire (a value of a map that another replaced, what was written inside
// something already deleted), so a Y.Doc's delete set may hold more than this one until somebody sends it.

import * as encoding from 'lib0/encoding';
import { ByteReader, MalformedError } from './byte-reader.js';
import { ClockRanges } from './clock-ranges.js';

/** Clocks [from, to) of one client. */
export interface ClockRange {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

/** What an update adds to the state it was checked against. */
export interface Change {
  /** New structs: at most one range per client, beginning where the known ones end. */
  readonly structs: readonly ClockRange[];
  /** New deletions, those of structs that arrive deleted among them. Ranges may overlap each other and what is known. */
  readonly deletes: readonly ClockRange[];
}

/** Clocks stay below this, so that they are small integers everywhere. */
export const MAX_CLOCK = 2 ** 31 - 1;

export class KnownState {
  readonly #clocks = new Map<number, number>();
  readonly #deleted = new Map<number, ClockRanges>();

  /**
   * @param stateVector as Y.encodeStateVector writes it
   * @param deleteSet as it stands at the end of a Yjs v1 update
   * @throws MalformedError
   */
  static decode(stateVector: Uint8Array, deleteSet: Uint8Array): KnownState {
    const state = new KnownState();
    const clocks = new ByteReader(stateVector);
    for (let left = clocks.count(2); left > 0; left--) {
      const client = clocks.uint();
      const clock = clocks.uint();
      if (clock > MAX_CLOCK) throw new MalformedError(`clock ${clock} is above the limit`);
      if (clock > 0) state.#clocks.set(client, clock);
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
    return this.#clocks.get(client) ?? 0;
  }

  /**
   * The part of [from, to) that is left without what is known to be deleted at its ends; nothing when `from` is not below
   * `to`. In the middle something may be known: deleting it again changes nothing, and a range stays a range.
   */
  undeleted(client: number, from: number, to: number): { readonly from: number; readonly to: number } {
    const ranges = this.#deleted.get(client);
    return ranges ? { from: ranges.firstMissing(from), to: ranges.endOfMissing(to) } : { from, to };
  }

  /** Takes in what checkUpdate found. Adding the same change twice adds nothing. */
  add(change: Change): void {
    for (const { client, from, to } of change.structs) {
      const clock = this.clockOf(client);
      if (from > clock) throw new RangeError(`client ${client}: known up to ${clock}, the change begins at ${from}`);
      if (to > clock) this.#clocks.set(client, to);
    }
    const { deletes } = change;
    for (let i = 0; i < deletes.length; ) {
      const { client } = deletes[i]!;
      const bounds: number[] = [];
      for (; i < deletes.length && deletes[i]!.client === client; i += 1) bounds.push(deletes[i]!.from, deletes[i]!.to);
      this.#addDeletes(client, bounds);
    }
  }

  #addDeletes(client: number, bounds: readonly number[]): void {
    let ranges = this.#deleted.get(client);
    if (!ranges) {
      ranges = new ClockRanges();
      this.#deleted.set(client, ranges);
    }
    ranges.addAll(bounds);
  }

  /** Same structs: their state vectors are equal. */
  hasSameClocks(other: KnownState): boolean {
    if (this.#clocks.size !== other.#clocks.size) return false;
    for (const [client, clock] of this.#clocks) if (other.clockOf(client) !== clock) return false;
    return true;
  }

  /** Whether every struct the other knows is known here. */
  hasStructsOf(other: KnownState): boolean {
    for (const [client, clock] of other.#clocks) if (clock > this.clockOf(client)) return false;
    return true;
  }

  /** Whether everything the other knows to be deleted is known to be deleted here. */
  hasDeletesOf(other: KnownState): boolean {
    let all = true;
    for (const [client, ranges] of other.#deleted) {
      ranges.forEach((from, to) => {
        all &&= this.undeleted(client, from, to).from >= to;
      });
    }
    return all;
  }

  isEqual(other: KnownState): boolean {
    if (!this.hasSameClocks(other) || this.#deleted.size !== other.#deleted.size) return false;
    for (const [client, ranges] of this.#deleted) {
      const others = other.#deleted.get(client);
      if (!others || !ranges.isEqual(others)) return false;
    }
    return true;
  }

  copy(): KnownState {
    const copy = new KnownState();
    for (const [client, clock] of this.#clocks) copy.#clocks.set(client, clock);
    for (const [client, ranges] of this.#deleted) copy.#deleted.set(client, ranges.copy());
    return copy;
  }

  /**
   * In the form and order of Y.encodeStateVector: equal states give equal bytes.
   *
   * @param without the newest changes added, oldest first, to be left out again
   */
  encodeStateVector(without: readonly Change[] = []): Uint8Array {
    const clocks = without.length === 0 ? this.#clocks : new Map(this.#clocks);
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
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, this.#deleted.size);
      for (const [client, ranges] of [...this.#deleted].sort(byClientDescending)) {
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
