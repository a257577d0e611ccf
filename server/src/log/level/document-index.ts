// The index of documents: one record each. Whoever looks at a record to change it shares one slot with everyone else who
// does, so a document is created once, and never loses a description to a slower writer. What a record says is derived from
// the text: one that is damaged is told of, and the document listed without a description until it has a new one.

import type { DocumentName } from '@weft/protocol';
import type { DocumentInfo } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import { documentKey, documentRange, nameInDocumentKey } from './keys.js';
import { readDocument } from './stored-values.js';

export interface DocumentSlot {
  readonly name: DocumentName;
  /** The record as of the last write under way; null when the document does not exist. */
  info: DocumentInfo | null;
}

interface SharedSlot {
  readonly slot: Promise<DocumentSlot>;
  users: number;
}

export class DocumentIndex {
  readonly #store: StoreReader;
  readonly #slots = new Map<DocumentName, SharedSlot>();
  readonly #complain: (sentence: string) => void;
  /** Documents whose record was complained of. */
  readonly #damaged = new Set<DocumentName>();

  constructor(store: StoreReader, complain: (sentence: string) => void) {
    this.#store = store;
    this.#complain = complain;
  }

  /** Reads a record to use or change it. `release` it once what was changed is on disk. */
  async acquire(name: DocumentName): Promise<DocumentSlot> {
    let shared = this.#slots.get(name);
    if (!shared) {
      shared = { slot: this.get(name).then((info) => ({ name, info })), users: 0 };
      this.#slots.set(name, shared);
    }
    shared.users++;
    try {
      return await shared.slot;
    } catch (error) {
      this.release(name);
      throw error;
    }
  }

  release(name: DocumentName): void {
    const shared = this.#slots.get(name)!;
    shared.users--;
    if (shared.users === 0) this.#slots.delete(name);
  }

  /** The record on disk. */
  async get(name: DocumentName): Promise<DocumentInfo | null> {
    const key = documentKey(name);
    const value = await this.#store.get(key);
    return value === undefined ? null : this.#read(key, value);
  }

  /** All records on disk, in the order of names. */
  async all(): Promise<DocumentInfo[]> {
    const documents: DocumentInfo[] = [];
    for await (const [key, value] of this.#store.range(documentRange)) documents.push(this.#read(key, value));
    return documents;
  }

  #read(key: Uint8Array, value: Uint8Array): DocumentInfo {
    try {
      return readDocument(key, value);
    } catch (error) {
      const name = nameInDocumentKey(key);
      if (!this.#damaged.has(name)) {
        this.#complain(
          `${(error as Error).message} Its text is kept elsewhere and unharmed: "${name}" is listed without title and dates ` +
            'until it is changed.',
        );
      }
      this.#damaged.add(name);
      return newDocument(name, 0);
    }
  }
}

export const newDocument = (name: DocumentName, nowMs: number): DocumentInfo => ({
  name,
  title: '',
  excerpt: '',
  characters: 0,
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
});

export const listedAgain = (name: DocumentName): string =>
  `"${name}" was missing in the list of documents, although its text is there. It is listed again; its title comes back ` +
  'with the next change.';
