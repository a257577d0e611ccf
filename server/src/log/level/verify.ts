// Checks a whole store: every record, the journal's chain and numbers, every channel's entries one by one, the index of
// documents, the small records. It changes nothing, never stops at the first fault, and holds one channel's segment and the journal in
// memory, not the store. What it sees is one moment: entries written meanwhile do not show.

import { type ChannelId, channelName, type Table } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import type { RecordChecks, VerifyOptions } from '../verify-report.js';
import { documentKey, printableKey } from './keys.js';
import { readKey } from './read-key.js';
import type { Inflate } from './segment.js';
import { readDocument, readErased, readRecord, readSecret } from './stored-values.js';
import { Stretches } from './stretches.js';
import { ChannelCheck, type ChannelCheckParts } from './verify-channel.js';
import { compareMark, type FoundRun, readJournal } from './verify-journal.js';
import { walkStore } from './walk-store.js';

/**
 * @param totalBytes about as many as the store has, for the progress
 * @throws SyncError `CANCELLED`; `STORE_UNREADABLE` when the store gives no answer at all
 */
export async function verifyStore(
  store: StoreReader,
  inflate: Inflate,
  totalBytes: number,
  { findings, states, records, watermark, restMs, onProgress, signal }: VerifyOptions,
): Promise<void> {
  const stretches = new Stretches(signal, restMs);
  // The walk sees the moment its first pair is asked for; the journal is read after that, and so knows of all it will see.
  const walk = walkStore(store, findings);
  try {
    let found = await walk.next();
    const journal = await readJournal(store, findings, stretches);
    await compareMark(watermark, store, journal, findings);
    const check = new StoreCheck(store, journal.runs, { findings, states, records, inflate, stretches });
    for (; found.done !== true; found = await walk.next()) {
      const [key, value] = found.value;
      findings.bytes += key.length + value.length;
      findings.records += 1;
      onProgress({ doing: 'Checking documents', done: findings.bytes, total: totalBytes });
      await check.take(key, value);
      if (stretches.isOver) await stretches.next();
    }
    await check.finish();
  } finally {
    await walk.return();
  }
}

interface StoreCheckParts extends ChannelCheckParts {
  readonly records: RecordChecks;
}

class StoreCheck {
  readonly #store: StoreReader;
  /** Of channels that were not finished yet. */
  readonly #runs: Map<string, FoundRun[]>;
  readonly #parts: StoreCheckParts;
  #channel: ChannelCheck | null = null;
  #hasFormat = false;
  #hasSecret = false;

  constructor(store: StoreReader, runs: Map<string, FoundRun[]>, parts: StoreCheckParts) {
    this.#store = store;
    this.#runs = runs;
    this.#parts = parts;
  }

  /** Takes the next record, in the order of keys. */
  async take(key: Uint8Array, value: Uint8Array): Promise<void> {
    const { findings } = this.#parts;
    const known = readKey(key);
    switch (known.kind) {
      case 'base':
        (await this.#channelOf(known.id)).addBase(key, value);
        break;
      case 'checkpoint':
        (await this.#channelOf(known.id)).addCheckpoint(key, value, known.seq);
        break;
      case 'meta':
        (await this.#channelOf(known.id)).addMeta(value);
        break;
      case 'segment':
        await (await this.#channelOf(known.id)).addSegment(key, value, known.firstSeq, known.lastSeq);
        break;
      case 'document':
        findings.documents += 1;
        attempt(
          () => readDocument(key, value),
          (error) => findings.damageOfDocument(known.name, error),
        );
        break;
      case 'erased':
        attempt(
          () => readErased(key, value),
          (error) => findings.damage(error),
        );
        break;
      case 'record':
        this.#takeRecord(known.table, known.key, key, value);
        break;
      case 'secret':
        this.#hasSecret = true;
        attempt(
          () => readSecret(value),
          (error) => findings.damage(error),
        );
        break;
      case 'format':
        this.#hasFormat = true;
        break;
      case 'unknown':
        findings.remark(`The store holds something that this version of Weft does not know: ${printableKey(key)}.`);
        break;
      // Read already, with what belongs to them.
      case 'anchor':
      case 'journal':
        break;
      default:
        known satisfies never;
    }
  }

  #takeRecord(table: Table, name: string, key: Uint8Array, value: Uint8Array): void {
    const { findings, records } = this.#parts;
    let content: Uint8Array | null = null;
    attempt(
      () => {
        content = readRecord(key, value);
      },
      (error) => findings.damage(error),
    );
    const fault = records.take(table, name, content);
    if (fault !== null) findings.damage(fault);
  }

  async finish(): Promise<void> {
    const { findings, records } = this.#parts;
    await this.#finishChannel();
    const fault = records.finish();
    if (fault !== null) findings.damage(fault);
    // Of what is left nothing has ever left the journal.
    for (const [first] of [...this.#runs.values()]) {
      this.#channel = new ChannelCheck(first!.run.id, this.#parts);
      await this.#finishChannel();
    }
    if (!this.#hasFormat) findings.damage('The store does not say in which format it is.');
    if (!this.#hasSecret) {
      findings.damage('The secret of the store is missing: what clients show of it cannot be judged.');
    }
  }

  async #channelOf(id: ChannelId): Promise<ChannelCheck> {
    if (this.#channel === null || channelName(this.#channel.id) !== channelName(id)) {
      await this.#finishChannel();
      this.#channel = new ChannelCheck(id, this.#parts);
    }
    return this.#channel;
  }

  async #finishChannel(): Promise<void> {
    const channel = this.#channel;
    if (channel === null) return;
    this.#channel = null;
    const { findings } = this.#parts;
    const name = channelName(channel.id);
    await channel.finish(this.#runs.get(name) ?? []);
    this.#runs.delete(name);
    if (channel.hasEntries && !(await this.#isListed(channel.id))) {
      findings.damageOf(channel.id, null, `The document "${channel.id.document}" is missing in the list of documents.`);
    }
  }

  async #isListed({ document }: ChannelId): Promise<boolean> {
    try {
      return (await this.#store.get(documentKey(document))) !== undefined;
    } catch {
      // The walk comes to it, and tells.
      return true;
    }
  }
}

function attempt(action: () => unknown, failed: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    failed(error);
  }
}
