// Checks a whole store: every record, the journal's chain and numbers, every channel's entries one by one, the index of
// documents. It changes nothing, never stops at the first fault, and holds one channel's segment and the journal in
// memory, not the store. What it sees is one moment: entries written meanwhile do not show.

import type { ChannelId } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import type { Findings, VerifyOptions } from '../verify-report.js';
import { EntryChain, sameLink } from './chain.js';
import { channelName } from './channel-state.js';
import { readRuns } from './entries.js';
import { anchorKey, documentKey, journalRange, numberInJournalKey, printableKey } from './keys.js';
import { readKey } from './read-key.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import type { Inflate } from './segment.js';
import { type Anchor, readAnchor, readDocument, readErased, readSecret } from './stored-values.js';
import { Stretches } from './stretches.js';
import { ChannelCheck, type ChannelCheckParts, type FoundRun } from './verify-channel.js';

const everything = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };

interface FoundJournal {
  /** By channelName. */
  readonly runs: Map<string, FoundRun[]>;
  /** The newest record and its link; null after a fault, or when there is none. */
  readonly end: Anchor | null;
}

/**
 * @param totalBytes about as many as the store has, for the progress
 * @returns the end of the journal, to be compared with what is known of it elsewhere (L3); null when it is damaged
 * @throws SyncError `CANCELLED`; `STORE_UNREADABLE` when the store gives no answer at all
 */
export async function verifyStore(
  store: StoreReader,
  inflate: Inflate,
  totalBytes: number,
  { findings, states, onProgress, signal }: VerifyOptions,
): Promise<Anchor | null> {
  const stretches = new Stretches(signal);
  const parts: ChannelCheckParts = { findings, states, inflate, stretches };
  // The walk sees the moment its first pair is asked for; the journal is read after that, and so knows of all it will see.
  const walk = store.range(everything)[Symbol.asyncIterator]();
  try {
    let found = await walk.next();
    const { runs, end } = await readJournal(store, findings, stretches);
    let channel: ChannelCheck | null = null;
    let hasFormat = false;
    let hasSecret = false;
    const finishChannel = async (): Promise<void> => {
      if (channel === null) return;
      await finish(channel, runs, store, findings);
      channel = null;
    };
    const channelOf = async (id: ChannelId): Promise<ChannelCheck> => {
      if (channel === null || channelName(channel.id) !== channelName(id)) {
        await finishChannel();
        channel = new ChannelCheck(id, parts);
      }
      return channel as ChannelCheck;
    };
    for (; found.done !== true; found = await walk.next()) {
      const [key, value] = found.value;
      findings.bytes += key.length + value.length;
      findings.records += 1;
      onProgress({ doing: 'Checking documents', done: findings.bytes, total: totalBytes });
      const known = readKey(key);
      switch (known.kind) {
        case 'checkpoint':
          (await channelOf(known.id)).addCheckpoint(key, value, known.seq);
          break;
        case 'meta':
          (await channelOf(known.id)).addMeta(value);
          break;
        case 'segment':
          await (await channelOf(known.id)).addSegment(key, value, known.firstSeq, known.lastSeq);
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
        case 'unknown':
          findings.remark(`The store holds something that this version of Weft does not know: ${printableKey(key)}.`);
          break;
        case 'secret':
          hasSecret = true;
          attempt(
            () => readSecret(value),
            (error) => findings.damage(error),
          );
          break;
        case 'format':
          hasFormat = true;
          break;
        // Read already, with what belongs to them.
        case 'anchor':
        case 'journal':
          break;
        default:
          known satisfies never;
      }
      if (stretches.isOver) await stretches.next();
    }
    await finishChannel();
    for (const [{ run }] of [...runs.values()] as [FoundRun, ...FoundRun[]][]) {
      await finish(new ChannelCheck(run.id, parts), runs, store, findings);
    }
    if (!hasSecret) findings.damage('The secret of the store is missing: what clients show of it cannot be judged.');
    if (!hasFormat) findings.damage('The store does not say in which format it is.');
    return end;
  } finally {
    await walk.return?.();
  }
}

async function finish(
  channel: ChannelCheck,
  runs: Map<string, FoundRun[]>,
  store: StoreReader,
  findings: Findings,
): Promise<void> {
  const name = channelName(channel.id);
  await channel.finish(runs.get(name) ?? []);
  runs.delete(name);
  if (channel.hasEntries && (await store.get(documentKey(channel.id.document))) === undefined) {
    findings.damageOf(channel.id, null, `The document "${channel.id.document}" is missing in the list of documents.`);
  }
}

/** All of it stays in memory, as its length is bounded: what is longer is put away in segments. */
async function readJournal(store: StoreReader, findings: Findings, stretches: Stretches): Promise<FoundJournal> {
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
  return { runs, end: isSound && number !== null && link ? { number, hash: link } : null };
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

function attempt(action: () => unknown, failed: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    failed(error);
  }
}
