import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDocumentLog } from '../document-log.contract.js';
import type { KeyValueStore } from '../key-value-store.js';
import { openLevelLog } from './level-log.js';
import { openLevelStore } from './level-store.js';

testDocumentLog('level', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-log-'));
  const onFailure = (error: Error): void => {
    throw error;
  };
  return {
    open: async ({ beforeWrite, ...options } = {}) => {
      const openStore = async (): Promise<KeyValueStore> => {
        const store = await openLevelStore(folder);
        return beforeWrite ? hesitating(store, beforeWrite) : store;
      };
      return openLevelLog(openStore, { onFailure, giveUpAfterMs: 0, ...options });
    },
    remove: () => rm(folder, { recursive: true }),
  };
});

/** The store, but for what runs before each batch. */
function hesitating(store: KeyValueStore, beforeBatch: () => Promise<void> | void): KeyValueStore {
  return {
    get: (key) => store.get(key),
    range: (options) => store.range(options),
    compact: (range) => store.compact(range),
    close: () => store.close(),
    batch: async (operations, options) => {
      await beforeBatch();
      return store.batch(operations, options);
    },
  };
}
