// Plays the life of a document: makes it as it was after any of its entries. On the way through the log states are kept, from
// which every moment is near; forward it goes entry by entry. Meant for a worker: it knows no page.

import * as Y from 'yjs';
import type { EntryPage } from './entry-page.js';
import type { PlayedFrame, PlayedPiece, WantedFrame } from './played.js';
import {
  type DeletedAt,
  idOf,
  itemsIn,
  type LateClient,
  type ReadingOptions,
  readPiece,
  type SharedType,
} from './replay-blocks.js';
import { ReplayLog, type ReplayLogOptions } from './replay-log.js';

export { TrimmedMeanwhile } from './replay-log.js';

export interface ReplayOptions extends ReplayLogOptions {
  /** Whether an element with this name stands in text. */
  readonly isInline: ReadingOptions['isInline'];
  /** Of states that are kept; where there are more, every other one goes. */
  readonly maxStateBytes?: number;
}

interface KeptState {
  readonly seq: number;
  readonly update: Uint8Array;
}

/** What is known of a piece that was told. */
interface Told {
  readonly signature: string;
  readonly isFresh: boolean;
  readonly isLate: boolean;
}

interface Newest {
  /** The block at the top level in which it did something; null where nothing is seen of it. */
  readonly touched: Y.Item | null;
  readonly deletedAt: DeletedAt | null;
}

const NOTHING: Newest = { touched: null, deletedAt: null };
const FRAGMENT = 'prosemirror';
const META = 'meta';
const MAX_STATE_BYTES = 48 * 1024 * 1024;
/** A state is kept after so many entries, or bytes of updates. */
const KEEP_AFTER_ENTRIES = 2_500;
const KEEP_AFTER_BYTES = 256 * 1024;
/** What is applied at once; in between others come to their turn. */
const PORTION_ENTRIES = 500;

export class Replay {
  readonly #log: ReplayLog;
  readonly #isInline: ReadingOptions['isInline'];
  readonly #maxStateBytes: number;
  #states: KeptState[] = [];
  #stateBytes = 0;
  #keepAfterEntries = KEEP_AFTER_ENTRIES;
  /** Goes through the log once, to keep states. */
  #runner = emptyDocument();
  #runAt = 0;
  #doc = emptyDocument();
  #seq = 0;
  /** What the entry `#seq` did. */
  #newest: Newest = NOTHING;
  readonly #told = new Map<string, Told>();
  #order: readonly string[] | null = null;
  /** Top-level items in which something changed since they were read; null: all of them. */
  #dirty: Set<Y.Item> | null = null;
  #isReordered = true;
  #lateAfter = 0;

  constructor({ isInline, maxStateBytes = MAX_STATE_BYTES, ...options }: ReplayOptions) {
    this.#log = new ReplayLog(options);
    this.#isInline = isInline;
    this.#maxStateBytes = maxStateBytes;
  }

  get people(): readonly string[] {
    return this.#log.people;
  }

  /** Takes the next page of entries. @returns it, with places in `people` */
  add(page: Uint8Array): EntryPage {
    const added = this.#log.add(page);
    // Before what was trimmed nothing is known.
    this.#runAt = Math.max(this.#runAt, this.#log.before);
    return added;
  }

  /** Keeps states of what was added, in steps, so that others come to their turn. */
  async *keepStates(): AsyncGenerator<void> {
    const { last } = this.#log;
    let entries = 0;
    let bytes = 0;
    for await (const portion of this.#log.updates(this.#runAt, last)) {
      for (let i = 0; i < portion.length; i += PORTION_ENTRIES) {
        const some = portion.slice(i, i + PORTION_ENTRIES);
        applyAll(this.#runner, some);
        this.#runAt += some.length;
        entries += some.length;
        bytes += some.reduce((sum, { length }) => sum + length, 0);
        if (entries >= this.#keepAfterEntries || bytes >= KEEP_AFTER_BYTES) {
          this.#keep({ seq: this.#runAt, update: Y.encodeStateAsUpdate(this.#runner) });
          entries = 0;
          bytes = 0;
        }
        yield;
      }
    }
  }

  /** To be called when everything was added: what went through the log is not needed any more. */
  endOfLog(): void {
    this.#runner.destroy();
    this.#runner = emptyDocument();
  }

  async frame(wanted: WantedFrame): Promise<PlayedFrame> {
    const { seq, lateAfter } = wanted;
    await this.#goTo(seq);
    const { deletedAt, touched } = this.#newest;
    const options = { late: this.#writtenLately(wanted), deletedAt, isInline: this.#isInline };
    const isOtherLate = lateAfter !== this.#lateAfter;
    this.#lateAfter = lateAfter;
    const changed: PlayedPiece[] = [];
    const order: string[] = [];
    const root = this.#doc.getXmlFragment(FRAGMENT);
    for (const item of itemsIn(root)) {
      const id = idOf(item);
      order.push(id);
      const told = this.#told.get(id);
      const isDue =
        !told || this.#dirty === null || this.#dirty.has(item) || told.isFresh || (isOtherLate && told.isLate);
      if (!isDue) continue;
      const { blocks, isFresh, isLate } = readPiece(item, options);
      const signature = JSON.stringify(blocks, writable);
      this.#told.set(id, { signature, isFresh, isLate });
      if (told?.signature !== signature) changed.push({ id, blocks });
    }
    const isSameOrder = this.#order !== null && !this.#isReordered && this.#dirty !== null;
    this.#forgetOthers(order);
    this.#dirty = new Set();
    this.#isReordered = false;
    this.#order = order;
    const title = this.#doc.getMap(META).get('title');
    return {
      seq,
      order: isSameOrder ? null : order,
      changed,
      touched: touched && idOf(touched),
      title: typeof title === 'string' ? title : '',
    };
  }

  async #goTo(seq: number): Promise<void> {
    if (seq === this.#seq) return;
    // What an entry does is seen only by going over it.
    const before = Math.max(0, seq - 1);
    const kept = this.#states.findLast((state) => state.seq <= before) ?? null;
    if (this.#seq > before || (kept !== null && kept.seq > this.#seq)) this.#begin(kept);
    for await (const portion of this.#log.updates(this.#seq, before)) {
      this.#note(applyAll(this.#doc, portion));
    }
    this.#seq = before;
    this.#newest = NOTHING;
    for await (const portion of this.#log.updates(before, seq)) {
      const transaction = applyAll(this.#doc, portion);
      this.#note(transaction);
      this.#seq = seq;
      this.#newest = this.#seen(transaction);
    }
  }

  /** What can be seen of what an entry did. */
  #seen(transaction: Y.Transaction): Newest {
    const written = this.#log.writtenIn(this.#seq);
    for (const { client, to } of written.toReversed()) {
      const item: Y.Item | Y.GC = Y.getItem(this.#doc.store, Y.createID(client, to - 1));
      const touched = item instanceof Y.Item ? this.#topOf(item) : null;
      if (touched !== null && !touched.deleted) return { touched, deletedAt: null };
    }
    const tops = [...transaction.changed.keys()].map(({ _item }) => this.#topOf(_item));
    const touched = tops.find((item) => item !== null && !item.deleted) ?? null;
    const deletedAt = written.length > 0 ? null : placeOfDeletion(transaction, this.#log.authorOf(this.#seq));
    return { touched, deletedAt };
  }

  #begin(kept: KeptState | null): void {
    this.#doc.destroy();
    this.#doc = emptyDocument();
    this.#seq = kept?.seq ?? 0;
    if (kept) Y.applyUpdate(this.#doc, kept.update);
    this.#dirty = null;
    this.#isReordered = true;
    this.#newest = NOTHING;
  }

  #note({ changed }: Y.Transaction): void {
    const root = this.#doc.getXmlFragment(FRAGMENT);
    for (const type of changed.keys()) {
      if (type === (root as unknown)) this.#isReordered = true;
      const top = this.#topOf(type._item);
      if (top !== null) this.#dirty?.add(top);
    }
  }

  /** The block at the top level that a type stands in; null for what is in none. */
  #topOf(inside: Y.Item | null): Y.Item | null {
    const root: unknown = this.#doc.getXmlFragment(FRAGMENT);
    let item = inside;
    while (item !== null && item.parent !== root) item = (item.parent as SharedType | null)?._item ?? null;
    return item;
  }

  #writtenLately({ seq, freshAfter, lateAfter }: WantedFrame): ReadingOptions['late'] {
    const late = new Map<number, LateClient>();
    const stands = new Map<string, LateClient>();
    for (let at = lateAfter + 1; at <= seq; at++) {
      const written = this.#log.writtenIn(at);
      if (written.length === 0) continue;
      const person = this.#log.authorOf(at);
      for (const { client, from, to } of written) {
        let one = late.get(client);
        if (!one) {
          one = { person, lateFrom: from, freshFrom: Number.POSITIVE_INFINITY, caretAt: -1 };
          late.set(client, one);
        }
        if (at <= freshAfter) continue;
        one.freshFrom = Math.min(one.freshFrom, from);
        const before = stands.get(person);
        if (before) before.caretAt = -1;
        one.caretAt = to - 1;
        stands.set(person, one);
      }
    }
    const gone = stands.get(this.#newest.deletedAt?.person ?? '');
    if (gone && this.#newest.deletedAt) gone.caretAt = -1;
    return late;
  }

  #forgetOthers(order: readonly string[]): void {
    if (this.#told.size === order.length) return;
    const shown = new Set(order);
    for (const id of this.#told.keys()) if (!shown.has(id)) this.#told.delete(id);
  }

  #keep(state: KeptState): void {
    this.#states.push(state);
    this.#stateBytes += state.update.length;
    if (this.#stateBytes <= this.#maxStateBytes) return;
    this.#keepAfterEntries *= 2;
    this.#states = this.#states.filter((_, index) => index % 2 === 1);
    this.#stateBytes = this.#states.reduce((sum, { update }) => sum + update.length, 0);
  }
}

function emptyDocument(): Y.Doc {
  const doc = new Y.Doc();
  doc.getXmlFragment(FRAGMENT);
  doc.getMap(META);
  return doc;
}

/**
 * In one transaction, which passes for one of our own: after one from outside Yjs would tidy up formatting that it takes for
 * redundant, and the deletions of that are in no log.
 */
function applyAll(doc: Y.Doc, updates: readonly Uint8Array[]): Y.Transaction {
  return doc.transact((transaction) => {
    for (const update of updates) Y.applyUpdate(doc, update);
    transaction.local = true;
    return transaction;
  });
}

/** What stands before the last thing that was deleted. */
function placeOfDeletion({ deleteSet, doc }: Y.Transaction, person: string): DeletedAt | null {
  let place: DeletedAt | null = null;
  for (const [client, ranges] of deleteSet.clients) {
    const range = ranges.at(-1);
    if (range === undefined) continue;
    let item: Y.Item | Y.GC | null = Y.getItem(doc.store, Y.createID(client, range.clock));
    while (item instanceof Y.Item && (item.deleted || !item.countable)) item = item.left;
    if (item instanceof Y.Item) place = { client: item.id.client, clock: item.id.clock + item.length - 1, person };
  }
  return place;
}

const writable = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
