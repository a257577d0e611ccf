import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDocumentLog } from '../document-log.contract.js';
import { openLevelLog } from './level-log.js';
import { openLevelStore } from './level-store.js';

testDocumentLog('level', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-log-'));
  return {
    open: async () =>
      openLevelLog(await openLevelStore(folder), {
        onFailure: (error) => {
          throw error;
        },
      }),
    remove: () => rm(folder, { recursive: true }),
  };
});
