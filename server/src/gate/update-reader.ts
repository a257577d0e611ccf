// Reads a Yjs v1 update in one pass over its bytes, against what is known, without making a single struct.
// Layout: count of sections; each: count of structs, client, first clock, structs; then the delete set:
// count of clients; each: client, count of ranges, (clock, length)s. Structs: yjs src/structs, src/utils/UpdateEncoder.

import { ByteReader, MalformedError } from './byte-reader.js';
import { type ClockRange, type KnownState, MAX_CLOCK } from './known-state.js';
import {
  CONTENT_BITS,
  Content,
  HAS_ORIGIN,
  HAS_PARENT_KEY,
  HAS_RIGHT_ORIGIN,
  STRUCT_GC,
  STRUCT_SKIP,
} from './struct-layout.js';

export interface GateLimits {
  /** Structs and deleted ranges of one update. Two bytes can hold one, and each costs every reader an object. */
  readonly maxParts: number;
  /** Clients of one update that are not known yet. */
  readonly maxNewClients: number;
}

export const defaultLimits: GateLimits = { maxParts: 200_000, maxNewClients: 1_000 };

/** For what was accepted once: limits may have been higher then. */
export const noLimits: GateLimits = { maxParts: Number.POSITIVE_INFINITY, maxNewClients: Number.POSITIVE_INFINITY };

/** The structs of one client in an update. */
export interface Section {
  readonly client: number;
  /** First clock that is not known; clocks before it, if the update has them, are a repetition. */
  readonly newFrom: number;
  readonly to: number;
  /** What is left without the structs that are wholly known. A `keptCount` of 0: nothing. */
  readonly keptCount: number;
  readonly keptFrom: number;
  readonly keptStart: number;
  readonly end: number;
  /** Whether a struct was left out, or the first one kept is known in part. */
  readonly repeats: boolean;
  /** What its structs need from other sections: flat triples (own clock, client, clock), own clocks rising. */
  readonly needs: readonly number[];
}

/** @param sections highest client first */
export function findSection(sections: readonly Section[], client: number): Section | undefined {
  let low = 0;
  let high = sections.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sections[middle]!.client > client) low = middle + 1;
    else high = middle;
  }
  const section = sections[low];
  return section?.client === client ? section : undefined;
}

/** `typeRef`s of types that carry a name (YXmlElement, YXmlHook), and the highest there is (YXmlText). */
const NAMED_TYPES: readonly number[] = [3, 5];
const LAST_TYPE = 6;

const noNeeds: readonly number[] = [];

/** Everything of one update. Read the sections first, then the delete set. */
export class UpdateReader extends ByteReader {
  /** Something is needed that is neither known nor in this update. */
  gap = false;
  /** New deletions, as far as read. */
  readonly deletes: ClockRange[] = [];
  /** How many of them lie in structs that arrive deleted; the delete set's own follow. */
  deletedStructs = 0;

  readonly #known: KnownState;
  readonly #limits: GateLimits;
  #parts = 0;
  #newClients = 0;
  /** The client of the section being read, and its newest clock, known or read. */
  #client = -1;
  #clock = 0;
  /** Answer to the last question about another client. */
  #otherClient = -1;
  #otherClock = 0;
  #needs: number[] | null = null;

  constructor(update: Uint8Array, known: KnownState, limits: GateLimits) {
    super(update);
    this.#known = known;
    this.#limits = limits;
  }

  readSections(): Section[] {
    const sections: Section[] = [];
    // Section: count, client, clock, and a struct of two bytes.
    for (let left = this.count(5); left > 0; left--) sections.push(this.#readSection());
    this.deletedStructs = this.deletes.length;
    return sections;
  }

  #readSection(): Section {
    const count = this.count(2);
    if (count === 0) throw new MalformedError('a client has no structs');
    this.#countParts(count);
    const client = this.uint();
    const firstClock = this.uint();
    const known = this.#known.clockOf(client);
    if (known === 0 && ++this.#newClients > this.#limits.maxNewClients) {
      throw new MalformedError('it has too many new clients');
    }
    if (firstClock > known) this.gap = true;

    this.#client = client;
    this.#needs = null;
    let clock = firstClock;
    let keptCount = 0;
    let keptFrom = 0;
    let keptStart = 0;
    for (let left = count; left > 0; left--) {
      const start = this.pos;
      this.#clock = clock;
      const length = this.#readStruct(known);
      const next = clock + length;
      if (length < 1) throw new MalformedError('a struct is empty');
      if (next > MAX_CLOCK) throw new MalformedError('a clock is above the limit');
      if (next > known) {
        if (keptCount++ === 0) {
          keptFrom = clock;
          keptStart = start;
        }
      }
      clock = next;
    }
    return {
      client,
      newFrom: known,
      to: clock,
      keptCount,
      keptFrom,
      keptStart,
      end: this.pos,
      repeats: firstClock < known,
      needs: this.#needs ?? noNeeds,
    };
  }

  #countParts(count: number): void {
    this.#parts += count;
    if (this.#parts > this.#limits.maxParts) throw new MalformedError('it has too many parts');
  }

  /** @returns its length in clocks */
  #readStruct(known: number): number {
    const info = this.byte();
    if (info === STRUCT_GC) {
      const length = this.uint();
      this.#addDeletedStruct(known, length);
      return length;
    }
    if (info === STRUCT_SKIP) {
      // Harmless where it steps over what is known: then it is left out with the rest of that.
      const length = this.uint();
      if (this.#clock + length > known) this.gap = true;
      return length;
    }

    let originClient = -1;
    let originClock = 0;
    let rightClient = -1;
    let rightClock = 0;
    if ((info & HAS_ORIGIN) !== 0) {
      originClient = this.uint();
      originClock = this.uint();
    }
    if ((info & HAS_RIGHT_ORIGIN) !== 0) {
      rightClient = this.uint();
      rightClock = this.uint();
    }
    if (originClient < 0 && rightClient < 0) {
      // With a neighbour the parent is the neighbour's, and is not written.
      const isRoot = this.uint();
      if (isRoot === 1) this.string();
      else if (isRoot === 0) {
        originClient = this.uint();
        originClock = this.uint();
      } else throw new MalformedError('a parent is neither a name nor an id');
      if ((info & HAS_PARENT_KEY) !== 0) this.string();
    }
    const kind = info & CONTENT_BITS;
    const length = this.#readContent(kind);
    if (this.#clock + length > known) {
      if (originClient >= 0) this.#need(originClient, originClock);
      if (rightClient >= 0) this.#need(rightClient, rightClock);
      if (kind === Content.Deleted) this.#addDeletedStruct(known, length);
    }
    return length;
  }

  /** @returns its length in clocks */
  #readContent(kind: number): number {
    switch (kind) {
      case Content.String:
        return this.string();
      case Content.Deleted:
        return this.uint();
      case Content.Any: {
        const count = this.count(1);
        for (let left = count; left > 0; left--) this.any();
        return count;
      }
      case Content.Type: {
        const type = this.uint();
        if (type > LAST_TYPE) throw new MalformedError(`no shared type has the number ${type}`);
        if (NAMED_TYPES.includes(type)) this.string();
        return 1;
      }
      case Content.Format:
        this.string();
        this.json();
        return 1;
      case Content.Embed:
        this.json();
        return 1;
      case Content.Binary:
        this.skip(this.uint());
        return 1;
      case Content.Json: {
        const count = this.count(1);
        this.#countParts(count);
        for (let left = count; left > 0; left--) this.json(true);
        return count;
      }
      case Content.Document:
        throw new MalformedError('documents within documents are not supported');
      default:
        throw new MalformedError(`no content has the number ${kind}`);
    }
  }

  /** The struct being read depends on (client, clock). */
  #need(client: number, clock: number): void {
    if (client === this.#client) {
      if (clock >= this.#clock) throw new MalformedError('a struct depends on itself or on a later one');
      return;
    }
    if (client !== this.#otherClient) {
      this.#otherClient = client;
      this.#otherClock = this.#known.clockOf(client);
    }
    if (clock < this.#otherClock) return;
    this.#needs ??= [];
    this.#needs.push(this.#clock, client, clock);
  }

  /** A struct that arrives deleted. What is known of it was alive or not by its own right. */
  #addDeletedStruct(known: number, length: number): void {
    const from = Math.max(this.#clock, known);
    const to = this.#clock + length;
    if (to <= from) return;
    this.deletes.push({ client: this.#client, from, to });
  }

  /**
   * Reads the delete set to the end of the update and adds what is new in it to `deletes`.
   *
   * @param clockOf a client's clock with this update applied
   * @returns whether any of it was known and is left out
   */
  readDeleteSet(clockOf: (client: number) => number): boolean {
    let repeats = false;
    for (let clients = this.count(2); clients > 0; clients--) {
      const client = this.uint();
      const ranges = this.count(2);
      this.#countParts(1 + ranges);
      if (ranges === 0) continue;
      const end = clockOf(client);
      for (let unread = ranges; unread > 0; unread--) {
        const from = this.uint();
        const length = this.uint();
        const to = from + length;
        if (length < 1) throw new MalformedError('a deletion is empty');
        if (to > MAX_CLOCK) throw new MalformedError('a clock is above the limit');
        if (to > end) this.gap = true;
        const left = this.#known.undeleted(client, from, to);
        if (left.from < left.to) this.deletes.push({ client, from: left.from, to: left.to });
        if (left.from !== from || left.to !== to) repeats = true;
      }
    }
    if (this.remaining > 0) throw new MalformedError('bytes are left over');
    return repeats;
  }
}
