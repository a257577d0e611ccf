// A data folder as it is when a server starts with the most work: a long journal of many channels, each entry in a record
// of its own, as quiet typing in many documents leaves it. Made through the log itself, without its syncs, for speed.

import { join } from 'node:path';
import { type DocumentLog, openLevelLog, openLevelStore, watermarkFile } from '@weft/server/log';
import { documentName } from './open-store.js';

export interface FullJournal {
  readonly bytes: number;
  readonly records: number;
}

type Store = Awaited<ReturnType<typeof openLevelStore>>;

/** Entries of single key presses are about this long. */
const UPDATE_BYTES = 30;

export async function makeFullJournal(dataFolder: string, channels: number, bytes: number): Promise<FullJournal> {
  const made = { bytes: 0, records: 0 };
  const openStore = async (): Promise<Store> => {
    const store = await openLevelStore(join(dataFolder, 'store'));
    return {
      get: (key) => store.get(key),
      range: (options) => store.range(options),
      batch: (operations) => {
        for (const operation of operations) if (operation.type === 'put') made.bytes += operation.value.length;
        return store.batch(operations, { sync: false });
      },
      compact: (...range) => store.compact(...range),
      close: () => store.close(),
    };
  };
  const log = await openLevelLog(openStore, {
    journalMaxBytes: Number.POSITIVE_INFINITY,
    paceMs: 0,
    watermark: { file: watermarkFile(dataFolder), alarm: fail },
    onFailure: ({ message }) => fail(message),
  });
  const writers: Writer[] = [];
  for (let channel = 0; channel < channels; channel++)
    writers.push(await Writer.open(log, `notes/document-${channel}`));
  while (made.bytes < bytes) {
    await writers[made.records % channels]!.write();
    made.records += 1;
  }
  await log.close();
  return made;
}

const fail = (sentence: string): never => {
  throw new Error(sentence);
};

type Channel = Awaited<ReturnType<DocumentLog['open']>>;

class Writer {
  #channel!: Channel;
  #durable = (): void => {};
  #clientSeq = 0;

  static async open(log: DocumentLog, document: string): Promise<Writer> {
    const writer = new Writer();
    writer.#channel = await log.open(
      { document: documentName(document), kind: 'content' },
      { durable: () => writer.#durable() },
    );
    return writer;
  }

  /** Resolves once the entry is written, so that the next one is another record. */
  write(): Promise<void> {
    return new Promise((resolve) => {
      this.#durable = resolve;
      this.#clientSeq += 1;
      this.#channel.append({
        timeMs: Date.now(),
        author: '',
        outboxId: '0d7f0f0e-6d5c-4c5e-8f5e-2b9d3f1a7c11',
        clientSeq: this.#clientSeq,
        update: new Uint8Array(UPDATE_BYTES).fill(this.#clientSeq),
      });
    });
  }
}
