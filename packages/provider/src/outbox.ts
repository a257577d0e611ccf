// The outbox: local updates that are not known to be on the server's disk, oldest first, under rising clientSeqs.
// An entry that was once sent keeps its bytes and its number until it is saved, so that sending it again is harmless (S1).
// It holds no timer and no socket; what keeps it beyond the page looks at `entries`.

import { mergeUpdates } from 'yjs';

/** Sent and not yet saved: at most this many updates and bytes; the rest waits. */
const MAX_UNSAVED_UPDATES = 256;
const MAX_UNSAVED_BYTES = 1024 * 1024;
/** Entries that never left may leave as one: this many (mergeUpdates is quadratic in a list) up to this many bytes. */
const MAX_MERGED_ENTRIES = 64;
const MAX_MERGED_BYTES = 64 * 1024;

export interface OutboxEntry {
  readonly clientSeq: number;
  readonly update: Uint8Array;
  /** Local Yjs transactions in it. */
  readonly changes: number;
  /** Time of the oldest of them. */
  readonly sinceMs: number;
  /** Whether it tells all that is deleted, and not only what was deleted with these changes. */
  readonly tellsAll?: boolean;
}

export class Outbox {
  /** Names the stream of updates on the server, together with the channel. */
  readonly id: string;
  /** Told of each entry that is found to be saved. */
  onSaved: ((update: Uint8Array) => void) | null = null;
  #entries: OutboxEntry[] = [];
  #changes = 0;
  /** The first `#inFlight` entries were sent on this connection and not answered yet. */
  #inFlight = 0;
  #inFlightBytes = 0;
  #lastClientSeq = 0;
  #highestSent = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Takes a local update under the next clientSeq. */
  add(update: Uint8Array, nowMs: number, changes = 1): void {
    this.adopt({ update, changes, sinceMs: nowMs });
  }

  /** Takes what was written by an earlier page and not saved. Whatever of it the server has, it knows by its content (J2). */
  adopt({ update, changes, sinceMs, tellsAll = false }: Omit<OutboxEntry, 'clientSeq'>): void {
    this.#lastClientSeq += 1;
    this.#changes += changes;
    this.#entries.push({ clientSeq: this.#lastClientSeq, update, changes, sinceMs, tellsAll });
  }

  /** Takes all that the server lacks, and all that is deleted, under the next clientSeq. */
  addAll(update: Uint8Array, nowMs: number): void {
    this.adopt({ update, changes: 1, sinceMs: nowMs, tellsAll: true });
  }

  /** Everything that is not known to be on disk, oldest first. An entry is never changed, but another may take its place. */
  get entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  /** Changes not known to be on disk. */
  get changes(): number {
    return this.#changes;
  }

  /** Time of the oldest unsaved change, or null when there is none. */
  get sinceMs(): number | null {
    return this.#entries[0]?.sinceMs ?? null;
  }

  /** The newest unsaved clientSeq, or 0: what a caret that is sent now has to wait for on the server (S5). */
  get lastUnsaved(): number {
    return this.#entries.at(-1)?.clientSeq ?? 0;
  }

  /** Everything unsaved, oldest first. */
  get updates(): Uint8Array[] {
    return this.#entries.map(({ update }) => update);
  }

  /** What was written and is unsaved, oldest first; nothing that tells all that is deleted. */
  get written(): Uint8Array[] {
    return this.#entries.filter(({ tellsAll }) => !tellsAll).map(({ update }) => update);
  }

  /** Whether something was sent and is not answered. */
  get isAwaited(): boolean {
    return this.#inFlight > 0;
  }

  /** Whether something still waits to be sent. */
  get hasUnsent(): boolean {
    return this.#inFlight < this.#entries.length;
  }

  /** Whether an entry waits to be sent that is larger than the server takes. */
  hasUnsentOver(maxUpdateBytes: number): boolean {
    for (let index = this.#inFlight; index < this.#entries.length; index++) {
      if (this.#entries[index]!.update.length > maxUpdateBytes) return true;
    }
    return false;
  }

  /**
   * The next entries the window has room for; from here on they count as sent. Those that never left, be it that they were
   * made in one turn or over a day offline, are merged as far as the server takes it.
   */
  take(maxUpdateBytes: number): OutboxEntry[] {
    const maxMergedBytes = Math.min(MAX_MERGED_BYTES, maxUpdateBytes);
    const taken: OutboxEntry[] = [];
    while (this.#inFlight < this.#entries.length && this.#inFlight < MAX_UNSAVED_UPDATES) {
      const entry = this.#mergeFrom(this.#inFlight, maxMergedBytes);
      // A single entry larger than the window goes alone.
      if (this.#inFlight > 0 && this.#inFlightBytes + entry.update.length > MAX_UNSAVED_BYTES) break;
      this.#inFlight += 1;
      this.#inFlightBytes += entry.update.length;
      this.#highestSent = Math.max(this.#highestSent, entry.clientSeq);
      taken.push(entry);
    }
    return taken;
  }

  /** Everything up to `clientSeq` is on disk. @returns whether that was news */
  saved(clientSeq: number): boolean {
    const before = this.#entries.length;
    while (this.#entries.length > 0 && this.#entries[0]!.clientSeq <= clientSeq) {
      const entry = this.#entries.shift()!;
      this.#changes -= entry.changes;
      this.onSaved?.(entry.update);
      if (this.#inFlight === 0) continue;
      this.#inFlight -= 1;
      this.#inFlightBytes -= entry.update.length;
    }
    return this.#entries.length < before;
  }

  /** Nothing counts as sent any more: the connection ended, or the server discarded the stream. */
  rewind(): void {
    this.#inFlight = 0;
    this.#inFlightBytes = 0;
  }

  /** One update in the place of all unsaved ones, if any, under a clientSeq of its own. */
  replaceAll(update: Uint8Array, nowMs: number): void {
    const { sinceMs } = this;
    const changes = Math.max(1, this.#changes);
    this.#changes = changes;
    this.#lastClientSeq += 1;
    this.#entries = [{ clientSeq: this.#lastClientSeq, update, changes, sinceMs: sinceMs ?? nowMs, tellsAll: true }];
    this.rewind();
  }

  /** Makes few entries of many, as far as they never left: a day offline is no longer a list than an hour. */
  condense(): void {
    for (let index = this.#inFlight; index < this.#entries.length; index++) this.#mergeFrom(index, MAX_MERGED_BYTES);
  }

  /** Merges the entries from `index` on that never left; under the last one's number, for numbers may be left out. */
  #mergeFrom(index: number, maxBytes: number): OutboxEntry {
    const first = this.#entries[index]!;
    if (first.clientSeq <= this.#highestSent) return first;
    let end = index + 1;
    let bytes = first.update.length;
    while (end < this.#entries.length && end - index < MAX_MERGED_ENTRIES) {
      bytes += this.#entries[end]!.update.length;
      if (bytes > maxBytes) break;
      end += 1;
    }
    if (end === index + 1) return first;
    const parts = this.#entries.slice(index, end);
    const merged: OutboxEntry = {
      clientSeq: parts.at(-1)!.clientSeq,
      update: mergeUpdates(parts.map((part) => part.update)),
      changes: parts.reduce((sum, part) => sum + part.changes, 0),
      sinceMs: first.sinceMs,
      tellsAll: parts.some((part) => part.tellsAll),
    };
    this.#entries.splice(index, parts.length, merged);
    return merged;
  }
}

/** 16 bytes by chance, in hex: no two outboxes of a channel may ever share an id, nor may one be guessed. */
export function newOutboxId(random: (() => number) | undefined): string {
  const bytes = random
    ? Uint8Array.from({ length: 16 }, () => random() * 256)
    : crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
