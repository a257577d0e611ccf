// Reads a whole store as the server does, in this process: quicker than a server by the factor that lets thousands of
// damaged copies be tried.

import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { parseDocumentName } from '@weft/protocol';
import {
  type Checkpoint,
  type DocumentInfo,
  type DocumentLog,
  type Entry,
  openLevelLog,
  openLevelStore,
  watermarkFile,
} from '@weft/server/log';
import { applyUpdate, Doc } from 'yjs';

export interface StoredChannel {
  readonly head: number;
  readonly checkpoint: Checkpoint | null;
  readonly entries: readonly Entry[];
}

export interface StoreContent {
  /** What the list of documents says. */
  readonly listed: readonly DocumentInfo[];
  /** The content of each document asked for; in words why when it is refused. */
  readonly channels: ReadonlyMap<string, StoredChannel | string>;
}

export interface StoreReading {
  /** In words why when the whole store is refused. */
  readonly content: StoreContent | string;
  /** What whoever runs the server would be told. */
  readonly alarms: readonly string[];
}

/** @param documents are read whether they are listed or not */
export async function readStore(dataFolder: string, documents: readonly string[]): Promise<StoreReading> {
  const alarms: string[] = [];
  let log: DocumentLog;
  try {
    const openStore = () => openLevelStore(join(dataFolder, 'store'), (sentence) => alarms.push(sentence));
    log = await openLevelLog(openStore, {
      giveUpAfterMs: 0,
      onFailure: (error) => alarms.push(error.message),
      complain: (sentence) => alarms.push(sentence),
      watermark: { file: watermarkFile(dataFolder), alarm: (sentence) => void alarms.push(sentence) },
    });
  } catch (error) {
    return { content: (error as Error).message, alarms };
  }
  try {
    const listed = await log.documents();
    const channels = new Map<string, StoredChannel | string>();
    for (const document of documents) channels.set(document, await readChannel(log, document));
    return { content: { listed, channels }, alarms };
  } catch (error) {
    return { content: (error as Error).message, alarms };
  } finally {
    await log.close();
  }
}

async function readChannel(log: DocumentLog, document: string): Promise<StoredChannel | string> {
  try {
    const name = parseDocumentName(document);
    if (!name.ok) throw new Error(name.reason);
    const view = await log.view({ document: name.name, kind: 'content' });
    const { head, checkpoint } = view;
    return { head, checkpoint, entries: await view.entriesAfter(0) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** The text as it is served: checkpoint, then the entries after it. */
export function textOf({ checkpoint, entries }: StoredChannel): string {
  const doc = new Doc();
  if (checkpoint) applyUpdate(doc, inflateRawSync(checkpoint.state));
  for (const { seq, update } of entries) if (seq > (checkpoint?.seq ?? 0)) applyUpdate(doc, update);
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) throw new Error('something is left pending');
  return doc.getText('text').toString();
}
