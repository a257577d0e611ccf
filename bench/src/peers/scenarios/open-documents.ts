// Many large documents that are open at once, as in a company at ten in the morning: what each holds of the memory.

import { setTimeout as sleep } from 'node:timers/promises';
import { inWaves } from '../load/in-waves.js';
import { readWhole, store, untilPutAway } from '../load/stored-paper.js';
import type { Paper } from '../paper.js';
import type { BenchClient, Scenario } from '../scenario.js';

const DOCUMENTS = 100;
/** So that nobody waits too long. */
const AT_ONCE = 5;
/** For a heap to shrink back and for what is put off. */
const SETTLE_MS = 4000;

/** @param paper is made when it is needed first */
export const openDocuments = (paper: () => Paper): Scenario => ({
  name: 'open-documents-100',
  summary: '100 documents of the length and past of a paper, each with one reader',
  servers: ['weft', 'weft-yjs', 'yws-0.1.1-leveldb', 'hocuspocus-sqlite'],
  maxRounds: 3,
  figures: {
    memoryPerCopy: { unit: 'MB', isLessBetter: true, what: 'memory of the server per open document' },
    memory: { unit: 'MB', isLessBetter: true, isContext: true, what: 'memory of the server with all of them open' },
  },
  async run(server) {
    const made = paper();
    const nameOf = (copy: number): string => `paper-${copy}`;
    await inWaves(DOCUMENTS, (copy) => store(server, nameOf(copy), [made.state], made.text), AT_ONCE);
    await untilPutAway(server);
    // What it took to write them is not what it takes to have them open.
    await server.restart();
    await sleep(SETTLE_MS / 2);
    const before = server.rssBytes();
    const open = async (copy: number): Promise<BenchClient> => {
      const reader = await server.client(nameOf(copy));
      await readWhole(reader, made);
      return reader;
    };
    const readers = await inWaves(DOCUMENTS, open, AT_ONCE);
    await sleep(SETTLE_MS);
    const after = server.rssBytes();
    for (const reader of readers) reader.end();
    return { memoryPerCopy: (after - before) / DOCUMENTS / 1e6, memory: after / 1e6 };
  },
});
