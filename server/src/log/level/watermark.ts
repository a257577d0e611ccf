// The watermark (L3): a small file beside the store that says how far the journal was on disk a second ago. A store that
// was set back, or lost its newest records, is as sound in itself as ever; only what stands outside of it can tell.
// It is never ahead of the disk, and a failure of its own keeps nobody from work.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putFile } from '../../whole-file.js';
import { WHERE_LOST_TEXT_IS } from '../alarms.js';
import { crc32c } from '../crc32c.js';
import type { StoreReader } from '../key-value-store.js';
import { sameLink } from './chain.js';
import type { JournalExtent } from './journal.js';
import { anchorKey, journalKey } from './keys.js';
import { RecordKind, unseal } from './record.js';
import { readAnchor } from './stored-values.js';

/** A record of the journal that is on disk, and the journal's link after it. */
export interface Mark {
  readonly number: number;
  readonly hash: Uint8Array;
}

/** Where the watermark is. */
export interface WatermarkFile {
  /** @returns null when there is none */
  read(): Promise<string | null>;
  /** Resolves once the text is on disk in the place of the one before; never a part of it. */
  write(text: string): Promise<void>;
}

export interface WatermarkOptions {
  readonly file: WatermarkFile;
  /** Takes a sentence about a loss; resolves once it is kept. */
  readonly alarm: (sentence: string) => Promise<void> | void;
}

const EVERY_MS = 1000;

/** FORMAT.md § The watermark */
export function printMark({ number, hash }: Mark): string {
  const said = `weft watermark 1 ${number} ${Buffer.from(hash).toString('hex')}`;
  return `${said} ${checksum(said)}\n`;
}

/** @returns null when it is not what was written */
export function parseMark(text: string): Mark | null {
  const parts = /^(weft watermark 1 (\d{1,15}) ([0-9a-f]{32})) ([0-9a-f]{8})\n$/.exec(text);
  if (!parts || parts[4] !== checksum(parts[1]!)) return null;
  return { number: Number(parts[2]), hash: Uint8Array.from(Buffer.from(parts[3]!, 'hex')) };
}

const checksum = (said: string): string => crc32c(new TextEncoder().encode(said)).toString(16).padStart(8, '0');

/**
 * Compares the journal with what was known of it when the last process ended, and begins anew from what is there: a loss is
 * said once, and a process that is killed in its first second leaves a watermark, too.
 */
export async function compareWithWatermark(
  store: StoreReader,
  extent: JournalExtent,
  { file, alarm }: WatermarkOptions,
  complain: (sentence: string) => void,
): Promise<void> {
  const text = await file.read();
  const mark = text === null ? null : parseMark(text);
  const doubt = mark === null ? doubtAbout(text, extent) : null;
  const loss = mark === null ? null : await lossAgainst(mark, store, extent);
  if (doubt !== null) await alarm(doubt);
  if (loss !== null) await alarm(`${loss} ${WHAT_TO_DO}`);
  const anew = printMark(extent);
  if (anew !== text) await file.write(anew).catch((error: Error) => complain(notWritten(error)));
}

/** @param text what stands in the place of the watermark; null when nothing does */
function doubtAbout(text: string | null, extent: JournalExtent): string | null {
  // The first start there ever was.
  if (text === null && extent.number === 0) return null;
  return (
    `The file "watermark" in the data folder is ${text === null ? 'missing' : 'damaged'}, so that nobody can tell whether ` +
    'the newest entries are there. Nothing else is known to be wrong. If files of the data folder were moved, copied or ' +
    'brought back by hand, compare the documents with a backup. It is written anew.'
  );
}

const notWritten = (error: Error): string =>
  `The watermark could not be written: ${error.message}. No text is in danger, but should the newest entries be lost from ` +
  'outside now, the next start may not notice. It is tried again while entries are written.';

const WHAT_TO_DO = `The disk was set back to an earlier state, or damaged from outside. What is there is served as it is. ${WHERE_LOST_TEXT_IS}`;

/** @returns in words what is missing; null when nothing is, as far as that can be told */
export async function lossAgainst(
  mark: Mark,
  store: StoreReader,
  { number, anchorNumber }: Pick<JournalExtent, 'number' | 'anchorNumber'>,
): Promise<string | null> {
  if (mark.number > number) {
    return (
      `The store has lost its newest entries: those up to journal record ${mark.number.toLocaleString('en')} were on disk ` +
      `and acknowledged; the store now ends at record ${number.toLocaleString('en')}.`
    );
  }
  // What left the journal has no number any more.
  if (mark.number < anchorNumber || mark.number === 0) return null;
  const { hash } = mark.number === anchorNumber ? await anchorOf(store) : await recordAt(store, mark.number);
  if (sameLink(hash, mark.hash)) return null;
  return (
    `The store has other entries than before: journal record ${mark.number.toLocaleString('en')} is not the one that was ` +
    'on disk and acknowledged.'
  );
}

const anchorOf = async (store: StoreReader): Promise<Mark> => readAnchor(await store.get(anchorKey));

async function recordAt(store: StoreReader, number: number): Promise<Mark> {
  const key = journalKey(number);
  return unseal(key, (await store.get(key))!, RecordKind.journal);
}

/** Keeps the watermark up with the journal: once a second while that moves, and at the end. */
export class WatermarkKeeper {
  readonly #file: WatermarkFile;
  readonly #newest: () => Mark;
  readonly #complain: (sentence: string) => void;
  #writtenNumber: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> | null = null;
  #hasFailed = false;

  /** @param newest the newest record that is on disk for sure; the watermark says so of it now */
  constructor(file: WatermarkFile, newest: () => Mark, complain: (sentence: string) => void) {
    this.#file = file;
    this.#newest = newest;
    this.#writtenNumber = newest().number;
    this.#complain = complain;
  }

  /** The journal may have moved. */
  moved(): void {
    if (this.#timer !== null || this.#writing !== null || this.#isUpToDate) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
        this.moved();
      });
    }, EVERY_MS);
  }

  /** Writes what is still to be written. To be called once the journal moves no more. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#isUpToDate) await this.#write();
  }

  get #isUpToDate(): boolean {
    return this.#newest().number === this.#writtenNumber;
  }

  async #write(): Promise<void> {
    const mark = this.#newest();
    try {
      await this.#file.write(printMark(mark));
      this.#writtenNumber = mark.number;
      this.#hasFailed = false;
    } catch (error) {
      // Once, and not each second.
      if (!this.#hasFailed) this.#complain(notWritten(error as Error));
      this.#hasFailed = true;
    }
  }
}

/** The watermark of a data folder. */
export function watermarkFile(dataFolder: string): WatermarkFile {
  const path = join(dataFolder, 'watermark');
  return {
    read: () =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      }),
    write: (text) => putFile(path, (file) => file.writeFile(text)),
  };
}
