// A store that holds the life of a document as days of writing leave it: each change an entry of its own, at the time it would have
// been made, and checkpoints where a room has them built. It is written into the log without a server: a server writes down
// when something came, and takes no person for that fast.

import { HistoryWorkers } from '@weft/server/history';
import type { Checkpoint, DocumentLog, Entry, OpenChannel } from '@weft/server/log';
import { checkpointNeed } from '@weft/server/room';
import * as prng from 'lib0/prng';
import { makePaper } from '../peers/paper.js';
import { updatesInParagraphs } from '../replay/paragraphs.js';
import { updatesOf } from '../replay/typing.js';
import { readTrace } from '../trace.js';
import { documentName, openLog } from './open-store.js';

/** What a life is stored in. */
export const livedChannel = { document: documentName('lived'), kind: 'content' } as const;

/** More than most people type in a day. */
const KEY_PRESSES_PER_DAY = 10_000;
const KEY_PRESSES_OF_A_PAPER = 260_000;
const SMALL_PAPER = 2000;
const MIN_DAYS = 2;

const DAY_MS = 24 * 60 * 60_000;
const FIRST_DAY_MS = Date.UTC(2026, 0, 5);
/** Of each day. */
const SITTINGS_MS = [9, 14].map((hour) => hour * 60 * 60_000);
const SITTING_MS = 50 * 60_000;
const SEED = 26;
const AUTHOR = 'u-ann';

export interface Life {
  /** In order, one for each entry. */
  readonly updates: readonly Uint8Array[];
  readonly days: number;
}

/** @param file without one it is a paper that is made from a seed */
export function lifeOf(file: string, isSmall: boolean): Life {
  if (file === '') {
    const keyPresses = isSmall ? SMALL_PAPER : KEY_PRESSES_OF_A_PAPER;
    return { updates: makePaper(keyPresses).updates, days: daysOf(keyPresses) };
  }
  const trace = readTrace(file);
  // What several typed at once has no one order of lines.
  const updates = [...(trace.agents === 1 ? updatesInParagraphs(trace) : updatesOf(trace))];
  return { updates, days: daysOf(trace.transactions.length) };
}

const daysOf = (keyPresses: number): number => Math.max(MIN_DAYS, Math.ceil(keyPresses / KEY_PRESSES_PER_DAY));

/** Stores it in a new data folder. @returns how many entries it has */
export async function storeLife(dataFolder: string, { updates, days }: Life): Promise<number> {
  const log = await openLog(dataFolder);
  const workers = new HistoryWorkers();
  try {
    const writer = await Writer.open(log, workers);
    const sittings = days * SITTINGS_MS.length;
    for (let sitting = 0; sitting < sittings; sitting++) {
      const [from, to] = [sitting, sitting + 1].map((n) => Math.floor((n * updates.length) / sittings));
      await writer.sit(updates.slice(from, to), beginOf(sitting));
      if ((sitting + 1) % SITTINGS_PER_NEWS === 0) console.error(`${sitting + 1} of ${sittings} sittings are stored`);
    }
    await writer.close();
  } finally {
    await workers.close();
    await log.close();
  }
  return updates.length;
}

const SITTINGS_PER_NEWS = 10;

const beginOf = (sitting: number): number =>
  FIRST_DAY_MS + Math.floor(sitting / SITTINGS_MS.length) * DAY_MS + SITTINGS_MS[sitting % SITTINGS_MS.length]!;

/** One person, who comes back for each sitting with a new page. */
class Writer {
  readonly #workers: HistoryWorkers;
  readonly #random = prng.create(SEED);
  #channel!: OpenChannel;
  #checkpoint: Checkpoint | null = null;
  /** Those after the checkpoint, not all of them on disk. */
  #tail: Entry[] = [];
  #tailBytes = 0;
  #whenDurable: () => void = () => undefined;

  private constructor(workers: HistoryWorkers) {
    this.#workers = workers;
  }

  static async open(log: DocumentLog, workers: HistoryWorkers): Promise<Writer> {
    const writer = new Writer(workers);
    writer.#channel = await log.open(livedChannel, { durable: () => writer.#whenDurable() });
    return writer;
  }

  async sit(updates: readonly Uint8Array[], beginMs: number): Promise<void> {
    const outboxId = `sitting-${beginMs}`;
    const everyMs = SITTING_MS / updates.length;
    for (const [index, update] of updates.entries()) {
      const timeMs = Math.floor(beginMs + (index + prng.real53(this.#random)) * everyMs);
      const entry = { timeMs, author: AUTHOR, outboxId, clientSeq: index + 1, update };
      this.#tail.push({ ...entry, seq: this.#channel.append(entry) });
      this.#tailBytes += update.length;
      if (this.#isCheckpointDue()) await this.#putCheckpoint();
    }
    if (updates.length > 0) await this.#putCheckpoint();
  }

  close(): Promise<void> {
    return this.#channel.close();
  }

  #isCheckpointDue(): boolean {
    const [head, tail] = [this.#tail.at(-1)!.seq, { freshBytes: this.#tailBytes }];
    const quietSinceMs = Number.POSITIVE_INFINITY;
    return checkpointNeed({ head, checkpoint: this.#checkpoint, tail, quietSinceMs }, 0) !== 'none';
  }

  async #putCheckpoint(): Promise<void> {
    const entries = this.#tail.splice(0);
    this.#tailBytes = 0;
    await this.#whenOnDisk(entries.at(-1)!.seq);
    const checkpointState = this.#checkpoint?.state ?? null;
    const updates = entries.map(({ update }) => update);
    const built = await this.#workers.buildCheckpoint({ checkpointState, updates });
    const { state, stateVector, deleteSet, contentHash, broughtBy } = built;
    const { seq, outboxId, clientSeq } = entries.at(-1)!;
    const outboxes = new Map(this.#checkpoint?.outboxes).set(outboxId, clientSeq);
    const owners = new Map(this.#checkpoint?.owners);
    for (const client of broughtBy.keys()) owners.set(client, AUTHOR);
    this.#checkpoint = { seq, state, stateVector, deleteSet, contentHash, outboxes, owners };
    await this.#channel.putCheckpoint(this.#checkpoint);
  }

  async #whenOnDisk(seq: number): Promise<void> {
    while (this.#channel.head < seq) {
      await new Promise<void>((resolve) => {
        this.#whenDurable = resolve;
      });
    }
  }
}
