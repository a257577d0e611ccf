// The entries of a document while its life is played: all times and authors, and of the updates as many as there is room for. What
// has no room is fetched again when it is needed.

import * as Y from 'yjs';
import { type EntryPage, readEntryPage } from './entry-page.js';

/** What an entry has new of one client: clocks from `from` to before `to`. */
export interface Written {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

export interface ReplayLogOptions {
  /** @returns the page of the entries after this one */
  readonly fetchPage: (after: number) => Promise<Uint8Array>;
  /** Of updates that are kept. */
  readonly maxBytes?: number;
}

/** A page whose updates may be gone. */
interface Page {
  readonly after: number;
  readonly last: number;
  readonly authors: Uint32Array;
  readonly clients: Float64Array;
  readonly froms: Uint32Array;
  readonly tos: Uint32Array;
  held: Pick<EntryPage, 'starts' | 'ends' | 'bytes'> | null;
}

/** A page does not follow on what is known: the past was trimmed meanwhile, and a state stands for what comes before. */
export class TrimmedMeanwhile extends Error {}

const MAX_BYTES = 48 * 1024 * 1024;

export class ReplayLog {
  readonly #fetchPage: ReplayLogOptions['fetchPage'];
  readonly #maxBytes: number;
  readonly #pages: Page[] = [];
  /** Those whose updates are here, the one that was used last at the end. */
  readonly #held = new Set<Page>();
  #heldBytes = 0;
  /** What entries have of more than one client. */
  readonly #more = new Map<number, readonly Written[]>();
  readonly #people: string[] = [];
  readonly #places = new Map<string, number>();

  constructor({ fetchPage, maxBytes = MAX_BYTES }: ReplayLogOptions) {
    this.#fetchPage = fetchPage;
    this.#maxBytes = maxBytes;
  }

  /** The entry before all that are known: 0, unless the past was trimmed. */
  get before(): number {
    return this.#pages[0]?.after ?? 0;
  }

  /** The newest entry that is known. */
  get last(): number {
    return this.#pages.at(-1)?.last ?? 0;
  }

  /** Whoever wrote, by their places. */
  get people(): readonly string[] {
    return this.#people;
  }

  /** The next page. @returns it, with places in `people` of all @throws TrimmedMeanwhile */
  add(bytes: Uint8Array): EntryPage {
    const read = readEntryPage(bytes, this.last);
    const after = read.first - 1;
    if (this.#pages.length > 0 && after !== this.last) throw new TrimmedMeanwhile();
    const places = read.people.map(({ person }) => this.#placeOf(person));
    const authors = read.authors.map((place) => places[place]!);
    const { length } = authors;
    const page: Page = {
      after,
      last: read.last,
      authors,
      clients: new Float64Array(length),
      froms: new Uint32Array(length),
      tos: new Uint32Array(length),
      held: null,
    };
    for (let i = 0; i < length; i++) {
      const { from, to } = Y.parseUpdateMeta(bytes.subarray(read.starts[i], read.ends[i]));
      const written = [...from].map(([client, clock]) => ({ client, from: clock, to: to.get(client)! }));
      const [first] = written;
      if (first === undefined) continue;
      page.clients[i] = first.client;
      page.froms[i] = first.from;
      page.tos[i] = first.to;
      if (written.length > 1) this.#more.set(after + i + 1, written);
    }
    if (length > 0) this.#pages.push(page);
    this.#hold(page, read);
    return { ...read, authors };
  }

  authorOf(seq: number): string {
    const page = this.#pageOf(seq);
    return this.#people[page.authors[seq - page.after - 1]!]!;
  }

  writtenIn(seq: number): readonly Written[] {
    const more = this.#more.get(seq);
    if (more) return more;
    const page = this.#pageOf(seq);
    const i = seq - page.after - 1;
    const [client, from, to] = [page.clients[i]!, page.froms[i]!, page.tos[i]!];
    return from === to ? [] : [{ client, from, to }];
  }

  /** The updates of the entries after `after` up to `upTo`, in portions. @throws TrimmedMeanwhile */
  async *updates(after: number, upTo: number): AsyncGenerator<readonly Uint8Array[]> {
    for (let seq = after; seq < upTo; ) {
      const page = this.#pageOf(seq + 1);
      const { starts, ends, bytes } = await this.#bytesOf(page);
      const end = Math.min(upTo, page.last) - page.after;
      const portion: Uint8Array[] = [];
      for (let i = Math.max(0, seq - page.after); i < end; i++) portion.push(bytes.subarray(starts[i], ends[i]));
      seq = page.after + end;
      yield portion;
    }
  }

  #pageOf(seq: number): Page {
    let low = 0;
    let high = this.#pages.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#pages[middle]!.last < seq) low = middle + 1;
      else high = middle;
    }
    return this.#pages[low]!;
  }

  async #bytesOf(page: Page): Promise<NonNullable<Page['held']>> {
    if (page.held === null) {
      const read = readEntryPage(await this.#fetchPage(page.after), page.after);
      if (read.first !== page.after + 1) throw new TrimmedMeanwhile();
      // What is told of the same entries may end earlier or later than it did.
      if (read.last < page.last) throw new Error('a page of entries is shorter than it was');
      this.#hold(page, read);
    } else {
      this.#held.delete(page);
      this.#held.add(page);
    }
    return page.held!;
  }

  #hold(page: Page, { starts, ends, bytes }: EntryPage): void {
    page.held = { starts, ends, bytes };
    this.#held.add(page);
    this.#heldBytes += bytes.length;
    for (const old of this.#held) {
      if (this.#heldBytes <= this.#maxBytes || old === page) break;
      this.#heldBytes -= old.held!.bytes.length;
      old.held = null;
      this.#held.delete(old);
    }
  }

  #placeOf(person: string): number {
    const known = this.#places.get(person);
    if (known !== undefined) return known;
    this.#places.set(person, this.#people.length);
    return this.#people.push(person) - 1;
  }
}
