// A laptop falls asleep in a busy document: whether the others notice, what the server keeps for it, and whether it has
// everything when it wakes.

import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../load/histogram.js';
import { compose, play } from '../load/pacer.js';
import { PageReader } from '../load/page-reader.js';
import { preparePastes } from '../load/pastes.js';
import { FIRST_CLIENT_ID, textOf } from '../load/typing.js';
import type { Scenario } from '../scenario.js';

const READERS = 100;
const PER_SECOND = 100;
const WARM_UP_MS = 2000;
const ASLEEP_MS = 5000;
const ALL_HAVE_WITHIN_MS = 20_000;
const DOCUMENT = 'busy';

export const slowReader: Scenario = {
  name: 'slow-reader',
  summary: `one of ${READERS} readers reads nothing for 5 s, while 1 MB per second is written`,
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'yws-0.1.1-leveldb', 'hocuspocus-sqlite'],
  maxRounds: 3,
  figures: {
    p99: { unit: 'ms', isLessBetter: true, what: 'from typing to the others, 99th percentile' },
    memoryGrowth: { unit: 'MB', isLessBetter: true, what: 'memory of the server, at most, above what it was before' },
    caughtUp: { unit: 'ms', isLessBetter: true, what: 'from its waking until it has everything' },
  },
  async run(server) {
    const perRound = (ms: number): number => Math.ceil((ms / 1000) * PER_SECOND);
    const updates = preparePastes(FIRST_CLIENT_ID, perRound(WARM_UP_MS) + perRound(ASLEEP_MS) + 2);
    const sentAtMs: number[] = [];
    const author = await server.client(DOCUMENT, { clientId: FIRST_CLIENT_ID });
    const latency = new Histogram();
    const readers: PageReader[] = [];
    for (let i = 0; i < READERS; i++) {
      const isSleeper = i === 0;
      const options = { document: DOCUMENT, sentAtMs, latency: isSleeper ? null : latency, showsText: i < 2 };
      readers.push(await PageReader.join(server, options));
    }
    const [sleeper, ...others] = readers as [PageReader, ...PageReader[]];
    const paste = (): void => {
      const update = updates[sentAtMs.length]!;
      sentAtMs.push(performance.now());
      author.update(update);
    };
    const allHave = (some: readonly PageReader[]): Promise<unknown> =>
      Promise.all(some.map((reader) => reader.whenPages(sentAtMs.length, ALL_HAVE_WITHIN_MS)));

    await play(compose(1, PER_SECOND, WARM_UP_MS), paste);
    await allHave(readers);
    latency.clear();
    const before = server.rssBytes();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, server.rssBytes());
    }, 250);
    sleeper.client.pause();
    await Promise.all([play(compose(1, PER_SECOND, ASLEEP_MS), paste), sleep(ASLEEP_MS)]);
    await allHave(others);
    most = Math.max(most, server.rssBytes());
    clearInterval(watch);
    const wokeAtMs = performance.now();
    sleeper.client.resume();
    await allHave([sleeper]);
    const caughtUp = performance.now() - wokeAtMs;
    const text = textOf(updates.slice(0, sentAtMs.length));
    for (const reader of [sleeper, others[0]!]) {
      if (reader.text() !== text) throw new Error('A reader has another text than was written.');
    }
    for (const reader of readers) reader.client.end();
    author.end();
    return { p99: latency.percentileMs(99), memoryGrowth: (most - before) / 1e6, caughtUp };
  },
};
