import { testDocumentLog } from './document-log.contract.js';
import { openMemoryLog } from './memory-log.js';
import { MemoryStore } from './memory-store.js';

testDocumentLog('memory', async () => {
  let store = new MemoryStore();
  return {
    open: ({ beforeWrite, ...options } = {}) => {
      store = store.reopen(beforeWrite ? { beforeBatch: beforeWrite } : {});
      return openMemoryLog(store, options);
    },
    remove: async () => undefined,
  };
});
