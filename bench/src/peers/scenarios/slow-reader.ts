// A laptop falls asleep in a busy document: whether the others notice, what the server keeps for it, and whether it has
// everything when it wakes.

import { Histogram } from '../load/histogram.js';
import { compose, play } from '../load/pacer.js';
import { PageReader } from '../load/page-reader.js';
import { preparePastes } from '../load/pastes.js';
import { FIRST_CLIENT_ID, textOf } from '../load/typing.js';
import type { RunningServer, Scenario } from '../scenario.js';

const READERS = 100;
/** Each as long as a chapter: what nobody reads does not fit into the buffers of the system. */
const PER_SECOND = 50;
/**
 * Everybody is, until the memory that the writing itself takes is there: servers that write checkpoints grow with the first few of
 * them, by tens of megabytes and with nobody asleep.
 */
const AWAKE_MS = 12_000;
const ASLEEP_MS = 5000;
const ALL_HAVE_WITHIN_MS = 20_000;
const DOCUMENT = 'busy';

export const slowReader: Scenario = {
  name: 'slow-reader',
  summary: `one of ${READERS} readers reads nothing for 5 s, while 2.5 MB per second are written`,
  servers: ['weft', 'weft-yjs', 'yws-0.1.5'],
  maxRounds: 3,
  figures: {
    p99: { unit: 'ms', isLessBetter: true, what: 'from typing to the others, 99th percentile' },
    memoryGrowth: {
      unit: 'MB',
      isLessBetter: true,
      what: 'memory of the server at most, beyond its most while everybody was awake',
    },
    caughtUp: { unit: 'ms', isLessBetter: true, what: 'from its waking until it has everything' },
  },
  async run(server) {
    const perRound = (ms: number): number => Math.ceil((ms / 1000) * PER_SECOND);
    const updates = preparePastes(FIRST_CLIENT_ID, perRound(AWAKE_MS) + perRound(ASLEEP_MS) + 2);
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

    const awakeBytes = await peakOf(server, async () => {
      await play(compose(1, PER_SECOND, AWAKE_MS), paste);
      await allHave(readers);
    });
    latency.clear();
    sleeper.client.pause();
    const asleepBytes = await peakOf(server, async () => {
      await play(compose(1, PER_SECOND, ASLEEP_MS), paste);
      await allHave(others);
    });
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
    return { p99: latency.percentileMs(99), memoryGrowth: (asleepBytes - awakeBytes) / 1e6, caughtUp };
  },
};

/** The most memory it takes meanwhile, looked at four times a second. */
async function peakOf(server: RunningServer, act: () => Promise<void>): Promise<number> {
  let most = server.rssBytes();
  const look = (): void => {
    most = Math.max(most, server.rssBytes());
  };
  const watch = setInterval(look, 250);
  await act().finally(() => clearInterval(watch));
  look();
  return most;
}
