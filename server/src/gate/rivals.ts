// What it costs Yjs to put things in order. It looks for the place of an item from its left neighbour on, past everything
// that stands there already, until it meets its right neighbour. Who sees what is there writes right beside it, and
// nothing is looked at; of thousands who do not, each looks at all the others, and every reader of the document does so
// again. Whether a text will take seconds can be said beforehand without holding it: an item costs nothing when its right
// neighbour is what comes first after its left one, and else up to everything in the same list.

/** What comes first after a left neighbour. Where that is not certain, one of two things does. */
export interface First {
  readonly client: number;
  readonly clock: number;
  readonly otherClient: number;
  readonly otherClock: number;
}

/** As the client of a left neighbour: there is none, and the clock is the number of the list that begins there. */
export const LIST_START = -1;

/** What an update adds to `Rivals`. */
export class NewRivals {
  /** Upper bound of how many items Yjs looks at. */
  steps = 0;
  items = 0;
  /** Most updates write right beside what is known, in one list: the maps are made for the others. */
  #firsts: Map<number, Map<number, First>> | null = null;
  #sizes: Map<number, number> | null = null;
  /** The list that grew last, and by how much in all: most of an update is in one. */
  #list = -1;
  #size = 0;

  first(client: number, clock: number): First | undefined {
    return this.#firsts?.get(client)?.get(clock);
  }

  setFirst(client: number, clock: number, first: First): void {
    this.#firsts ??= new Map();
    let firsts = this.#firsts.get(client);
    if (!firsts) {
      firsts = new Map();
      this.#firsts.set(client, firsts);
    }
    firsts.set(clock, first);
  }

  forEachFirst(visit: (client: number, clock: number, first: First) => void): void {
    if (this.#firsts === null) return;
    for (const [client, firsts] of this.#firsts) for (const [clock, first] of firsts) visit(client, clock, first);
  }

  sizeOf(list: number): number {
    if (list === this.#list) return this.#size;
    return this.#sizes?.get(list) ?? 0;
  }

  grow(list: number, by: number): void {
    if (list !== this.#list) {
      if (this.#list >= 0) {
        this.#sizes ??= new Map();
        this.#sizes.set(this.#list, this.#size);
      }
      this.#size = this.#sizes?.get(list) ?? 0;
      this.#list = list;
    }
    this.#size += by;
  }

  forEachSize(visit: (list: number, size: number) => void): void {
    for (const [list, size] of this.#sizes ?? []) if (list !== this.#list) visit(list, size);
    if (this.#list >= 0) visit(this.#list, this.#size);
  }
}

export class Rivals {
  /** Upper bound of how many items Yjs looks at to integrate what is known. */
  steps = 0;
  /** Items so far: the more there are, the more may be looked at. */
  items = 0;
  /**
   * By client and clock of the left neighbour, but where it is the next clock of the same client (`Places.follows`).
   * A number is a clock of the same client, for certain.
   */
  readonly #firsts = new Map<number, Map<number, First | number>>();
  // By number of the list: items in it, at least as many as Yjs will have, and what it begins with.
  readonly #sizes: number[] = [];
  readonly #startClients: number[] = [];
  readonly #startClocks: number[] = [];

  first(client: number, clock: number): First | undefined {
    const first = this.#firsts.get(client)?.get(clock);
    if (first === undefined && client === LIST_START) {
      const startClient = this.#startClients[clock] ?? -1;
      return startClient < 0 ? undefined : certain(startClient, this.#startClocks[clock]!);
    }
    return typeof first === 'number' ? certain(client, first) : first;
  }

  sizeOf(list: number): number {
    return this.#sizes[list] ?? 0;
  }

  /** @param listCount how many lists there are with it */
  add(later: NewRivals, listCount: number): void {
    this.steps += later.steps;
    this.items += later.items;
    while (this.#sizes.length < listCount) {
      this.#sizes.push(0);
      this.#startClients.push(-1);
      this.#startClocks.push(0);
    }
    later.forEachFirst((client, clock, first) => this.#setFirst(client, clock, first));
    later.forEachSize((list, size) => {
      this.#sizes[list]! += size;
    });
  }

  #setFirst(client: number, clock: number, first: First): void {
    const isCertain = first.otherClient < 0;
    if (client === LIST_START && isCertain) {
      this.#startClients[clock] = first.client;
      this.#startClocks[clock] = first.clock;
      this.#firsts.get(LIST_START)?.delete(clock);
      return;
    }
    let firsts = this.#firsts.get(client);
    if (!firsts) {
      firsts = new Map();
      this.#firsts.set(client, firsts);
    }
    firsts.set(clock, isCertain && first.client === client ? first.clock : first);
  }

  copy(): Rivals {
    const copy = new Rivals();
    copy.steps = this.steps;
    copy.items = this.items;
    for (const [client, firsts] of this.#firsts) copy.#firsts.set(client, new Map(firsts));
    for (const size of this.#sizes) copy.#sizes.push(size);
    for (const client of this.#startClients) copy.#startClients.push(client);
    for (const clock of this.#startClocks) copy.#startClocks.push(clock);
    return copy;
  }
}

export const certain = (client: number, clock: number): First => ({ client, clock, otherClient: -1, otherClock: -1 });
