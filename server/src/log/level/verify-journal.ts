// Checks the journal: the numbers of its records, its chain and the runs in it, and keeps the runs for the channels' checks.

import { channelName } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import type { Findings } from '../verify-report.js';
import { EntryChain, sameLink } from './chain.js';
import { type Run, readRuns } from './entries.js';
import type { JournalExtent } from './journal.js';
import { anchorKey, journalRange, numberInJournalKey } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import { type Anchor, readAnchor } from './stored-values.js';
import type { Stretches } from './stretches.js';
import { lossAgainst, parseMark } from './watermark.js';

/** A run of the journal, and the record it is in. */
export interface FoundRun {
  readonly recordNumber: number;
  readonly run: Run;
}

export interface FoundJournal {
  /** By channelName, in the order of records. */
  readonly runs: Map<string, FoundRun[]>;
  /** What there is of it; null after a fault. */
  readonly extent: Pick<JournalExtent, 'number' | 'anchorNumber'> | null;
}

/** All of it stays in memory, as its length is bounded: what is longer is put away in segments. */
export async function readJournal(store: StoreReader, findings: Findings, stretches: Stretches): Promise<FoundJournal> {
  const runs = new Map<string, FoundRun[]>();
  const chain = new EntryChain();
  const anchor = await anchorOf(store, findings);
  /** The newest record, and its link where it is known. */
  let number = anchor?.number ?? null;
  let link = anchor?.hash.slice() ?? null;
  let isSound = anchor !== null;
  const bad = (error: unknown): void => {
    findings.damage(error);
    isSound = false;
  };
  for await (const [key, value] of store.range(journalRange(0))) {
    const keyNumber = numberInJournalKey(key);
    const isLeftover = anchor !== null && keyNumber <= anchor.number;
    if (!isLeftover && number !== null && keyNumber !== number + 1) {
      const which =
        keyNumber - 1 === number + 1 ? `journal/${number + 1} is` : `journal/${number + 1}–${keyNumber - 1} are`;
      bad(`The record ${which} missing: the journal goes on at record ${keyNumber}.`);
      link = null;
    }
    if (!isLeftover) number = keyNumber;
    try {
      const { number: said, hash, content } = unseal(key, value, RecordKind.journal);
      if (said !== keyNumber) throw badRecord(key, `it says that it is record ${said}`);
      // What left the journal is in segments, until it is deleted.
      if (isLeftover) continue;
      const found = readContent(key, () => [...readRuns(content)]);
      if (link) {
        chain.advance(link, content);
        if (!sameLink(link, hash)) bad(badRecord(key, 'it does not follow on the record before it'));
      }
      link = hash.slice();
      for (const run of found) {
        const name = channelName(run.id);
        const ofChannel = runs.get(name);
        if (ofChannel) ofChannel.push({ recordNumber: keyNumber, run });
        else runs.set(name, [{ recordNumber: keyNumber, run }]);
      }
    } catch (error) {
      bad(error);
      if (!isLeftover) link = null;
    }
    if (stretches.isOver) await stretches.next();
  }
  return { runs, extent: isSound && anchor && number !== null ? { number, anchorNumber: anchor.number } : null };
}

/** @returns null when it cannot be read */
async function anchorOf(store: StoreReader, findings: Findings): Promise<Anchor | null> {
  try {
    return readAnchor(await store.get(anchorKey));
  } catch (error) {
    findings.damage(error);
    return null;
  }
}

/** What the journal holds against what was known of it outside of the store (L3). */
export async function compareMark(
  text: string | null,
  store: StoreReader,
  { extent }: FoundJournal,
  findings: Findings,
): Promise<void> {
  // A fault of the journal itself was told.
  if (extent === null || (text === null && extent.number === 0)) return;
  if (text === null) {
    findings.remark('There is no watermark in the data folder: whether the newest entries are there cannot be told.');
    return;
  }
  const mark = parseMark(text);
  if (mark === null) findings.damage('The watermark in the data folder is damaged.');
  const loss = mark && (await lossAgainst(mark, store, extent));
  if (loss !== null) findings.damage(loss);
}
