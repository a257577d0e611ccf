// A local store in IndexedDB. One database per server; every key begins with person, kind and document, so that what belongs
// to a document, or to a person, is one range. A write is one transaction over all tables: the browser orders those of all tabs.
// Which outboxes belong to pages that are still there is told by Web Locks.

import * as Y from 'yjs';
import { type Draft, draftOf, storedDraft } from './drafts.js';
import { answerTo, endOf } from './indexeddb-requests.js';
import { keptDocument } from './kept-document.js';
import {
  type CopyState,
  type LocalStore,
  type Place,
  type StoreChange,
  type StoredAccess,
  type StoredDocument,
  type StoredDraft,
  type StoredEntry,
  stepOf,
  type WriteResult,
} from './local-store.js';

type Prefix = [person: string, kind: string, document: string];

interface CopyRecord extends CopyState {
  readonly epoch: number;
  readonly access: StoredAccess | null;
  readonly pieces: number;
}

/** What is in each table, under which key. */
interface Tables {
  copies: { key: [...Prefix, epoch: number]; value: CopyRecord };
  pieces: { key: [...Prefix, epoch: number, index: number]; value: Uint8Array };
  entries: { key: [...Prefix, outboxId: string, clientSeq: number]; value: StoredEntry };
  drafts: { key: [...Prefix, id: string]; value: StoredDraft };
}

const VERSION = 1;
/** A page that is gone lets go of its outboxes by then. */
const CLOSED_WITHIN_MS = 500;
const TABLES = ['copies', 'pieces', 'entries', 'drafts'] as const;

export interface IndexedDbStoreOptions {
  /** Tells the servers apart that pages of one origin speak to, for example by their address. */
  readonly server: string;
  /** Whose store it is, as the server names them: `identity.person` of a connection. */
  readonly person: string;
}

export class IndexedDbStore implements LocalStore {
  readonly person: string;
  readonly #name: string;
  #database: Promise<IDBDatabase> | null = null;
  #turns: Promise<unknown> = Promise.resolve();
  /** Lets go of an outbox. */
  readonly #held = new Map<string, () => void>();

  constructor({ server, person }: IndexedDbStoreOptions) {
    this.person = person;
    this.#name = `weft ${server}`;
  }

  async read(place: Place): Promise<StoredDocument> {
    const prefix = this.#prefix(place);
    const transaction = (await this.#open()).transaction(TABLES, 'readonly');
    const range = startingWith(prefix);
    const ended = endOf(transaction);
    const [copies, unsent, drafts] = await Promise.all([
      table(transaction, 'copies').getAll(range),
      table(transaction, 'entries').getAll(range),
      table(transaction, 'drafts').getAll(range),
    ]);
    const pieces = await Promise.all(
      copies.map(({ epoch }) => table(transaction, 'pieces').getAll(startingWith([...prefix, epoch]))),
    );
    await ended;
    const held = await this.#heldByOthers(new Set(unsent.map(({ outboxId }) => outboxId)));
    return {
      copies: copies.map(({ epoch, seq, proof, access }, index) => ({
        epoch,
        seq,
        proof,
        access,
        updates: pieces[index]!,
      })),
      unsent: unsent.filter(({ outboxId }) => !held.has(outboxId)),
      drafts,
    };
  }

  async write(place: Place, change: StoreChange): Promise<WriteResult> {
    const prefix = this.#prefix(place);
    const database = await this.#inTurn(change.putEntries);
    // Survives the page and the browser; a synced write for each key would be too much.
    const transaction = database.transaction(TABLES, 'readwrite', { durability: 'relaxed' });
    const ended = endOf(transaction);
    const [copies, pieces] = [table(transaction, 'copies'), table(transaction, 'pieces')];
    const [entries, drafts] = [table(transaction, 'entries'), table(transaction, 'drafts')];
    const requests: Promise<unknown>[] = [];
    let result: WriteResult = 'written';
    try {
      for (const { outboxId, clientSeq } of change.removeEntries) {
        requests.push(entries.delete([...prefix, outboxId, clientSeq]));
      }
      for (const entry of change.putEntries) {
        requests.push(entries.put(entry, [...prefix, entry.outboxId, entry.clientSeq]));
      }
      for (const id of change.removeDrafts) requests.push(drafts.delete([...prefix, id]));
      for (const draft of change.putDrafts) requests.push(drafts.put(draft, [...prefix, draft.id]));
      if (change.copy) {
        const { epoch } = change.copy;
        const stored = await copies.get([...prefix, epoch]);
        const step = stepOf(stored ?? null, change.copy);
        if (step === null) result = 'gap';
        else {
          if (step.clear) requests.push(pieces.delete(startingWith([...prefix, epoch])));
          const first = step.clear ? 0 : (stored?.pieces ?? 0);
          step.append.forEach((update, index) => {
            requests.push(pieces.put(update, [...prefix, epoch, first + index]));
          });
          const access = stored?.access ?? null;
          const record = { ...step.state, epoch, access, pieces: first + step.append.length };
          requests.push(copies.put(record, [...prefix, epoch]));
        }
      }
      if (change.access) {
        const { epoch, role, mayWrite } = change.access;
        const stored = await copies.get([...prefix, epoch]);
        if (stored) requests.push(copies.put({ ...stored, access: { role, mayWrite } }, [...prefix, epoch]));
      }
      for (const { epoch, seq } of change.retireCopies) {
        const stored = await copies.get([...prefix, epoch]);
        const unsent = await entries.getAll(startingWith(prefix));
        if (!stored || stored.heldSeq > seq || unsent.some((entry) => entry.epoch === epoch)) continue;
        requests.push(copies.delete([...prefix, epoch]), pieces.delete(startingWith([...prefix, epoch])));
      }
      // A page that is going away takes along what waits for the answers before it is committed.
      transaction.commit();
      await Promise.all(requests);
      await ended;
      return result;
    } catch (error) {
      await Promise.allSettled(requests);
      abort(transaction);
      throw await ended.then(
        () => error,
        (reason: unknown) => reason ?? error,
      );
    }
  }

  letGo(outboxIds: readonly string[]): void {
    for (const outboxId of outboxIds) {
      this.#held.get(outboxId)?.();
      this.#held.delete(outboxId);
    }
  }

  forget(place: Place): Promise<void> {
    return this.#delete(startingWith(this.#prefix(place)));
  }

  forgetAll(): Promise<void> {
    return this.#delete(startingWith([this.person]));
  }

  /**
   * Takes over the unsent text and the drafts of somebody who has turned out to be this person, a guest who signed in. Their
   * copies go: what they may read is not what this person may.
   */
  async inherit(from: string): Promise<void> {
    if (from === this.person) return;
    const transaction = (await this.#open()).transaction(TABLES, 'readwrite');
    const ended = endOf(transaction);
    const range = startingWith([from]);
    await Promise.all([
      giveTo(this.person, table(transaction, 'entries'), range),
      giveTo(this.person, table(transaction, 'drafts'), range),
    ]);
    for (const name of TABLES) void table(transaction, name).delete(range);
    await ended;
  }

  /** Documents with unsent text (`isUnsent`) or drafts alone, also of pages that are still there. */
  async unfinished(): Promise<(Place & { readonly isUnsent: boolean })[]> {
    const transaction = (await this.#inTurn()).transaction(TABLES, 'readonly');
    const range = startingWith([this.person]);
    const [entries, drafts] = await Promise.all([
      table(transaction, 'entries').getAllKeys(range),
      table(transaction, 'drafts').getAllKeys(range),
    ]);
    const places = new Map<string, Place & { readonly isUnsent: boolean }>();
    for (const [keys, isUnsent] of [[drafts, false] as const, [entries, true] as const]) {
      for (const [, kind, document] of keys) {
        places.set(`${kind} ${document}`, { kind: kind as Place['kind'], document, isUnsent });
      }
    }
    return [...places.values()];
  }

  /** Documents that can be opened from here. */
  async copies(): Promise<Place[]> {
    const copies = table((await this.#inTurn()).transaction('copies', 'readonly'), 'copies');
    const keys = await copies.getAllKeys(startingWith([this.person]));
    const places = keys.map(([, kind, document]) => ({ kind: kind as Place['kind'], document }));
    return [...new Map(places.map((place) => [`${place.kind} ${place.document}`, place])).values()];
  }

  /** The text of a document as it can be opened from here, with what is unsent; null when it cannot. */
  async text(place: Place): Promise<Y.Doc | null> {
    const { copy, unsent } = keptDocument(await this.read(place), { code: '', reason: '' }, 0);
    if (copy === null) return null;
    const doc = new Y.Doc();
    for (const update of [...copy.updates, ...unsent.map((entry) => entry.update)]) Y.applyUpdate(doc, update);
    return doc;
  }

  /** Every draft of this person, with the document it is of. */
  async drafts(): Promise<(Place & { readonly draft: Draft })[]> {
    const stored = table((await this.#inTurn()).transaction('drafts', 'readonly'), 'drafts');
    const range = startingWith([this.person]);
    const [keys, drafts] = await Promise.all([stored.getAllKeys(range), stored.getAll(range)]);
    return keys.map(([, kind, document], index) => ({
      kind: kind as Place['kind'],
      document,
      draft: draftOf(drafts[index]!),
    }));
  }

  async putDraft(place: Place, draft: Draft): Promise<void> {
    const transaction = (await this.#open()).transaction('drafts', 'readwrite');
    void table(transaction, 'drafts').put(storedDraft(draft), [...this.#prefix(place), draft.id]);
    await endOf(transaction);
  }

  async removeDraft(place: Place, id: string): Promise<void> {
    const transaction = (await this.#open()).transaction('drafts', 'readwrite');
    void table(transaction, 'drafts').delete([...this.#prefix(place), id]);
    await endOf(transaction);
  }

  /** Lets go of the database; the next call opens it again. */
  async close(): Promise<void> {
    const database = this.#database;
    this.#database = null;
    (await database?.catch(() => null))?.close();
  }

  async #delete(range: IDBKeyRange): Promise<void> {
    const transaction = (await this.#inTurn()).transaction(TABLES, 'readwrite');
    for (const name of TABLES) void table(transaction, name).delete(range);
    await endOf(transaction);
  }

  /**
   * What each has to wait for does not change their order: the browser takes transactions as they are begun. What is listed has
   * what was written before it was asked for, as by the page one comes from.
   */
  #inTurn(entries: readonly StoredEntry[] = []): Promise<IDBDatabase> {
    const turn = this.#turns.then(async () => {
      for (const outboxId of new Set(entries.map((entry) => entry.outboxId))) await this.#hold(outboxId);
      return this.#open();
    });
    this.#turns = turn.catch(() => {});
    return turn;
  }

  #open(): Promise<IDBDatabase> {
    if (this.#database) return this.#database;
    const request = indexedDB.open(this.#name, VERSION);
    request.onupgradeneeded = () => {
      for (const name of TABLES) request.result.createObjectStore(name);
    };
    this.#database = answerTo(request).then(
      (database) => {
        // A newer page, or whoever deletes the database, does not wait for this one.
        database.onversionchange = () => void this.close();
        database.onclose = () => {
          this.#database = null;
        };
        return database;
      },
      (error: unknown) => {
        // Refused now may be allowed later.
        this.#database = null;
        throw error;
      },
    );
    return this.#database;
  }

  /** Web Locks end with the page. Without them, who reads takes over from pages that are still there: sent twice, kept once. */
  async #hold(outboxId: string): Promise<void> {
    const locks = globalThis.navigator?.locks;
    if (!locks || this.#held.has(outboxId)) return;
    await new Promise<void>((granted) => {
      // Nobody else knows its name, so that it is granted at once.
      const held = locks.request(this.#lockOf(outboxId), () => {
        granted();
        return new Promise<void>((letGo) => {
          this.#held.set(outboxId, letGo);
        });
      });
      // Refused, as in a page that is not allowed to have any.
      held.catch(() => granted());
    });
  }

  /** Of these outboxes those whose page is still there: one that is being closed, or loaded again, is waited for. */
  async #heldByOthers(outboxIds: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const locks = globalThis.navigator?.locks;
    const held = new Set<string>();
    if (!locks) return held;
    const look = async (outboxId: string): Promise<void> => {
      const signal = AbortSignal.timeout(CLOSED_WITHIN_MS);
      // One's own would be waited for in vain. Where locks are refused, nobody holds any.
      if (!this.#held.has(outboxId)) await locks.request(this.#lockOf(outboxId), { signal }, () => {}).catch(() => {});
      if (this.#held.has(outboxId) || signal.aborted) held.add(outboxId);
    };
    await Promise.all([...outboxIds].map(look));
    return held;
  }

  #lockOf(outboxId: string): string {
    return `${this.#name} ${outboxId}`;
  }

  #prefix({ kind, document }: Place): Prefix {
    return [this.person, kind, document];
  }
}

interface Table<Key, Value> {
  get(key: Key): Promise<Value | undefined>;
  getAll(range: IDBKeyRange): Promise<Value[]>;
  getAllKeys(range: IDBKeyRange): Promise<Key[]>;
  put(value: Value, key: Key): Promise<unknown>;
  delete(key: Key | IDBKeyRange): Promise<unknown>;
}

type TableOf<Name extends keyof Tables> = Table<Tables[Name]['key'], Tables[Name]['value']>;

function table<Name extends keyof Tables>(transaction: IDBTransaction, name: Name): TableOf<Name> {
  const store = transaction.objectStore(name);
  return {
    get: (key) => answerTo(store.get(key)),
    getAll: (range) => answerTo(store.getAll(range)),
    getAllKeys: (range) => answerTo(store.getAllKeys(range) as IDBRequest) as Promise<Tables[Name]['key'][]>,
    put: (value, key) => answerTo(store.put(value, key)),
    delete: (key) => answerTo(store.delete(key)),
  };
}

/** Under the keys it has, but for whose it is. */
async function giveTo<Key extends readonly [string, ...unknown[]], Value>(
  person: string,
  { getAllKeys, getAll, put }: Table<Key, Value>,
  range: IDBKeyRange,
): Promise<void> {
  const [keys, values] = await Promise.all([getAllKeys(range), getAll(range)]);
  keys.forEach(([, ...rest], index) => void put(values[index]!, [person, ...rest] as unknown as Key));
}

/** All keys that begin so: in IndexedDB an array comes after every string and number. */
const startingWith = (prefix: readonly (string | number)[]): IDBKeyRange =>
  IDBKeyRange.bound([...prefix], [...prefix, []]);

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}
