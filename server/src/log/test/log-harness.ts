// What tests of logs share: names and entries in short, a listener that can be waited on, a disk that waits or fails.

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { onTestFinished } from 'vitest';
import type { SyncError } from '../../sync-error.js';
import type { ChannelId, ChannelListener, Checkpoint, DocumentLog, Entry, NewEntry, Seq } from '../document-log.js';

export interface PlaceOptions {
  /** Runs before each write reaches the disk: a promise delays it, an error fails it. */
  readonly beforeWrite?: () => Promise<void> | void;
  readonly onFailure?: (error: SyncError) => void;
  /** How long the newest part of the log may get before its older half is put away. */
  readonly journalMaxBytes?: number;
}

/** A place where a log can be opened again and again; each test has its own. */
export interface LogPlace {
  open(options?: PlaceOptions): Promise<DocumentLog>;
  remove(): Promise<void>;
}

/** A log in a place of its own, and the way to have it closed and opened again; both are gone when the test is over. */
export async function startLog(newPlace: () => Promise<LogPlace>, options: PlaceOptions = {}) {
  const place = await newPlace();
  onTestFinished(() => place.remove());
  let log = await place.open(options);
  onTestFinished(() => log.close());
  const reopen = async (after: PlaceOptions = options): Promise<DocumentLog> => {
    await log.close();
    log = await place.open(after);
    return log;
  };
  return { log, reopen };
}

export const documentName = (text: string): DocumentName => {
  const parsed = parseDocumentName(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.name;
};

export const content = (document: string): ChannelId => ({ document: documentName(document), kind: 'content' });
export const discussion = (document: string): ChannelId => ({ document: documentName(document), kind: 'discussion' });

export function newEntry(text: string, rest: Partial<NewEntry> = {}): NewEntry {
  const update = new TextEncoder().encode(text);
  return { timeMs: 1_760_000_000_000, author: 'ann', outboxId: 'box-1', clientSeq: 1, update, ...rest };
}

export const textOf = (entry: Entry): string => new TextDecoder().decode(entry.update);

/** Remembers what it heard, and can be waited on. */
export class Ear implements ChannelListener {
  readonly heard: Seq[] = [];
  #waiting: { seq: Seq; resolve: () => void }[] = [];

  durable(lastSeq: Seq): void {
    this.heard.push(lastSeq);
    for (const { seq, resolve } of this.#waiting) if (seq <= lastSeq) resolve();
    this.#waiting = this.#waiting.filter(({ seq }) => seq > lastSeq);
  }

  hears(seq: Seq): Promise<void> {
    if ((this.heard.at(-1) ?? 0) >= seq) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ seq, resolve });
    });
  }
}

/** A disk whose writes wait until they are let through, or failed, one by one. */
export class SlowDisk {
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #arrived: (() => void) | null = null;

  readonly beforeWrite = (): Promise<void> => {
    const write = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    this.#arrived?.();
    return write;
  };

  /** Resolves once a write waits. */
  async writeWaits(): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    this.#arrived = null;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async writeOne(): Promise<void> {
    await this.writeWaits();
    this.#waiting.shift()!.resolve();
  }

  async failOne(): Promise<void> {
    await this.writeWaits();
    this.#waiting.shift()!.reject(new Error('no space left on the disk'));
  }
}

export function checkpointAt(seq: Seq, text = 'state'): Checkpoint {
  const bytes = new TextEncoder().encode(text);
  const outboxes = new Map([
    ['box-1', 7],
    ['böx', 2 ** 40],
  ]);
  const owners = new Map([
    [7, 'ann'],
    [2 ** 32 - 1, ''],
    [2 ** 40, 'ann'],
  ]);
  const contentHash = bytes.slice(0, 3);
  return {
    seq,
    state: bytes,
    stateVector: bytes.slice(1),
    deleteSet: bytes.slice(0, 2),
    contentHash,
    outboxes,
    owners,
  };
}

/** Lets everything run that is ready to. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
