// What every DocumentLog must do, whatever it stands on. Each test also closes the log, opens it again on what it left,
// and looks whether the same is there.

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChannelId, ChannelListener, DocumentLog, Entry, NewEntry, OpenChannel, Seq } from './document-log.js';

/** A place where a log can be opened again and again; each test has its own. */
export interface LogPlace {
  open(): Promise<DocumentLog>;
  remove(): Promise<void>;
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

export function testDocumentLog(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: a document log`, () => {
    const cleanups: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    });

    /** A log, and the way to have it closed and opened again. */
    async function start(): Promise<{ log: DocumentLog; reopen: () => Promise<DocumentLog> }> {
      const place = await newPlace();
      cleanups.push(() => place.remove());
      const opened: DocumentLog[] = [];
      const open = async (): Promise<DocumentLog> => {
        const log = await place.open();
        opened.push(log);
        cleanups.push(() => log.close());
        return log;
      };
      const reopen = async (): Promise<DocumentLog> => {
        await opened.at(-1)!.close();
        return open();
      };
      return { log: await open(), reopen };
    }

    async function textsOf(channel: OpenChannel, after: Seq = 0): Promise<string[]> {
      const entries = await channel.entriesAfter(after);
      entries.forEach((entry, index) => {
        expect(entry.seq).toBe(after + index + 1);
      });
      return entries.map(textOf);
    }

    test('numbers entries 1, 2, 3 and gives them back after it was opened again', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      expect(channel).toMatchObject({ epoch: 1, head: 0, checkpoint: null });
      const seqs = ['a', 'b', 'c'].map((text, index) => channel.append(newEntry(text, { clientSeq: index + 1 })));
      expect(seqs).toEqual([1, 2, 3]);
      await ear.hears(3);
      expect(channel.head).toBe(3);
      const written = await channel.entriesAfter(0);
      const again = await (await reopen()).open(content('notes'), new Ear());
      expect(again.head).toBe(3);
      expect(await again.entriesAfter(0)).toEqual(written);
      expect(written.map((entry) => [entry.seq, entry.clientSeq, textOf(entry)])).toEqual([
        [1, 1, 'a'],
        [2, 2, 'b'],
        [3, 3, 'c'],
      ]);
      expect(await textsOf(again, 2)).toEqual(['c']);
      expect(await textsOf(again, 3)).toEqual([]);
    });
  });
}
