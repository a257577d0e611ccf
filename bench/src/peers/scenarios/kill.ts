// The server is killed while somebody types: what others had seen already, or the author was told is kept, and is gone when the
// server is back.

import { setTimeout as sleep } from 'node:timers/promises';
import { readSpans } from '../load/clock-spans.js';
import { compose, play } from '../load/pacer.js';
import { FIRST_CLIENT_ID, prepareTyping } from '../load/typing.js';
import type { RunningServer, Scenario } from '../scenario.js';

const PER_SECOND = 1000;
const TYPING_MS = 2500;
/** Within it, somewhere in the middle of the stream. */
const KILL_AFTER_MS = 2000;
const LOADED_WITHIN_MS = 1500;
const DOCUMENT = 'killed';

export const kill: Scenario = {
  name: 'kill',
  summary: 'SIGKILL while somebody types 1,000 letters per second',
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'yws-0.1.1-leveldb', 'hocuspocus-sqlite'],
  maxRounds: 3,
  figures: {
    lostSeen: { unit: '', isLessBetter: true, what: 'letters that others had seen and that are gone' },
    lostSaved: {
      unit: '',
      isLessBetter: true,
      what: 'letters whose author was told that they are kept, and that are gone',
    },
    seen: { unit: '', isLessBetter: false, isContext: true, what: 'letters that others had seen before the kill' },
  },
  async run(server) {
    const updates = prepareTyping(0, (PER_SECOND * TYPING_MS) / 1000 + 1);
    const author = await server.client(DOCUMENT, { clientId: FIRST_CLIENT_ID });
    const reader = await server.client(DOCUMENT);
    let saved = 0;
    let hasWord = false;
    author.onSaved = (count) => {
      hasWord = true;
      saved = count;
    };
    let seen = 0;
    reader.onUpdate = (bytes, from, to) => {
      seen = Math.max(seen, lettersIn(bytes, from, to));
    };
    author.onClosed = () => {};
    const readerGone = new Promise<void>((resolve) => {
      reader.onClosed = () => resolve();
    });
    let typed = 0;
    const typing = play(compose(1, PER_SECOND, TYPING_MS), () => author.update(updates[typed++]!));
    await sleep(KILL_AFTER_MS);
    await server.kill();
    // What was on its way to the reader then it has read by now.
    await Promise.all([readerGone, typing]);
    if (seen === 0) throw new Error('Nobody had seen anything before the server was killed.');
    const kept = await lettersKept(server);
    const figures = { lostSeen: Math.max(0, seen - kept), seen };
    return hasWord ? { ...figures, lostSaved: Math.max(0, saved - kept) } : figures;
  },
};

/** What a newcomer is told; some servers let it join first, and load the document then. */
async function lettersKept(server: RunningServer): Promise<number> {
  const newcomer = await server.client(DOCUMENT);
  await sleep(LOADED_WITHIN_MS);
  newcomer.end();
  return Math.max(0, ...newcomer.joined.map((update) => lettersIn(update, 0, update.length)));
}

/** How many letters of the author there are up to the last one in here: there is never one without those before it. */
function lettersIn(bytes: Uint8Array, from: number, to: number): number {
  let letters = 0;
  readSpans(bytes, from, to, {
    span: (_client, clock, length) => {
      letters = Math.max(letters, clock + length);
    },
  });
  return letters;
}
