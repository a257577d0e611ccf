// Reads a Yjs v1 update in one pass over its bytes, against what is known. What is new is noted as a row of numbers each.
// Layout: count of sections; each: count of structs, client, first clock, structs; then the delete set:
// count of clients; each: client, count of ranges, (clock, length)s. Structs: yjs src/structs, src/utils/UpdateEncoder.

import { ByteReader, MalformedError } from './byte-reader.js';
import type { GateLimits } from './gate-limits.js';
import { type ClientState, type ClockRange, type KnownState, MAX_CLOCK, rootListName } from './known-state.js';
import { Places } from './places.js';
import {
  CONTENT_BITS,
  Content,
  HAS_ORIGIN,
  HAS_PARENT_KEY,
  HAS_RIGHT_ORIGIN,
  STRUCT_GC,
  STRUCT_SKIP,
} from './struct-layout.js';

/**
 * Where in `UpdateReader.structs` the numbers of one struct are. `Origin` and `Right` are followed by their clock; a
 * client of -1: there is none. Without either, `Origin` is the parent: an id, or client -1 and the list of a root; and the
 * clock of `Right` is where the key is written, if there is one.
 */
export const At = { From: 0, To: 1, Start: 2, Info: 3, Origin: 4, Right: 6, Stride: 8 } as const;

/** The structs of one client in an update. */
export interface Section {
  readonly client: number;
  readonly known: ClientState | undefined;
  /** First clock that is not known; clocks before it, if the update has them, are a repetition. */
  readonly newFrom: number;
  readonly to: number;
  /** Where the first struct that is not wholly known begins in `structs`. */
  readonly first: number;
  readonly end: number;
  /** Whether a struct is known, wholly or in part. */
  readonly repeats: boolean;

  // How far its integration is.
  /** Where the next struct begins in `structs`. */
  next: number;
  clock: number;
  /** It goes no further. */
  isStuck: boolean;
  isWaiting: boolean;
  /** Of what is new. */
  readonly places: Places;
  /** Whether the first of it was written right behind what is known. */
  follows: boolean;
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

/** As lib0 decodes: a byte order mark is a character. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Checks that are over when they return share what they note structs in, unless that is very long. */
let scratch = new Float64Array(1024);
const MAX_SCRATCH = 2 ** 18;

/** Everything of one update. Read the sections first, then the delete set. */
export class UpdateReader extends ByteReader {
  /** Structs that are not wholly known, by section: see `At`. */
  structs: Float64Array;
  /** How much of it is in use. */
  #used = 0;
  /** Lists of root types that nobody knew: see `rootListName`; null when there are none. */
  newRoots: Map<string, number> | null = null;
  /** New deletions, as far as read. */
  readonly deletes: ClockRange[] = [];
  /** How many of them lie in structs that arrive deleted; the delete set's own follow. */
  deletedStructs = 0;

  readonly #known: KnownState;
  readonly #limits: GateLimits;
  readonly #mayWriteAs: (client: number) => boolean;
  readonly #isAlone: boolean;
  #parts = 0;
  #newClients = 0;
  /** Where the delete set begins. */
  #deleteSetAt = 0;
  /** The client of the section being read, and its newest clock, known or read. */
  #client = -1;
  #clock = 0;
  // The ids of the struct being read, as in `structs`.
  #originClient = -1;
  #originClock = 0;
  #rightClient = -1;
  #rightClock = 0;

  /** @param isAlone whether this is over before anything else is checked */
  constructor(
    update: Uint8Array,
    known: KnownState,
    limits: GateLimits,
    mayWriteAs: (client: number) => boolean,
    isAlone: boolean,
  ) {
    super(update);
    this.structs = isAlone ? scratch : new Float64Array(scratch.length);
    this.#isAlone = isAlone;
    this.#known = known;
    this.#limits = limits;
    this.#mayWriteAs = mayWriteAs;
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
    const state = this.#known.client(client);
    const known = state?.clock ?? 0;
    if (known === 0) this.#countNewClient();

    this.#client = client;
    const first = this.#used;
    let clock = firstClock;
    for (let left = count; left > 0; left--) {
      const start = this.pos;
      this.#clock = clock;
      const info = this.byte();
      const length = this.#readStruct(info, known);
      const next = clock + length;
      if (length < 1) throw new MalformedError('a struct is empty');
      if (next > MAX_CLOCK) throw new MalformedError('a clock is above the limit');
      if (clock >= known || info === STRUCT_GC || info === STRUCT_SKIP) {
        if (next > known) this.#note(clock, next, start, info);
      } else if (next > known) {
        // As it will be cut, it follows the part that is known.
        this.#originClient = client;
        this.#originClock = known - 1;
        this.#note(clock, next, start, info | HAS_ORIGIN);
      }
      clock = next;
    }
    return {
      client,
      known: state,
      newFrom: known,
      to: clock,
      first,
      end: this.pos,
      repeats: firstClock < known,
      next: first,
      clock: known,
      isStuck: firstClock > known || (clock > known && !this.#mayWriteAs(client)),
      isWaiting: false,
      places: new Places(),
      follows: false,
    };
  }

  #note(from: number, to: number, start: number, info: number): void {
    const at = this.#used;
    this.#used += At.Stride;
    if (this.#used > this.structs.length) this.#widen();
    const { structs } = this;
    structs[at] = from;
    structs[at + 1] = to;
    structs[at + 2] = start;
    structs[at + 3] = info;
    structs[at + 4] = this.#originClient;
    structs[at + 5] = this.#originClock;
    structs[at + 6] = this.#rightClient;
    structs[at + 7] = this.#rightClock;
  }

  #widen(): void {
    const wider = new Float64Array(2 * this.structs.length);
    wider.set(this.structs);
    this.structs = wider;
    if (this.#isAlone && wider.length <= MAX_SCRATCH) scratch = wider;
  }

  #countNewClient(): void {
    this.#newClients += 1;
    const { maxNewClients, bytesPerNewClient } = this.#limits;
    if (this.#newClients > maxNewClients && this.#newClients * bytesPerNewClient > this.bytes.length) {
      throw new MalformedError('it has too many new clients');
    }
  }

  #countParts(count: number): void {
    this.#parts += count;
    if (this.#parts > this.#limits.maxParts) throw new MalformedError('it has too many parts');
  }

  /** @returns its length in clocks */
  #readStruct(info: number, known: number): number {
    this.#originClient = -1;
    this.#rightClient = -1;
    if (info === STRUCT_GC) {
      const length = this.uint();
      this.#addDeletedStruct(known, length);
      return length;
    }
    // Harmless where it steps over what is known: then it is left out with the rest of that.
    if (info === STRUCT_SKIP) return this.uint();

    let rootAt = -1;
    if ((info & HAS_ORIGIN) !== 0) this.#readOrigin();
    if ((info & HAS_RIGHT_ORIGIN) !== 0) {
      this.#rightClient = this.uint();
      this.#rightClock = this.uint();
      this.#checkOrder(this.#rightClient, this.#rightClock);
    }
    if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
      // With a neighbour the parent is the neighbour's, and is not written.
      const isRoot = this.uint();
      if (isRoot === 1) {
        rootAt = this.pos;
        this.string();
      } else if (isRoot === 0) this.#readOrigin();
      else throw new MalformedError('a parent is neither a name nor an id');
      this.#rightClock = this.pos;
      if ((info & HAS_PARENT_KEY) !== 0) this.string();
    }
    const kind = info & CONTENT_BITS;
    const length = this.#readContent(kind);
    if (this.#clock + length > known) {
      if (kind === Content.Deleted) this.#addDeletedStruct(known, length);
      if (rootAt >= 0) this.#originClock = this.#rootList(this.textAt(rootAt));
    }
    return length;
  }

  #readOrigin(): void {
    this.#originClient = this.uint();
    this.#originClock = this.uint();
    this.#checkOrder(this.#originClient, this.#originClock);
  }

  #checkOrder(client: number, clock: number): void {
    if (client === this.#client && clock >= this.#clock) {
      throw new MalformedError('a struct depends on itself or on a later one');
    }
  }

  /** The string that is written at `pos`, which has been read. */
  textAt(pos: number): string {
    const text = new ByteReader(this.bytes);
    text.pos = pos;
    const length = text.uint();
    return utf8.decode(this.bytes.subarray(text.pos, text.pos + length));
  }

  /** @returns the list of the root type with this name */
  #rootList(root: string): number {
    const { maxRootNameUnits, maxRoots, rootNames } = this.#limits;
    const name = rootListName(root);
    const list = this.#known.listNamed(name) ?? this.newRoots?.get(name);
    if (list !== undefined) return list;
    if (root.length > maxRootNameUnits) throw new MalformedError('the name of a part of the document is too long');
    if (rootNames !== null && !rootNames.has(root)) {
      throw new MalformedError(`documents here have no part with the name ${JSON.stringify(root)}`);
    }
    this.newRoots ??= new Map();
    if (this.#known.rootCount + this.newRoots.size >= maxRoots) {
      throw new MalformedError(`the document would have more than ${maxRoots} parts with names of their own`);
    }
    const added = this.#known.listCount + this.newRoots.size;
    this.newRoots.set(name, added);
    return added;
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
   * @param clockOf a client's clock with what is taken of this update
   * @returns whether any of it was known and is left out, or has to be for want of what it deletes
   */
  readDeleteSet(clockOf: (client: number) => number): { readonly repeats: boolean; readonly isCut: boolean } {
    this.#deleteSetAt = this.pos;
    let repeats = false;
    let isCut = false;
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
        if (to > end) isCut = true;
        const left = this.#known.undeleted(client, from, Math.min(to, end));
        if (left.from < left.to) this.deletes.push({ client, from: left.from, to: left.to });
        if (left.from !== from || left.to !== to) repeats = true;
      }
    }
    if (this.remaining > 0) throw new MalformedError('bytes are left over');
    return { repeats, isCut };
  }

  /** All that the delete set says of what is there, known or not; to be called after `readDeleteSet`, with the same. */
  rereadDeleteSet(
    clockOf: (client: number) => number,
    visit: (client: number, from: number, to: number) => void,
  ): void {
    this.pos = this.#deleteSetAt;
    for (let clients = this.count(2); clients > 0; clients--) {
      const client = this.uint();
      const end = clockOf(client);
      for (let unread = this.count(2); unread > 0; unread--) {
        const from = this.uint();
        const to = Math.min(from + this.uint(), end);
        if (from < to) visit(client, from, to);
      }
    }
  }
}
