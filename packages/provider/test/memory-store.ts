// A local store in memory, used by one "browser" of a test: pages share what is in it, and each has a handle of its own,
// which can be killed like its page. Writes take effect when the test says so, or at once.

import {
  type CopyChange,
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
} from '../src/local-store.js';

interface Row {
  copies: Map<number, CopyState & { updates: Uint8Array[]; access: StoredAccess | null }>;
  entries: Map<string, StoredEntry>;
  drafts: Map<string, StoredDraft>;
}

/** What a browser keeps. */
export class MemoryDisk {
  readonly rows = new Map<string, Row>();
  /** Thrown by every call while it is set. */
  failure: Error | null = null;
  /** No change with more bytes is taken. */
  roomBytes = Number.POSITIVE_INFINITY;
  /** What waits for its turn, in order, while `isManual`. */
  readonly waiting: (() => void)[] = [];
  isManual = false;
  /** Outboxes of pages that are still there. */
  readonly held = new Map<string, MemoryStore>();

  /** What a new page has. */
  page(person = ''): MemoryStore {
    return new MemoryStore(this, person);
  }

  /** The next call takes effect. @returns false when there is none */
  step(): boolean {
    const next = this.waiting.shift();
    next?.();
    return next !== undefined;
  }

  row(person: string, { document, kind }: Place): Row {
    const key = [person, kind, document].join('\n');
    const row = this.rows.get(key) ?? { copies: new Map(), entries: new Map(), drafts: new Map() };
    this.rows.set(key, row);
    return row;
  }
}

export class MemoryStore implements LocalStore {
  readonly person: string;
  readonly #disk: MemoryDisk;
  #isDead = false;

  constructor(disk: MemoryDisk, person: string) {
    this.#disk = disk;
    this.person = person;
  }

  /** The page is gone: nothing it asked for and did not get yet happens any more. */
  kill(): void {
    this.#isDead = true;
    this.letGo([...this.#disk.held].filter(([, page]) => page === this).map(([outboxId]) => outboxId));
  }

  read(place: Place): Promise<StoredDocument> {
    return this.#inTurn(() => {
      const { copies, entries, drafts } = this.#disk.row(this.person, place);
      return {
        copies: [...copies].map(([epoch, { seq, proof, access, updates }]) => ({
          epoch,
          seq,
          proof,
          access,
          updates: [...updates],
        })),
        unsent: [...entries.values()].filter(({ outboxId }) => !this.#disk.held.has(outboxId)),
        drafts: [...drafts.values()],
      };
    });
  }

  write(place: Place, change: StoreChange): Promise<WriteResult> {
    return this.#inTurn(() => {
      if (bytesOf(change) > this.#disk.roomBytes) throw new DOMException('No room.', 'QuotaExceededError');
      for (const { outboxId } of change.putEntries) this.#disk.held.set(outboxId, this);
      const { copies, entries, drafts } = this.#disk.row(this.person, place);
      for (const { outboxId, clientSeq } of change.removeEntries) entries.delete(`${outboxId} ${clientSeq}`);
      for (const entry of change.putEntries) entries.set(`${entry.outboxId} ${entry.clientSeq}`, entry);
      for (const id of change.removeDrafts) drafts.delete(id);
      for (const draft of change.putDrafts) drafts.set(draft.id, draft);
      const isGap = change.copy !== null && !this.#add(copies, change.copy);
      const noted = change.access && copies.get(change.access.epoch);
      if (change.access && noted) {
        const { epoch, role, mayWrite } = change.access;
        copies.set(epoch, { ...noted, access: { role, mayWrite } });
      }
      for (const { epoch, seq } of change.retireCopies) {
        const isNeeded = [...entries.values()].some((entry) => entry.epoch === epoch);
        if (!isNeeded && (copies.get(epoch)?.heldSeq ?? 0) <= seq) copies.delete(epoch);
      }
      return isGap ? 'gap' : 'written';
    });
  }

  #add(copies: Row['copies'], change: CopyChange): boolean {
    const stored = copies.get(change.epoch) ?? null;
    const step = stepOf(stored, change);
    if (step === null) return false;
    const before = step.clear ? [] : (stored?.updates ?? []);
    copies.set(change.epoch, { ...step.state, access: stored?.access ?? null, updates: [...before, ...step.append] });
    return true;
  }

  letGo(outboxIds: readonly string[]): void {
    for (const outboxId of outboxIds) this.#disk.held.delete(outboxId);
  }

  forget(place: Place): Promise<void> {
    return this.#inTurn(() => {
      const row = this.#disk.row(this.person, place);
      for (const table of [row.copies, row.entries, row.drafts]) table.clear();
    });
  }

  forgetAll(): Promise<void> {
    return this.#inTurn(() => {
      for (const key of [...this.#disk.rows.keys()]) {
        if (key.startsWith(`${this.person}\n`)) this.#disk.rows.delete(key);
      }
    });
  }

  #inTurn<T>(act: () => T): Promise<T> {
    const { failure, isManual, waiting } = this.#disk;
    return new Promise((resolve, reject) => {
      const run = (): void => {
        if (this.#isDead) return;
        try {
          if (failure) throw failure;
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
      if (isManual) waiting.push(run);
      else run();
    });
  }
}

const bytesOf = ({ copy, putEntries, putDrafts }: StoreChange): number =>
  [
    ...(copy?.updates ?? []),
    ...(copy?.own ?? []),
    ...putEntries.map(({ update }) => update),
    ...putDrafts.map(({ state }) => state),
  ].reduce((sum, { length }) => sum + length, 0);
