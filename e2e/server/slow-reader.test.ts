// A client that does not read while others write: it is closed before the server holds much for it (I6), and the others
// never wait for it.

import { CloseCode } from '@weft/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { BareWeft, BareYjs, connect, ownFolder, ownServer, SYNC, textOf, untilText } from './harness.js';

const CHUNK = 512 * 1024;
const CHUNKS = 120;
/** Of all that is written, what the buffers of two kernels and of the server may hold for one client: well below half. */
const MAX_HELD_BYTES = (CHUNKS * CHUNK) / 2;

test('I6: who does not read is closed with 4508, others write on, and little is kept for the deaf', async () => {
  const server = await ownServer(await ownFolder());
  const name = 'busy';
  const writer = connect(server, 'Ann').open(name);
  const reader = connect(server, 'Bo').open(name);
  await Promise.all([writer.whenSynced(), reader.whenSynced()]);

  const deafWeft = Array.from({ length: 4 }, () => new BareWeft(server));
  for (const client of deafWeft) await client.open(name);
  const deafYjs = new BareYjs(server, name);
  await deafYjs.sync(SYNC.step1, Y.encodeStateVector(new Y.Doc()));
  await deafYjs.next(SYNC.step2);
  const deaf = [...deafWeft, deafYjs];
  for (const client of deaf) client.webSocket.pause();

  const text = writer.doc.getText('text');
  // What is replaced each time is garbage at once: the document stays small, the traffic does not.
  for (let i = 0; i < CHUNKS; i++) {
    writer.doc.transact(() => {
      text.delete(0, text.length);
      text.insert(0, String.fromCharCode(97 + (i % 26)).repeat(CHUNK));
    });
    await writer.whenSaved();
  }
  await untilText(reader.doc, textOf(writer.doc));

  for (const client of deaf) client.webSocket.resume();
  for (const client of deaf) {
    expect(await client.closed).toMatchObject({ code: CloseCode.SlowReader });
    expect(client.receivedBytes).toBeLessThan(MAX_HELD_BYTES);
  }
  text.insert(0, 'and they write on ');
  await writer.whenSaved();
  expect((await coldJoinWeft(server.url, name)).text).toBe(textOf(writer.doc));
  await untilText(reader.doc, textOf(writer.doc));
});
