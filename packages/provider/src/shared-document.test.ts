import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, FakeServer, opened, saved, typed, writer } from '../test/fake-server.js';

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a first round: opened, synced, written, saved', async () => {
  const connection = server.connect();
  const document = connection.open('a');
  const first = await server.accept();
  expect(typed(first)).toEqual(['Hello', 'Open']);
  expect(server.socket.frames).toHaveLength(1);
  server.say(opened({ head: 1, checkpointSeq: 1 }, writer(7).doc));
  expect(document.synced).toBe(true);
  expect(document.saveState).toEqual({ kind: 'saved', atMs: null });
  document.doc.getText('t').insert(0, 'hello');
  expect(document.saveState).toEqual({ kind: 'saving', changes: 1, sinceMs: 1_000_000 });
  const [presenceOrUpdate, ...rest] = await server.heard();
  expect(presenceOrUpdate?.type).toBe('Update');
  expect(typed(rest)).toEqual(['Presence']);
  server.say(saved(1, 2, 5));
  expect(document.saveState).toEqual({ kind: 'saved', atMs: 5 });
  const peer = writer(9);
  Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(document.doc));
  server.say(entries(3, peer.type(' world')));
  expect(document.doc.getText('t').toString()).toBe('hello world');
  connection.close();
});
