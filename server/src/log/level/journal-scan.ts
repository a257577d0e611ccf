// Reads the journal when the log is opened: every record is checked, numbered and linked to the one before, or the log is
// not opened. What stays in memory is which records hold a channel's entries, not the entries.

import { SyncError } from '../../sync-error.js';
import { channelName } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import { EntryChain, sameLink } from './chain.js';
import { ChannelState } from './channel-state.js';
import { readRuns } from './entries.js';
import type { JournalExtent } from './journal.js';
import { anchorKey, journalKey, journalRange, numberInJournalKey, printableKey } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import { readAnchor } from './stored-values.js';

export interface ScannedJournal {
  readonly extent: JournalExtent;
  /** By channelName: the channels that have entries in the journal. */
  readonly channels: Map<string, ChannelState>;
}

/** A record of the journal is damaged, missing, or not the one that was there. Those before it are sound. */
export class DamagedJournal extends SyncError {
  readonly number: number;

  constructor(number: number, cause: SyncError) {
    super('STORE_UNREADABLE', `${cause.message} ${ADVICE}`, { cause });
    this.number = number;
  }
}

const ADVICE =
  'Nothing after it can be relied on, so the documents are not served. "weft verify" shows what is hit. Bring back a backup ' +
  'with "weft restore-backup"; or start with "weft serve --accept-loss", which puts this record and all after it aside ' +
  'and goes on with what was written before.';

/**
 * @param upTo the newest record to be read
 * @throws DamagedJournal naming the first record that is not as it was written
 */
export async function scanJournal(
  store: StoreReader,
  upTo: number = Number.MAX_SAFE_INTEGER - 1,
): Promise<ScannedJournal> {
  const anchor = readAnchor(await store.get(anchorKey));
  const channels = new Map<string, ChannelState>();
  const chain = new EntryChain();
  const hash = anchor.hash.slice();
  let number = anchor.number;
  let bytes = 0;
  for await (const [key, value] of store.range(journalRange(anchor.number + 1, upTo))) {
    number++;
    try {
      const record = unseal(key, value, RecordKind.journal);
      if (record.number !== number) throw missingRecord(number, record.number);
      chain.advance(hash, record.content);
      if (!sameLink(hash, record.hash)) throw badRecord(key, 'it does not follow on the record before it');
      readContent(key, () => indexRuns(channels, number, record.content));
    } catch (error) {
      throw error instanceof SyncError ? new DamagedJournal(number, error) : error;
    }
    bytes += value.length;
  }
  const sweptNumber = (await oldestLeftover(store, anchor.number)) - 1;
  return { extent: { sweptNumber, anchorNumber: anchor.number, number, hash, bytes }, channels };
}

/** The first record up to the anchor that is still there, or else the one after the anchor. */
async function oldestLeftover(store: StoreReader, anchorNumber: number): Promise<number> {
  for await (const [key] of store.range({ ...journalRange(0, anchorNumber), limit: 1 })) return numberInJournalKey(key);
  return anchorNumber + 1;
}

function indexRuns(channels: Map<string, ChannelState>, recordNumber: number, content: Uint8Array): void {
  for (const run of readRuns(content)) {
    const name = channelName(run.id);
    let channel = channels.get(name);
    if (!channel) {
      channel = ChannelState.beforeRun(run);
      channels.set(name, channel);
    }
    if (run.firstSeq !== channel.durable + 1) {
      throw new Error(`${run.id.document} goes on at entry ${run.firstSeq} after entry ${channel.durable}`);
    }
    channel.addRun(recordNumber, run);
  }
}

function missingRecord(expected: number, found: number): SyncError {
  const reason = found > expected ? `the journal goes on at record ${found}` : `record ${found} stands in its place`;
  return new SyncError('STORE_UNREADABLE', `The record ${printableKey(journalKey(expected))} is missing: ${reason}.`);
}
