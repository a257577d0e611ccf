// Integrates the structs of an update as Yjs would, but in name only: each client's in the order of its clocks, each after
// those it depends on (G1), each in the place that its neighbours or its parent give it (G2). What cannot be is left out,
// with all that depends on it (G4). A struct waits at most once for each of its ids: linear, without recursion.

import { MalformedError } from './byte-reader.js';
import type { ClientState, KnownState, NewTypes } from './known-state.js';
import { NOWHERE, type Places } from './places.js';
import { CONTENT_BITS, Content, HAS_ORIGIN, HAS_PARENT_KEY, HAS_RIGHT_ORIGIN, STRUCT_SKIP } from './struct-layout.js';
import { At, findSection, type GateLimits, type Section, type UpdateReader } from './update-reader.js';

/** A section on its way to a clock. */
interface Goal {
  readonly section: Section;
  readonly until: number;
}

type Readiness = 'ready' | 'waiting' | 'missing';

export class Integration {
  readonly #known: KnownState;
  readonly #limits: GateLimits;
  readonly #sections: readonly Section[];
  readonly #structs: readonly number[];
  readonly #deletes: UpdateReader['deletes'];
  readonly #roots: ReadonlyMap<string, number>;
  readonly #firstType: number;
  readonly #depths: number[];
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
    this.#deletes = reader.deletes;
    this.#roots = reader.newRoots;
    this.#firstType = known.typeCount;
    this.#depths = new Array<number>(reader.newRoots.size).fill(0);
  }

  get types(): NewTypes {
    return { first: this.#firstType, depths: this.#depths, roots: this.#roots };
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
    const info = this.#structs[at + At.Info]!;
    const from = section.clock;
    const place = info === 0 ? NOWHERE : this.#placeOf(section, at, info);
    section.places.append(from, place);
    if ((info & CONTENT_BITS) !== Content.Type || place === NOWHERE) return;
    const depth = this.#depthOf(place >>> 1) + 1;
    if (depth > this.#limits.maxDepth) {
      throw new MalformedError(`elements are more than ${this.#limits.maxDepth} deep in each other`);
    }
    section.places.addType(from, this.#firstType + this.#depths.length);
    this.#depths.push(depth);
  }

  #placeOf(section: Section, at: number, info: number): number {
    const structs = this.#structs;
    const client = structs[at + At.Origin]!;
    const clock = structs[at + At.Origin + 1]!;
    if ((info & HAS_ORIGIN) !== 0) {
      const left = this.#placeAt(section, client, clock);
      if ((info & HAS_RIGHT_ORIGIN) === 0) return left;
      const right = this.#placeAt(section, structs[at + At.Right]!, structs[at + At.Right + 1]!);
      // Beside what is collected, Yjs collects it at once.
      if (left === NOWHERE || right === NOWHERE) return NOWHERE;
      if (left !== right && !this.#limits.isPast)
        throw new MalformedError('the neighbours of a struct are in two places');
      return left;
    }
    if ((info & HAS_RIGHT_ORIGIN) !== 0) {
      return this.#placeAt(section, structs[at + At.Right]!, structs[at + At.Right + 1]!);
    }
    const type = client < 0 ? clock : this.#typeAt(section, client, clock);
    return type === 0 ? NOWHERE : 2 * type + ((info & HAS_PARENT_KEY) === 0 ? 0 : 1);
  }

  /** The place of something that is known or integrated. */
  #placeAt(section: Section, client: number, clock: number): number {
    return this.#placesOf(section, client, clock).at(clock);
  }

  /** The number of the type that (client, clock) holds, or 0 where that is collected. */
  #typeAt(section: Section, client: number, clock: number): number {
    const places = this.#placesOf(section, client, clock);
    const type = places.typeAt(clock);
    if (type > 0 || this.#limits.isPast || places.at(clock) === NOWHERE) return type;
    // What is deleted may have been a type, before it was collected where this comes from.
    const { from, to } = this.#known.undeleted(client, clock, clock + 1);
    if (from < to && !this.#arrivesDeleted(client, clock)) throw new MalformedError('a parent is no type');
    return 0;
  }

  #placesOf(section: Section, client: number, clock: number): Places {
    if (client === section.client) return clock < section.newFrom ? section.known!.places : section.places;
    this.#turnTo(client);
    const known = this.#otherKnown;
    return known !== undefined && clock < known.clock ? known.places : this.#otherSection!.places;
  }

  /** Whether the update has it as a deleted struct. */
  #arrivesDeleted(client: number, clock: number): boolean {
    const deletes = this.#deletes;
    // Highest client first, then by clocks.
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

  #depthOf(type: number): number {
    return type < this.#firstType ? this.#known.depthOf(type) : this.#depths[type - this.#firstType]!;
  }
}
