// A server dies under a thousand people who have one document open, and all come back at the same moment, as their libraries
// would at best. None has lost anything, and none has anything new.

import { inWaves } from '../load/in-waves.js';
import { StallProbe } from '../load/stall-probe.js';
import { readAndLeave, readWhole, store, untilPutAway } from '../load/stored-paper.js';
import type { Paper } from '../paper.js';
import type { BenchClient, Held, RunningServer, Scenario } from '../scenario.js';

/** With the newcomer a thousand: as many as Weft lets into one document when nobody says otherwise. */
const PEOPLE = 999;
const JOIN_AT_ONCE = 50;
const DOCUMENT = 'paper';
/** So many show their text in the end. */
const SAMPLE = 5;

/** @param paper is made when it is needed first */
export const storm = (paper: () => Paper): Scenario => ({
  name: 'storm-1000',
  summary: 'the server is killed under 1,000 readers of the paper, started, and all come back at once',
  servers: ['weft', 'weft-yjs', 'yws-0.1.1-leveldb', 'hocuspocus-sqlite'],
  maxRounds: 3,
  figures: {
    allInSync: {
      unit: 'ms',
      isLessBetter: true,
      what: 'from the moment the server listens until all are in sync, and a newcomer has the whole text',
    },
    longestStall: { unit: 'ms', isLessBetter: true, what: 'longest answer to a small request meanwhile' },
    cpu: { unit: 'ms', isLessBetter: true, what: 'CPU of the server meanwhile' },
  },
  async run(server) {
    const made = paper();
    await store(server, DOCUMENT, made.updates, made.text);
    await untilPutAway(server);
    const held = await readAndLeave(server, DOCUMENT, made);
    for (const client of await join(server, held, JOIN_AT_ONCE)) client.onClosed = () => {};
    await server.kill();
    const startMs = performance.now();
    const cpuMs = server.cpuMs();
    const probe = new StallProbe(server.port);
    const clients = await join(server, held, PEOPLE);
    // Some servers say that all are in sync before they have loaded anything: what a newcomer is given tells.
    const newcomer = await server.client(DOCUMENT);
    const { comeAtMs } = await readWhole(newcomer, made);
    const cpu = server.cpuMs() - cpuMs;
    const longestStall = await probe.longestMs();
    for (const [index, client] of clients.entries()) {
      const isShown = index % Math.ceil(PEOPLE / SAMPLE) === 0;
      if (isShown) await readWhole(client, made, [held.state]);
      client.end();
    }
    newcomer.end();
    const allInSync = comeAtMs - startMs;
    return { allInSync, longestStall, cpu };
  },
});

const join = (server: RunningServer, held: Held, atOnce: number): Promise<BenchClient[]> =>
  inWaves(PEOPLE, () => server.client(DOCUMENT, { held }), atOnce);
