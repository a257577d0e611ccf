// Who has a channel open for tests of a store that several servers share.

import { expect } from 'vitest';
import type {
  ChannelId,
  ChannelListener,
  Checkpoint,
  DocumentLog,
  Entry,
  NewEntry,
  OpenChannel,
  Seq,
} from '../document-log.js';
import { newEntry, textOf } from './log-harness.js';

/** Holds a channel as a room does: what it was told is there, in order, and what it appended and was not told of. */
export class Holder implements ChannelListener {
  channel!: OpenChannel;
  readonly told: string[] = [];
  #waiting: string[] = [];
  follows = true;
  isLetGo = false;
  /** The base it was last told of. */
  base: Seq = 0;
  #ears: (() => void)[] = [];

  static async open(log: DocumentLog, id: ChannelId): Promise<Holder> {
    const holder = new Holder();
    holder.channel = await log.open(id, holder);
    holder.base = (await holder.channel.base())?.checkpoint.seq ?? 0;
    // What was trimmed has no text.
    holder.told.push(...Array<string>(holder.base).fill(''));
    for (const entry of await holder.channel.entriesAfter(holder.base)) holder.told.push(textOf(entry));
    return holder;
  }

  append(text: string, rest: Partial<NewEntry> = {}): Seq {
    const seq = this.channel.append(newEntry(text, rest));
    this.#waiting.push(text);
    expect(seq).toBe(this.told.length + this.#waiting.length);
    return seq;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  durable(lastSeq: Seq): void {
    this.told.push(...this.#waiting.splice(0, lastSeq - this.told.length));
    expect(lastSeq).toBe(this.told.length);
    expect(this.channel.head).toBe(lastSeq);
    this.#wake();
  }

  overtaken(entries: readonly Entry[]): boolean {
    expect(entries[0]!.seq).toBe(this.told.length + 1);
    this.told.push(...entries.map(textOf));
    expect(this.channel.head).toBe(this.told.length);
    this.#wake();
    return this.follows;
  }

  trimmed({ seq }: Checkpoint): void {
    expect(seq).toBeGreaterThan(this.base);
    this.base = seq;
    this.#wake();
  }

  letGo(): void {
    expect(this.isLetGo).toBe(false);
    this.isLetGo = true;
    this.#waiting = [];
    this.#wake();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#ears.push(resolve));
  }

  #wake(): void {
    for (const ear of this.#ears.splice(0)) ear();
  }
}
