// A client that does not read while others write: it is closed before the server holds much for it (I6), the others never
// wait for it, and it finds everything when it comes back.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloseCode } from '@weft/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { BareWeft, BareYjs, connect, ownFolder, ownServer, SYNC, textOf, untilText } from './harness.js';

const CHUNK = 512 * 1024;
/** More than the buffers of two kernels and the server's own limit hold together: what is not bounded is seen. */
const CHUNKS = 80;
/** How much more memory may be taken with deaf clients than without: 4 MiB for each, and what a heap is free to do. */
const SLACK_BYTES = 64 * 1024 * 1024;

/** Resident memory of a process, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

test('I6: who does not read is closed with 4508, others write on, and memory stays bounded', async () => {
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

  const text = writer.doc.getText('text');
  // What is replaced each time is garbage at once: the document stays small, the traffic does not.
  const writeMuch = async (): Promise<void> => {
    for (let i = 0; i < CHUNKS; i++) {
      writer.doc.transact(() => {
        text.delete(0, text.length);
        text.insert(0, String.fromCharCode(97 + (i % 26)).repeat(CHUNK));
      });
      await writer.whenSaved();
    }
    await untilText(reader.doc, textOf(writer.doc));
  };
  await writeMuch();
  const withoutDeaf = await memoryOf(server.pid);
  for (const client of deaf) client.webSocket.pause();
  await writeMuch();
  expect((await memoryOf(server.pid)) - withoutDeaf).toBeLessThan(SLACK_BYTES);

  for (const client of deaf) client.webSocket.resume();
  for (const client of deaf) expect(await client.closed).toMatchObject({ code: CloseCode.SlowReader });
  text.insert(0, 'and they write on ');
  await writer.whenSaved();
  expect((await coldJoinWeft(server.url, name)).text).toBe(textOf(writer.doc));
  await untilText(reader.doc, textOf(writer.doc));
});
