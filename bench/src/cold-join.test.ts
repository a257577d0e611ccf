import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { CloseCode, clientCodec, type Message, type ServerMessage, serverCodec } from '@weft/protocol';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Doc, encodeStateAsUpdate } from 'yjs';
import { coldJoinWeft } from './cold-join.js';

const opened: Message<ServerMessage, 'Opened'> = {
  type: 'Opened',
  ref: 1,
  channel: 7,
  epoch: 1,
  access: 1,
  savedClientSeq: 0,
  held: 0,
  head: 3,
  proof: new Uint8Array(16),
  checkpointSeq: 0,
  checkpoint: new Uint8Array(),
  role: 3,
};

/** Three updates, of which each adds a letter, and what they make. */
function threeLetters(): { readonly updates: readonly Uint8Array[]; readonly state: Uint8Array } {
  const doc = new Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const letter of 'abc') doc.getText('text').insert(doc.getText('text').length, letter);
  return { updates, state: encodeStateAsUpdate(doc) };
}

test('a join that a checkpoint overtakes is begun again, and takes that', async () => {
  const { updates, state } = threeLetters();
  const proof = new Uint8Array();
  const answers: ServerMessage[][] = [
    [
      opened,
      { type: 'Entries', channel: 7, firstSeq: 1, updates: updates.slice(0, 1), proof },
      { type: 'Closed', ref: 0, channel: 7, code: CloseCode.SlowReader, reason: 'It is opened again.' },
    ],
    [{ ...opened, checkpointSeq: 3, checkpoint: deflateRawSync(state) }],
  ];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (webSocket) =>
    webSocket.on('message', (frame: Buffer) => {
      for (const { type } of clientCodec.decode(frame)) {
        if (type === 'Open') webSocket.send(serverCodec.encode(...answers.shift()!));
      }
    }),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { text, checkpointSeq, tailBytes } = await coldJoinWeft(`http://127.0.0.1:${port}`, 'busy');
    expect({ text, checkpointSeq, tailBytes }).toEqual({ text: 'abc', checkpointSeq: 3, tailBytes: 0 });
  } finally {
    server.close();
  }
});
