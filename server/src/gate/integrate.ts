// Integrates the structs of an update as Yjs would, but in name only: each client's in the order of its clocks, each after
// those it depends on (G1), each in the place that its neighbours or its parent give it (G2). What cannot be is left out,
// with all that depends on it (G4). A struct waits at most once for each of its ids: linear, without recursion.

import { MalformedError } from './byte-reader.js';
import type { GateLimits } from './gate-limits.js';
import { type ClientState, type ClockRange, type KnownState, keyListName, type NewLists } from './known-state.js';
import { NOWHERE, type Places } from './places.js';
import { certain, LIST_START, NewRivals } from './rivals.js';
import {
  CONTENT_BITS,
  Content,
  HAS_ORIGIN,
  HAS_PARENT_KEY,
  HAS_RIGHT_ORIGIN,
  STRUCT_GC,
  STRUCT_SKIP,
} from './struct-layout.js';
import { At, findSection, type Section, type UpdateReader } from './update-reader.js';

/** A section on its way to a clock. */
interface Goal {
  readonly section: Section;
  readonly until: number;
}

const noNames: ReadonlyMap<string, number> = new Map();

type Readiness = 'ready' | 'waiting' | 'missing';

export class Integration {
  readonly #known: KnownState;
  readonly #limits: GateLimits;
  readonly #sections: readonly Section[];
  readonly #structs: Float64Array;
  readonly #reader: UpdateReader;
  readonly #firstList: number;
  readonly #depths: number[];
  /** Of new lists; null while none has one. */
  #names: Map<string, number> | null;
  readonly #newRoots: number;
  /** Values under a key that have more than one clock. */
  readonly wideValues: ClockRange[] = [];
  readonly rivals = new NewRivals();
  /** What is known, and what arrives, of the other client that was asked about last. */
  #otherClient = -1;
  #otherKnown: ClientState | undefined;
  #otherSection: Section | undefined;

  /** @param sections highest client first */
  constructor(reader: UpdateReader, sections: readonly Section[], known: KnownState, limits: GateLimits) {
    this.#known = known;
    this.#limits = limits;
    this.#sections = sections;
    this.#structs = reader.structs;
    this.#reader = reader;
    this.#firstList = known.listCount;
    this.#names = reader.newRoots;
    this.#newRoots = reader.newRoots?.size ?? 0;
    this.#depths = new Array<number>(this.#newRoots).fill(0);
  }

  get lists(): NewLists | undefined {
    if (this.#depths.length === 0) return undefined;
    return { first: this.#firstList, depths: this.#depths, names: this.#names ?? noNames, newRoots: this.#newRoots };
  }

  /** Whether what is new makes Yjs look at more items than it may. */
  get isTangled(): boolean {
    const { steps, items } = this.#known.rivals;
    const { maxSteps, stepsPerItem } = this.#limits;
    return this.rivals.steps > 0 && steps + this.rivals.steps > maxSteps + stepsPerItem * (items + this.rivals.items);
  }

  /** Moves the `clock` of every section as far as it goes. @throws MalformedError */
  run(): void {
    const stack: Goal[] = [];
    for (const first of this.#sections) {
      stack.push({ section: first, until: first.to });
      first.isWaiting = true;
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const needed = this.#advance(top);
        if (needed === null) {
          top.section.isWaiting = false;
          stack.pop();
        } else if (needed.section.isWaiting) {
          // They wait for each other: there is no order.
          top.section.isStuck = true;
        } else {
          needed.section.isWaiting = true;
          stack.push(needed);
        }
      }
    }
  }

  /** @returns what has to be reached first, or null: it is where it should be, or goes no further */
  #advance({ section, until }: Goal): Goal | null {
    const structs = this.#structs;
    while (section.clock < until && !section.isStuck) {
      const at = section.next;
      for (let id = at + At.Origin; id <= at + At.Right; id += 2) {
        const client = structs[id]!;
        // Of its own client it is an earlier one: the reader has seen to that.
        if (client < 0 || client === section.client) continue;
        const readiness = this.#readinessOf(client, structs[id + 1]!);
        if (readiness === 'ready') continue;
        if (readiness === 'waiting') return { section: this.#otherSection!, until: structs[id + 1]! + 1 };
        section.isStuck = true;
        return null;
      }
      if (structs[at + At.Info] === STRUCT_SKIP) {
        section.isStuck = true;
        return null;
      }
      this.#integrate(section, at);
      section.next += At.Stride;
      section.clock = structs[at + At.To]!;
    }
    return null;
  }

  #readinessOf(client: number, clock: number): Readiness {
    this.#turnTo(client);
    if (this.#otherKnown !== undefined && clock < this.#otherKnown.clock) return 'ready';
    const section = this.#otherSection;
    if (section === undefined || clock >= section.to) return 'missing';
    if (clock < section.clock) return 'ready';
    return section.isStuck ? 'missing' : 'waiting';
  }

  #turnTo(client: number): void {
    if (client === this.#otherClient) return;
    this.#otherClient = client;
    this.#otherKnown = this.#known.client(client);
    this.#otherSection = findSection(this.#sections, client);
  }

  #integrate(section: Section, at: number): void {
    const structs = this.#structs;
    const info = structs[at + At.Info]!;
    const from = section.clock;
    const list = info === STRUCT_GC ? NOWHERE : this.#listOf(section, at, info);
    const follows =
      list === NOWHERE ||
      ((info & HAS_ORIGIN) !== 0 &&
        structs[at + At.Origin] === section.client &&
        structs[at + At.Origin + 1] === from - 1);
    section.places.append(from, list, follows);
    if (from === section.newFrom) section.follows = follows;
    if (list === NOWHERE) return;

    this.#weigh(section, at, info, list, follows);
    const depth = this.#depthOf(list);
    if ((depth & 1) === 1 && structs[at + At.To]! > from + 1) {
      this.wideValues.push({ client: section.client, from, to: structs[at + At.To]! });
    }
    if ((info & CONTENT_BITS) !== Content.Type) return;
    if (depth >>> 1 >= this.#limits.maxDepth) {
      throw new MalformedError(`elements are more than ${this.#limits.maxDepth} deep in each other`);
    }
    section.places.addType(from, this.#addList((depth | 1) + 1));
  }

  #addList(depth: number): number {
    this.#depths.push(depth);
    return this.#firstList + this.#depths.length - 1;
  }

  /** Notes what it takes to find the place of an item between its neighbours: see rivals.ts. */
  #weigh(section: Section, at: number, info: number, list: number, follows: boolean): void {
    const structs = this.#structs;
    const { rivals } = this;
    const from = section.clock;
    const own = section.client;
    const hasOrigin = (info & HAS_ORIGIN) !== 0;
    const leftClient = hasOrigin ? structs[at + At.Origin]! : LIST_START;
    const leftClock = hasOrigin ? structs[at + At.Origin + 1]! : list;
    let first = rivals.first(leftClient, leftClock);
    // What is new itself cannot have a known neighbour.
    if (!first && !(follows && from > section.newFrom)) first = this.#known.rivals.first(leftClient, leftClock);
    // What follows text is soon one with it.
    let cuts = follows && from === section.newFrom && (info & CONTENT_BITS) === Content.String ? -1 : 0;
    if (!first && !follows && hasOrigin && this.#isFollowed(section, leftClient, leftClock)) {
      first = certain(leftClient, leftClock + 1);
      cuts = 1;
    }

    rivals.items += 1;
    if (first) {
      const rightClient = (info & HAS_RIGHT_ORIGIN) === 0 ? -1 : structs[at + At.Right]!;
      const rightClock = structs[at + At.Right + 1]!;
      const isBeside =
        rightClient >= 0 &&
        ((rightClient === first.client && rightClock === first.clock) ||
          (rightClient === first.otherClient && rightClock === first.otherClock));
      if (isBeside) rivals.setFirst(leftClient, leftClock, certain(own, from));
      else {
        if (rightClient >= 0 && this.#isFollowed(section, rightClient, rightClock - 1)) cuts += 1;
        rivals.steps += 1 + this.#known.rivals.sizeOf(list) + rivals.sizeOf(list);
        // The lower client comes first, but for what their right neighbours have to say.
        if (own <= first.client) {
          const { client: otherClient, clock: otherClock } = first;
          rivals.setFirst(leftClient, leftClock, { client: own, clock: from, otherClient, otherClock });
        }
      }
    } else if (!follows) rivals.setFirst(leftClient, leftClock, certain(own, from));
    if (cuts > -1) rivals.grow(list, 1 + cuts);
  }

  /** Whether the next clock of the client is known or integrated, and was written right behind this one. */
  #isFollowed(section: Section, client: number, clock: number): boolean {
    const next = clock + 1;
    let arriving: Section | undefined = section;
    let known = section.known;
    if (client !== section.client) {
      this.#turnTo(client);
      arriving = this.#otherSection;
      known = this.#otherKnown;
    }
    if (known !== undefined && next < known.clock) return known.places.follows(next);
    if (arriving === undefined || next >= arriving.clock) return false;
    return next === arriving.newFrom ? arriving.follows : arriving.places.follows(next);
  }

  /** A deletion cuts the items at its ends. */
  noteDeletion({ client, from, to }: ClockRange): void {
    const state = this.#known.client(client);
    if (state === undefined || from >= state.clock) return;
    const { deleted } = state;
    if (deleted !== null && (deleted.firstMissing(from - 1) >= from || deleted.firstMissing(to) > to)) return;
    this.rivals.grow(state.places.listAt(from), 1);
  }

  #listOf(section: Section, at: number, info: number): number {
    const structs = this.#structs;
    const client = structs[at + At.Origin]!;
    const clock = structs[at + At.Origin + 1]!;
    if ((info & HAS_ORIGIN) !== 0) {
      const left = this.#listAt(section, client, clock);
      if ((info & HAS_RIGHT_ORIGIN) === 0) return left;
      const rightClient = structs[at + At.Right]!;
      const rightClock = structs[at + At.Right + 1]!;
      const right = this.#listAt(section, rightClient, rightClock);
      // Beside what is collected, Yjs collects it at once.
      if (left === NOWHERE || right === NOWHERE) return NOWHERE;
      if (left !== right && !this.#limits.isPast)
        throw new MalformedError('the neighbours of a struct are in two places');
      return left;
    }
    if ((info & HAS_RIGHT_ORIGIN) !== 0) {
      return this.#listAt(section, structs[at + At.Right]!, structs[at + At.Right + 1]!);
    }
    const list = client < 0 ? clock : this.#typeAt(section, client, clock);
    if (list === NOWHERE || (info & HAS_PARENT_KEY) === 0) return list;
    const name = keyListName(list, this.#reader.textAt(structs[at + At.Right + 1]!));
    const keyList = this.#known.listNamed(name) ?? this.#names?.get(name);
    if (keyList !== undefined) return keyList;
    const added = this.#addList(this.#depthOf(list) | 1);
    this.#names ??= new Map();
    this.#names.set(name, added);
    return added;
  }

  /** The list of something that is known or integrated. */
  #listAt(section: Section, client: number, clock: number): number {
    return this.#placesOf(section, client, clock).listAt(clock);
  }

  /** The list of the type that (client, clock) holds, or NOWHERE when that is collected. */
  #typeAt(section: Section, client: number, clock: number): number {
    const places = this.#placesOf(section, client, clock);
    const list = places.typeAt(clock);
    if (list !== NOWHERE || this.#limits.isPast || places.listAt(clock) === NOWHERE) return list;
    // What is deleted may have been a type, before it was collected where this comes from.
    const { from, to } = this.#known.undeleted(client, clock, clock + 1);
    if (from < to && !this.#arrivesDeleted(client, clock)) throw new MalformedError('a parent is no type');
    return NOWHERE;
  }

  #placesOf(section: Section, client: number, clock: number): Places {
    if (client === section.client) return clock < section.newFrom ? section.known!.places : section.places;
    this.#turnTo(client);
    const known = this.#otherKnown;
    return known !== undefined && clock < known.clock ? known.places : this.#otherSection!.places;
  }

  /** Whether the update has it as a deleted struct. */
  #arrivesDeleted(client: number, clock: number): boolean {
    const { deletes } = this.#reader;
    // By sections, which are in order by now; within them by clocks.
    let low = 0;
    let high = deletes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = deletes[middle]!;
      if (range.client > client || (range.client === client && range.to <= clock)) low = middle + 1;
      else high = middle;
    }
    const range = deletes[low];
    return range !== undefined && range.client === client && range.from <= clock;
  }

  /** As in `NewLists.depths`. */
  #depthOf(list: number): number {
    return list < this.#firstList ? this.#known.depthOf(list) : this.#depths[list - this.#firstList]!;
  }
}
