// Reads the journal when the log is opened: every record is checked, numbered and linked to the one before, or the log is
// not opened. What stays in memory is which records hold a channel's entries, not the entries.

import { SyncError } from '../../sync-error.js';
import type { StoreReader } from '../key-value-store.js';
import { EntryChain, sameLink } from './chain.js';
import { ChannelState, channelName } from './channel-state.js';
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

/** @throws SyncError `STORE_UNREADABLE` naming the record that is damaged, missing or not the one that was there */
export async function scanJournal(store: StoreReader): Promise<ScannedJournal> {
  const anchor = readAnchor(await store.get(anchorKey));
  const channels = new Map<string, ChannelState>();
  const chain = new EntryChain();
  const hash = anchor.hash.slice();
  let number = anchor.number;
  let bytes = 0;
  for await (const [key, value] of store.range(journalRange(anchor.number + 1))) {
    const record = unseal(key, value, RecordKind.journal);
    number++;
    if (record.number !== number) throw missingRecord(number, record.number);
    chain.advance(hash, record.content);
    if (!sameLink(hash, record.hash)) throw badRecord(key, 'it does not follow on the record before it');
    readContent(key, () => indexRuns(channels, number, record.content));
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
