// How much of the store each document takes, counted in one walk over all of it.

import type { DocumentName } from '@weft/protocol';
import { type ChannelId, channelName, type DocumentUsage, type Seq } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import { readRuns } from './entries.js';
import { everythingRange } from './keys.js';
import { readKey } from './read-key.js';
import { RecordKind, readContent, unseal } from './record.js';
import { readAnchor, readBase, readMeta } from './stored-values.js';

/** @throws SyncError `STORE_UNREADABLE` */
export async function readUsage(store: StoreReader): Promise<Map<DocumentName, DocumentUsage>> {
  const bytes = new Map<DocumentName, number>();
  const heads = new Map<string, { readonly id: ChannelId; readonly head: Seq }>();
  const add = (document: DocumentName, more: number): void =>
    void bytes.set(document, (bytes.get(document) ?? 0) + more);
  const reach = (id: ChannelId, head: Seq): void => void heads.set(channelName(id), { id, head });
  const trimmed = new Map<string, Seq>();
  let anchorNumber = 0;
  // In the order of keys: the anchor, channels with their metas, documents, the journal.
  for await (const [key, value] of store.range(everythingRange)) {
    const known = readKey(key);
    switch (known.kind) {
      case 'anchor':
        anchorNumber = readAnchor(value).number;
        break;
      case 'meta':
        reach(known.id, readMeta(known.id, value).lastSeq);
        add(known.id.document, key.length + value.length);
        break;
      case 'base':
        trimmed.set(channelName(known.id), readBase(key, value).checkpoint.seq);
        add(known.id.document, key.length + value.length);
        break;
      case 'checkpoint':
      case 'segment':
        add(known.id.document, key.length + value.length);
        break;
      case 'document':
        add(known.name, key.length + value.length);
        break;
      case 'journal': {
        if (known.number <= anchorNumber) break;
        const { content } = unseal(key, value, RecordKind.journal);
        for (const { id, lastSeq, body } of readContent(key, () => [...readRuns(content)])) {
          reach(id, lastSeq);
          add(id.document, body.length);
        }
      }
    }
  }
  const entries = new Map<DocumentName, number>();
  for (const [name, { id, head }] of heads) {
    entries.set(id.document, (entries.get(id.document) ?? 0) + head - (trimmed.get(name) ?? 0));
  }
  return new Map([...bytes].map(([name, bytes]) => [name, { bytes, entries: entries.get(name) ?? 0 }]));
}
