// Walks over all pairs of a store in the order of keys, also of one that cannot be read in places: LevelDB then gives nothing
// from there on, and the walk goes on at the next place where it gives something again.

import { SyncError } from '../../sync-error.js';
import { TABLES } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import type { Findings } from '../verify-report.js';
import {
  channelsRange,
  documentRange,
  erasedRange,
  everythingRange,
  formatKey,
  journalRange,
  nameInDocumentKey,
  printableKey,
  recordRange,
  secretKey,
} from './keys.js';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** The keys after all channels: they are few, and tried one by one. */
const laterPlaces = [
  documentRange.gte,
  erasedRange.gte,
  formatKey,
  journalRange(0).gte,
  ...[...TABLES].sort().map((table) => recordRange(table).gte),
  secretKey,
];

export async function* walkStore(store: StoreReader, findings: Findings): AsyncGenerator<Pair, void, void> {
  const { lt } = everythingRange;
  let from: Uint8Array | null = everythingRange.gte;
  while (from !== null) {
    let last: Uint8Array = from;
    try {
      for await (const pair of store.range({ gte: from, lt })) {
        last = pair[0];
        yield pair;
      }
      return;
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
      from = await nextReadable(store, last);
      const until = from === null ? 'the end' : printableKey(from);
      findings.damage(`Nothing can be read after the record ${printableKey(last)}, until ${until}: ${error.message}`);
    }
  }
}

/** Where the walk can go on: at the next document, or at what comes after all of them. */
async function nextReadable(store: StoreReader, last: Uint8Array): Promise<Uint8Array | null> {
  for (const place of [...(await channelPlaces(store)), ...laterPlaces]) {
    if (Buffer.compare(place, last) > 0 && (await gives(store, place))) return place;
  }
  return null;
}

/** The first keys of the documents in the list, as far as it can be read. */
async function channelPlaces(store: StoreReader): Promise<Uint8Array[]> {
  const places: Uint8Array[] = [];
  try {
    for await (const [key] of store.range(documentRange)) places.push(channelsRange(nameInDocumentKey(key)).gte);
  } catch {
    // The rest of the list is lost; the walk tells when it comes there.
  }
  return places;
}

async function gives(store: StoreReader, gte: Uint8Array): Promise<boolean> {
  try {
    for await (const _ of store.range({ gte, lt: everythingRange.lt, limit: 1 })) return true;
    return false;
  } catch {
    return false;
  }
}
