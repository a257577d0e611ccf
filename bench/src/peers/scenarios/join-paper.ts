// Opening a long text with a long past: while others have it open, and as the first one after the server was started.

import { readWhole, store, untilPutAway } from '../load/stored-paper.js';
import type { Paper } from '../paper.js';
import type { FigureSpec } from '../results.js';
import type { RunningServer, Scenario } from '../scenario.js';
import { median } from '../statistics.js';

const WARM_JOINS = 15;
const COLD_JOINS = 3;
const DOCUMENT = 'paper';

const ms = (what: string): FigureSpec => ({ unit: 'ms', isLessBetter: true, what });

/** @param paper is made when it is needed first */
export const joinPaper = (paper: () => Paper): Scenario => ({
  name: 'join-paper',
  summary: 'opening a paper of 260,000 key presses: while it is open elsewhere, and first after a start',
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'yws-0.1.1-leveldb', 'y-websocket-1.5-leveldb', 'hocuspocus-sqlite'],
  maxRounds: 3,
  figures: {
    warm: ms('warm: from the first byte sent until everything has come, unpacked'),
    warmShown: ms('warm join, until a Y.Doc holds it'),
    cold: ms('cold: from the first byte sent until everything has come, unpacked'),
    coldShown: ms('cold join, until a Y.Doc holds it'),
    bytes: { unit: 'kB', isLessBetter: true, what: 'sent to a client that has nothing' },
  },
  async run(server) {
    const made = paper();
    await store(server, DOCUMENT, made.updates, made.text);
    await untilPutAway(server);
    const reader = await server.client(DOCUMENT);
    await readWhole(reader, made);
    const warm = await repeat(WARM_JOINS, () => join(server, made));
    reader.end();
    const figures = {
      warm: medianOf(warm, 'comeMs'),
      warmShown: medianOf(warm, 'shownMs'),
      bytes: medianOf(warm, 'kilobytes'),
    };
    // One that keeps nothing has nothing to hand out after a start.
    if (server.name === 'yws-0.1.5') return figures;
    const cold = await repeat(COLD_JOINS, async () => {
      await server.restart();
      return join(server, made);
    });
    return { ...figures, cold: medianOf(cold, 'comeMs'), coldShown: medianOf(cold, 'shownMs') };
  },
});

interface Join {
  readonly comeMs: number;
  readonly shownMs: number;
  readonly kilobytes: number;
}

async function join(server: RunningServer, paper: Paper): Promise<Join> {
  const startMs = performance.now();
  const client = await server.client(DOCUMENT);
  const { comeAtMs, shownAtMs } = await readWhole(client, paper);
  client.end();
  return { comeMs: comeAtMs - startMs, shownMs: shownAtMs - startMs, kilobytes: client.receivedBytes / 1000 };
}

async function repeat<T>(times: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) results.push(await act());
  return results;
}

const medianOf = (joins: readonly Join[], figure: keyof Join): number => median(joins.map((join) => join[figure]));
