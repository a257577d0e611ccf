// Thousands of people who have something open and do nothing: what each holds of the memory, how fast they come in, and what
// keeping them costs. Their libraries renew or ping every 15 s, and servers ping every 30 s.

import { setTimeout as sleep } from 'node:timers/promises';
import { compose, play } from '../load/pacer.js';
import type { BenchClient, Scenario } from '../scenario.js';

const DOCUMENTS = 500;
const PEOPLE = 5000;
const COMING_AT_ONCE = 100;
const FIRST_CLIENT_ID = 700_000_000;
const SETTLE_MS = 3000;
/** What libraries and servers do when nobody does anything is done at least once by each of them. */
const IDLE_MS = 30_000;
const BEATS_PER_SECOND = 1 / 15;

export const idle: Scenario = {
  name: 'idle',
  summary: '5,000 people who do nothing, ten in each of 500 documents',
  servers: ['weft', 'weft-yjs', 'yws-0.1.5'],
  maxRounds: 3,
  figures: {
    memoryPerConnection: { unit: 'kB', isLessBetter: true, what: 'memory of the server per connection' },
    connectsPerSecond: { unit: '1/s', isLessBetter: false, what: 'people who come in and are in sync, per second' },
    cpuPerConnect: { unit: 'µs', isLessBetter: true, what: 'CPU of the server for each who comes in' },
    idleCpu: { unit: '%', isLessBetter: true, what: 'CPU of the server while nobody does anything, of its core' },
  },
  async run(server) {
    await sleep(1000);
    const before = { memory: server.rssBytes(), cpuMs: server.cpuMs() };
    const people: BenchClient[] = [];
    const startMs = performance.now();
    let next = 0;
    const comeInTurn = async (): Promise<void> => {
      for (let person = next++; person < PEOPLE; person = next++) {
        const client = await server.client(`document-${person % DOCUMENTS}`, { clientId: FIRST_CLIENT_ID + person });
        client.awareness(FIRST_CLIENT_ID + person, 1, '{}');
        people.push(client);
      }
    };
    await Promise.all(Array.from({ length: COMING_AT_ONCE }, comeInTurn));
    const comeMs = performance.now() - startMs;
    const cpuMs = server.cpuMs() - before.cpuMs;
    await sleep(SETTLE_MS);
    const memory = server.rssBytes();
    const idleFrom = { ms: performance.now(), cpuMs: server.cpuMs() };
    await play(compose(PEOPLE, BEATS_PER_SECOND, IDLE_MS), (person) => people[person]!.beat());
    const idleCpuMs = server.cpuMs() - idleFrom.cpuMs;
    const idleMs = performance.now() - idleFrom.ms;
    for (const client of people) client.end();
    return {
      memoryPerConnection: (memory - before.memory) / PEOPLE / 1000,
      connectsPerSecond: (PEOPLE / comeMs) * 1000,
      cpuPerConnect: (cpuMs / PEOPLE) * 1000,
      idleCpu: (idleCpuMs / idleMs) * 100,
    };
  },
};
