// A store as use leaves it, on the disk: documents written in parts, rolled, with checkpoints, deletions and an empty one,
// a clean end, and the watermark beside it. And what is read of a store, to compare two of them.

import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { contentHash } from '@weft/protocol';
import * as Y from 'yjs';
import type { DocumentLog, NewEntry } from '../document-log.js';
import { openLevelLog } from '../level/level-log.js';
import { openLevelStore } from '../level/level-store.js';
import { watermarkFile } from '../level/watermark.js';
import { content, discussion, documentName, Ear } from './log-harness.js';

const usedIds = [content('a'), discussion('a'), content('b/c'), content('rolled')];

const openFolderLog = (folder: string, journalMaxBytes = 60_000): Promise<DocumentLog> =>
  openLevelLog(() => openLevelStore(folder), {
    paceMs: 0,
    journalMaxBytes,
    onFailure: () => undefined,
    watermark: { file: watermarkFile(join(folder, '..')), alarm: () => undefined },
  });

/** @param rounds of edits; each has some in every channel */
export const makeUsedStore = (folder: string, rounds: number): Promise<void> =>
  useStore(() => openFolderLog(folder), rounds);

/** @param open is called several times: the one before was closed */
export async function useStore(open: () => Promise<DocumentLog>, rounds: number): Promise<void> {
  const docs = usedIds.map((_, index) => {
    const doc = new Y.Doc();
    doc.clientID = 1000 + index;
    return doc;
  });
  const heads = docs.map(() => 0);
  // Opened anew now and then: then LevelDB puts its log away in tables.
  for (let round = 0; round < rounds; ) {
    const log = await open();
    await log.createDocument(documentName(`empty ${round}`), 1);
    const ears = usedIds.map(() => new Ear());
    const channels = await Promise.all(usedIds.map((id, index) => log.open(id, ears[index]!)));
    for (const end = Math.min(rounds, round + Math.ceil(rounds / 3)); round < end; round++) {
      for (const [index, channel] of channels.entries()) {
        if (index === 3 && round > rounds / 2) continue;
        const updates = edit(docs[index]!, round);
        for (const update of updates) heads[index] = channel.append(entryOf(update, round, heads[index]! + 1));
        if (round % 2 === 0) await ears[index]!.hears(heads[index]!);
      }
    }
    await Promise.all(
      ears.map((ear, index) => (channels[index]!.head < heads[index]! ? ear.hears(heads[index]!) : null)),
    );
    for (const [index, channel] of channels.entries())
      await channel.putCheckpoint(checkpointOf(docs[index]!, channel.head));
    await Promise.all(channels.map((channel) => channel.close()));
    await log.close();
  }
}

/** @returns an update for each change */
function edit(doc: Y.Doc, round: number): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const take = (update: Uint8Array): void => void updates.push(update);
  const text = doc.getText('text');
  doc.on('update', take);
  text.insert((round * 7) % (text.length + 1), `round ${round} `);
  if (round % 3 === 2) text.delete(0, 4);
  doc.off('update', take);
  return updates;
}

const entryOf = (update: Uint8Array, round: number, clientSeq: number): NewEntry => ({
  timeMs: 1_760_000_000_000 + round,
  author: 'ann',
  outboxId: 'box-1',
  clientSeq,
  update,
});

export function checkpointOf(doc: Y.Doc, seq: number) {
  const state = Y.encodeStateAsUpdate(doc);
  return {
    seq,
    state: new Uint8Array(deflateRawSync(state)),
    stateVector: Y.encodeStateVector(doc),
    deleteSet: deleteSetOf(doc),
    contentHash: contentHash(doc),
    outboxes: new Map([['box-1', seq]]),
    owners: new Map([...Y.decodeStateVector(Y.encodeStateVector(doc)).keys()].map((client) => [client, 'ann'])),
  };
}

/** A snapshot is a delete set, and then a state vector. */
function deleteSetOf(doc: Y.Doc): Uint8Array {
  const snapshot = Y.encodeSnapshot(Y.snapshot(doc));
  return snapshot.slice(0, snapshot.length - Y.encodeStateVector(doc).length);
}

/** All that is read of a store by those who use it; a text, to be compared. @throws what reading throws */
export async function readAll(folder: string): Promise<string> {
  const log = await openFolderLog(folder);
  try {
    const documents = await log.documents();
    const channels = [];
    for (const id of usedIds) {
      const view = await log.view(id);
      const { head, epoch, checkpoint } = view;
      const link = Buffer.from(view.link).toString('hex');
      channels.push({ id, head, epoch, link, checkpoint, entries: await view.entriesAfter(0) });
    }
    return JSON.stringify({ documents, channels }, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value instanceof Map ? [...value] : value,
    );
  } finally {
    await log.close();
  }
}
