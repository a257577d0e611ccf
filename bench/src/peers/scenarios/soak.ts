// A day in a minute: people come into hundreds of documents, write for some seconds and leave again. A server that keeps
// something of each of them needs more memory every minute.

import { setTimeout as sleep } from 'node:timers/promises';
import * as prng from 'lib0/prng';
import { mergeUpdates } from 'yjs';
import { readSpans } from '../load/clock-spans.js';
import { inWaves } from '../load/in-waves.js';
import { type Sample, slope } from '../load/slope.js';
import { FIRST_CLIENT_ID, prepareTyping } from '../load/typing.js';
import type { RunningServer, Scenario } from '../scenario.js';

const DOCUMENTS = 300;
const PEOPLE_AT_ONCE = 150;
const LETTERS_EACH = 10;
const BETWEEN_LETTERS_MS = 500;
const SAMPLE_EVERY_MS = 1000;
const SETTLE_MS = 3000;
const SEED = 300;

export const soak = (durationMs: number): Scenario => ({
  name: 'soak',
  summary: `${PEOPLE_AT_ONCE} people at a time come into ${DOCUMENTS} documents, write, and leave, for ${durationMs / 1000} s`,
  servers: ['weft', 'hocuspocus-sqlite'],
  maxRounds: 1,
  isOnRequest: true,
  figures: {
    memorySlope: {
      unit: 'MB',
      isLessBetter: true,
      what: 'memory of the server more with each minute, over the second half',
    },
    memory: { unit: 'MB', isLessBetter: true, what: 'memory of the server in the end' },
    visits: { unit: '', isLessBetter: false, isContext: true, what: 'people who came and went' },
  },
  async run(server) {
    const random = prng.create(SEED);
    const endMs = performance.now() + durationMs;
    const written = new Map<string, number>();
    let visits = 0;
    const comeAndGo = async (seat: number): Promise<void> => {
      // Not all of them at the same moment.
      await sleep((seat / PEOPLE_AT_ONCE) * LETTERS_EACH * BETWEEN_LETTERS_MS);
      while (performance.now() < endMs) {
        const document = `document-${prng.uint32(random, 0, DOCUMENTS - 1)}`;
        await visit(server, document, visits++);
        written.set(document, (written.get(document) ?? 0) + LETTERS_EACH);
      }
    };
    const samples: Sample[] = [];
    const watch = setInterval(() => {
      samples.push({ minutes: performance.now() / 60_000, megabytes: server.rssBytes() / 1e6 });
    }, SAMPLE_EVERY_MS);
    await Promise.all(Array.from({ length: PEOPLE_AT_ONCE }, (_, seat) => comeAndGo(seat))).finally(() =>
      clearInterval(watch),
    );
    await sleep(SETTLE_MS);
    await checkAll(server, written);
    return { memorySlope: slope(samples.slice(samples.length / 2)), memory: samples.at(-1)!.megabytes, visits };
  },
});

async function visit(server: RunningServer, document: string, number: number): Promise<void> {
  const clientId = FIRST_CLIENT_ID + number;
  const client = await server.client(document, { clientId });
  for (const update of prepareTyping(number, LETTERS_EACH)) {
    client.update(update);
    await sleep(BETWEEN_LETTERS_MS);
  }
  client.end();
}

/** @throws Error with a sentence when a document has more letters or fewer than were written */
async function checkAll(server: RunningServer, written: ReadonlyMap<string, number>): Promise<void> {
  const all = [...written];
  const check = async (index: number): Promise<void> => {
    const [document, letters] = all[index]!;
    const client = await server.client(document);
    client.end();
    let there = 0;
    // Merged first: a server may say the same again in another of its first frames.
    const whole = mergeUpdates([...client.joined]);
    readSpans(whole, 0, whole.length, {
      span: (_client, _clock, length) => {
        there += length;
      },
    });
    if (there !== letters) throw new Error(`"${document}" has ${there} letters; ${letters} were written.`);
  };
  await inWaves(all.length, check);
}
