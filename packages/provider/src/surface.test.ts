// What an application listens to and waits for, and that nothing of it is left behind.

import { CloseCode } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { entries, FakeServer, opened, presence, saved, turn, welcome, writer } from '../test/fake-server.js';
import { MemoryDisk } from '../test/memory-store.js';
import { SyncError } from './sync-error.js';

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('status, save, synced, presence and error are told as they happen', async () => {
  const connection = server.connect();
  const told: unknown[] = [];
  connection.on('status', ({ kind }) => told.push(kind));
  connection.on('error', (error) => told.push(error));
  const document = connection.open('a');
  document.on('save', ({ kind }) => told.push(kind));
  document.on('synced', (synced) => told.push(synced));
  document.on('presence', ({ added, removed }) => told.push([added, removed]));
  document.on('error', (error) => told.push(error));
  await server.accept();
  server.say(opened(), presence([7, 1, { user: { name: 'Bo' } }]));
  document.doc.getText('t').insert(0, 'x');
  await server.heard();
  server.say({ type: 'Refused', channel: 1, clientSeq: 1, code: 'too-large', reason: 'Too large.' });
  expect(told).toEqual([
    'saving',
    'connected',
    true,
    'saved',
    [[7], []],
    'saving',
    [[], [7]],
    false,
    'refused',
    new SyncError('too-large', 'Too large.'),
  ]);
  told.length = 0;
  server.socket.breakOff(CloseCode.TooMuch, 'Too much.');
  expect(told.at(-1)).toEqual(new SyncError('4413', 'Too much.'));
  connection.close();
});

test('a wait ends with its signal, in one place only', async () => {
  const connection = server.connect();
  const document = connection.open('a');
  const abort = new AbortController();
  const [given, up] = [document.whenSynced({ signal: abort.signal }), document.whenSaved({ signal: abort.signal })];
  const waiting = document.whenSynced();
  abort.abort(new Error('nobody waits'));
  await expect(given).rejects.toThrow('nobody waits');
  await expect(up).rejects.toThrow('nobody waits');
  await expect(document.whenSaved({ signal: abort.signal })).rejects.toThrow('nobody waits');
  await server.accept();
  server.say(opened());
  await waiting;
  connection.close();
});

test('a signal that is never aborted is let go of when the wait is over, or the document is closed', async () => {
  const connection = server.connect();
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  vi.spyOn(signal, 'addEventListener').mockImplementation((_name, listener) => void listening.add(listener));
  vi.spyOn(signal, 'removeEventListener').mockImplementation((_name, listener) => void listening.delete(listener));
  const document = connection.open('a');
  const synced = document.whenSynced({ signal });
  await server.accept();
  expect(listening.size).toBe(1);
  server.say(opened());
  await synced;
  expect(listening.size).toBe(0);
  document.doc.getText('t').insert(0, 'x');
  const never = document.whenSaved({ signal });
  expect(listening.size).toBe(1);
  connection.close();
  await expect(never).rejects.toThrow('closed');
  expect(listening.size).toBe(0);
});

/** An event target that knows how many listen. */
class CountingTarget extends EventTarget {
  readonly listening = new Set<unknown>();
  visibilityState = 'visible';
  override addEventListener(...given: Parameters<EventTarget['addEventListener']>): void {
    this.listening.add(given[1]);
    super.addEventListener(...given);
  }
  override removeEventListener(...given: Parameters<EventTarget['removeEventListener']>): void {
    this.listening.delete(given[1]);
    super.removeEventListener(...given);
  }
}

test('many documents on one connection, opened, left and opened again with a store: at the end nothing is left', async () => {
  const [window, page] = [new CountingTarget(), new CountingTarget()];
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  vi.stubGlobal('document', page);
  const disk = new MemoryDisk();
  for (let times = 0; times < 3; times++) {
    const store = disk.page();
    const connection = server.connect({ store });
    server.socket.open();
    server.say(welcome({ person: store.person }));
    const documents = Array.from({ length: 20 }, (_, at) => connection.open(`notes/${at}`));
    await turn();
    const opens = (await server.heard()).filter((message) => message.type === 'Open');
    for (const { ref } of opens) {
      const channel = times * 100 + ref;
      server.say(opened({ ref, channel }));
      server.say({ ...entries(1, writer(7).type('text')), channel } as ReturnType<typeof entries>);
    }
    for (const document of documents) document.doc.getText('t').insert(0, 'unsaved');
    for (const document of documents.slice(0, 10)) document.close();
    await turn();
    for (const { name } of documents.slice(0, 5)) connection.open(name);
    await server.heard();
    server.say(saved(1, 2));
    expect([window.listening.size > 0, page.listening.size > 0, vi.getTimerCount() > 0]).toEqual([true, true, true]);
    connection.close();
    await turn();
    expect([window.listening.size, page.listening.size, vi.getTimerCount(), disk.held.size]).toEqual([0, 0, 0, 0]);
    expect(server.socket.closedByClient).toBe(1000);
  }
});
