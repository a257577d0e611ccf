import { testDocumentLog } from './document-log.contract.js';
import { openMemoryLog } from './memory-log.js';
import { MemoryStore } from './memory-store.js';

testDocumentLog('memory', async () => {
  let store = new MemoryStore();
  return {
    open: () => {
      store = store.reopen();
      return openMemoryLog(store);
    },
    remove: async () => undefined,
  };
});
