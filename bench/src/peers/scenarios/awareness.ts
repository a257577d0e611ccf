// Everybody in one document moves a caret, and nobody types: what it costs to show where people are.

import { setTimeout as sleep } from 'node:timers/promises';
import { inWaves } from '../load/in-waves.js';
import { compose, play } from '../load/pacer.js';
import { presenceState, Sightings } from '../load/sightings.js';
import { beginStretch, loadFigure, MEASURED_MS, WARM_UP_MS } from '../load/stretch.js';
import { FIRST_CLIENT_ID } from '../load/typing.js';
import type { BenchClient, Scenario } from '../scenario.js';

/** After the last move: who has not been shown it by then, counts as not shown. */
const SHOWN_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 20;

const awareness = (people: number, perSecond: number, maxRounds?: number): Scenario => ({
  name: `awareness-${people}`,
  summary: `one document, ${people} people move their carets ${perSecond} times per second each`,
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'hocuspocus-sqlite'],
  ...(maxRounds === undefined ? {} : { maxRounds }),
  figures: {
    cpu: { unit: '%', isLessBetter: true, what: 'CPU of the server, of its core' },
    cpuPerMove: { unit: 'µs', isLessBetter: true, what: 'CPU of the server per move of a caret' },
    p50: { unit: 'ms', isLessBetter: true, what: 'from a move to somebody else seeing it or a newer one, median' },
    p99: {
      unit: 'ms',
      isLessBetter: true,
      what: 'from a move to somebody else seeing it or a newer one, 99th percentile',
    },
    undelivered: {
      unit: '',
      isLessBetter: true,
      what: `newest places somebody was not shown ${SHOWN_WITHIN_MS / 1000} s later`,
    },
    load: loadFigure,
  },
  async run(server) {
    const sightings = new Sightings(people, Math.ceil(((WARM_UP_MS + MEASURED_MS) / 1000) * perSecond) + 2);
    const clients: BenchClient[] = [];
    let failure: Error | null = null;
    const move = (person: number): void => {
      if (failure !== null) throw failure;
      const number = sightings.sends(person);
      clients[person]!.awareness(FIRST_CLIENT_ID + person, number, presenceState(person, number));
    };
    try {
      await inWaves(people, async (person) => {
        const client = await server.client('document', { clientId: FIRST_CLIENT_ID + person });
        client.onAwareness = (bytes, from, to) => sightings.receive(person, bytes, from, to);
        client.onClosed = (code, reason) => {
          failure ??= new Error(`A client was disconnected with ${code}: ${reason}`);
        };
        clients[person] = client;
      });
      await play(compose(people, perSecond, WARM_UP_MS), move);
      await shown(sightings);
      sightings.latency.clear();
      const movesBefore = sightings.moves;
      const end = beginStretch(server);
      await play(compose(people, perSecond, MEASURED_MS), move);
      await shown(sightings);
      const { wallMs, serverCpuMs, loadPercent } = end();
      if (failure !== null) throw failure;
      const undelivered = sightings.countUnseen();
      sightings.countLate();
      return {
        cpu: (serverCpuMs / wallMs) * 100,
        cpuPerMove: (serverCpuMs * 1000) / (sightings.moves - movesBefore),
        p50: sightings.latency.percentileMs(50),
        p99: sightings.latency.percentileMs(99),
        undelivered,
        load: loadPercent,
      };
    } finally {
      for (const client of clients) client?.end();
    }
  },
});

/** Waits until everybody has seen everybody, or that has taken too long. */
async function shown(sightings: Sightings): Promise<void> {
  const untilMs = performance.now() + SHOWN_WITHIN_MS;
  while (sightings.countUnseen() > 0 && performance.now() < untilMs) await sleep(LOOK_EVERY_MS);
}

export const awareness100 = awareness(100, 5);
export const awareness500 = awareness(500, 2, 3);
