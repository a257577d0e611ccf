// Clients that do not read, or little, while others write: the server keeps a few megabytes for each at most, catches them up
// from the log once they read, and the others never wait for them (I6).

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import {
  BareWeft,
  BareYjs,
  connect,
  ownFolder,
  ownServer,
  SYNC,
  stockClient,
  type TestServer,
  textOf,
  until,
} from './harness.js';

const KIB = 1024;
const CHUNK = 512 * KIB;
const CHUNKS = 80;
/** Of all that is written, what the buffers of two kernels and of the server may hold for one client: well below half. */
const MAX_HELD_BYTES = (CHUNKS * CHUNK) / 2;

/** Tens of megabytes go to five at once: on a machine that has other work that takes its time. */
const PATIENCE = { timeout: 60_000, interval: 50 };
const MOST_MS = 120_000;

/** Writes much in a document that stays small: what is replaced each time is garbage at once. */
async function writeMuch(writer: ReturnType<ReturnType<typeof connect>['open']>, chunks: number): Promise<void> {
  const text = writer.doc.getText('text');
  for (let i = 0; i < chunks; i++) {
    writer.doc.transact(() => {
      text.delete(0, text.length);
      text.insert(0, String.fromCharCode(97 + (i % 26)).repeat(CHUNK));
    });
    await writer.whenSaved();
  }
}

/** Looks at the length first: to write half a megabyte down every few milliseconds would hold up what is waited for. */
const untilSame = (doc: Y.Doc, other: Y.Doc, message: string): Promise<void> =>
  expect
    .poll(() => doc.getText('text').length === other.getText('text').length && textOf(doc) === textOf(other), {
      ...PATIENCE,
      message,
    })
    .toBe(true);

/** Bytes of entries that were held for it: what it was caught up with later is told without a proof, but for the last piece. */
async function toldAsItHappened(client: BareWeft): Promise<number> {
  for (let bytes = 0; ; ) {
    const message = await client.next('Entries', 'Closed');
    if (message.type === 'Closed' || message.proof.length === 0) return bytes;
    for (const update of message.updates) bytes += update.length;
    if (message.firstSeq + message.updates.length > CHUNKS) return bytes;
  }
}

/** A connection of the provider whose sockets are at hand. */
function connectWatched(server: TestServer, name: string) {
  const sockets: WebSocket[] = [];
  class Watched extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  return { connection: connect(server, name, { WebSocket: Watched }), sockets };
}

test(
  'I6: who does not read for a while is caught up, others write on, and little is kept for the deaf',
  async () => {
    const server = await ownServer(await ownFolder());
    const name = 'busy';
    const writer = connect(server, 'Ann').open(name);
    const reader = connect(server, 'Bo').open(name);
    const { connection, sockets } = connectWatched(server, 'Cy');
    const deaf = connection.open(name);
    const stock = stockClient(server, name);
    await Promise.all([writer.whenSynced(), reader.whenSynced(), deaf.whenSynced()]);
    await until(() => stock.provider.synced, 'the stock client is in step');
    let readerUpdates = 0;
    reader.doc.on('update', () => {
      readerUpdates += 1;
    });

    const stockSocket = stock.provider.ws as unknown as WebSocket;
    sockets[0]!.pause();
    stockSocket.pause();
    const bare = [new BareWeft(server), new BareYjs(server, name)] as const;
    await bare[0].open(name);
    await bare[1].sync(SYNC.step1, Y.encodeStateVector(new Y.Doc()));
    await bare[1].next(SYNC.step2);
    for (const client of bare) client.webSocket.pause();

    await writeMuch(writer, CHUNKS);
    await untilSame(reader.doc, writer.doc, 'the reader has all');
    // Others were told of each change, one by one, as if nobody were slow.
    expect(readerUpdates).toBe(CHUNKS);

    // What it writes while it reads nothing is on disk all the same.
    deaf.doc.getText('text').insert(0, 'from the deaf: ');
    // Before or after what was written meanwhile: both were put at the beginning, and chance says who comes first.
    await until(() => textOf(reader.doc).includes('from the deaf: '), 'what it wrote is told');
    sockets[0]!.resume();
    stockSocket.resume();
    for (const client of bare) client.webSocket.resume();
    await untilSame(deaf.doc, reader.doc, 'who was deaf has all');
    await untilSame(stock.doc, reader.doc, 'the stock client has all');
    await deaf.whenSaved();
    expect(await toldAsItHappened(bare[0])).toBeLessThan(MAX_HELD_BYTES);
    for (const client of bare) expect(client.webSocket.readyState).toBe(WebSocket.OPEN);
    // They were on the connections they had.
    expect([sockets.length, stock.provider.ws === (stockSocket as unknown)]).toEqual([1, true]);
    expect((await coldJoinWeft(server.url, name)).text).toBe(textOf(deaf.doc));
  },
  MOST_MS,
);

test('I6: who asks for a hundred long documents and reads none costs the server little', async () => {
  const server = await ownServer(await ownFolder());
  const writer = connect(server, 'Ann').open('long');
  // Nothing that compresses: what waits for a reader is as long as the document.
  let seed = 1;
  const noise = Array.from({ length: CHUNK }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(0x4e00 + (seed % 20_000));
  }).join('');
  writer.doc.getText('text').insert(0, noise);
  await writer.whenSaved();
  const before = residentBytes(server);

  const greedy = Array.from({ length: 100 }, () => new BareYjs(server, 'long'));
  for (const client of greedy) {
    await client.opened;
    client.webSocket.pause();
    // A question is seven bytes, an answer a megabyte and a half (A18).
    for (let i = 0; i < 50; i++) await client.sync(SYNC.step1, Y.encodeStateVector(new Y.Doc()));
  }
  await connect(server, 'Bo').open('long').whenSynced();
  expect(residentBytes(server) - before).toBeLessThan(600 * KIB * KIB);
  greedy[0]!.webSocket.resume();
  const update = await greedy[0]!.next(SYNC.step2);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  expect(textOf(doc)).toBe(noise);
});

function residentBytes({ pid }: TestServer): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * KIB;
}
