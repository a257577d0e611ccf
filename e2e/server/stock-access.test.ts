// The stock y-websocket client at a server that lets in only whom its configuration does: it shows a token in the two ways
// it has, and what it may not do does not happen, whatever its editor shows.

import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { type ClosedServer, closedServer } from './closed-server.js';
import { newName, textOf, until, untilText, webSocketUrl } from './harness.js';

interface Shown {
  readonly protocols?: string[];
  readonly params?: Record<string, string>;
}

function stockClient(server: ClosedServer, document: string, shown: Shown) {
  const doc = new Y.Doc();
  const WebSocketPolyfill = WebSocket as unknown as typeof globalThis.WebSocket;
  const options = { ...shown, WebSocketPolyfill, disableBc: true, connect: false };
  const provider = new WebsocketProvider(webSocketUrl(server, '/yjs'), document, doc, options);
  const denied: string[] = [];
  const codes: number[] = [];
  // What it logs, and nothing else, is all a stock client does with it.
  provider.messageHandlers[2] = (_encoder, decoder) => {
    decoder.pos += 1;
    const length = decoder.arr[decoder.pos]!;
    denied.push(new TextDecoder().decode(decoder.arr.subarray(decoder.pos + 1, decoder.pos + 1 + length)));
  };
  provider.on('connection-close', (event) => void (event && codes.push(event.code)));
  provider.connect();
  onTestFinished(() => {
    provider.destroy();
    doc.destroy();
  });
  return { doc, provider, denied, codes };
}

test('a stock client shows a token among its subprotocols, or a ticket in its URL', async () => {
  const server = await closedServer();
  const roles = (role: string) => ({ weft: { roles: { '**': role } } });
  const name = newName();
  const ann = stockClient(server, name, { protocols: ['weft.yjs', `bearer.${server.token('ann', roles('editor'))}`] });
  await until(() => ann.provider.synced, 'the editor is in step');
  ann.doc.getText('text').insert(0, 'written by Ann');

  const token = server.token('bob', roles('reader'));
  const { body } = await server.ask(token, 'POST', 'tickets', { body: {} });
  const bob = stockClient(server, name, { params: { ticket: body.ticket } });
  await untilText(bob.doc, 'written by Ann');
  bob.doc.getText('text').delete(0, 100);
  bob.doc.getText('text').insert(0, 'Bob was here');
  ann.doc.getText('text').insert(14, ', and on');
  await until(() => textOf(bob.doc).includes(', and on'), 'the reader hears of what comes after');
  expect(textOf(ann.doc)).toBe('written by Ann, and on');
  expect(bob.denied).toEqual(['This document can be read here, but not changed.']);

  const nobody = stockClient(server, name, {});
  await until(() => nobody.codes.length > 0, 'nobody is turned away');
  const reused = stockClient(server, name, { params: { ticket: body.ticket } });
  await until(() => reused.codes.length > 0, 'a used ticket is of no use');
  expect([nobody.codes[0], textOf(nobody.doc), reused.codes[0], textOf(reused.doc)]).toEqual([4403, '', 4401, '']);
});
