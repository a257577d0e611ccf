import type { ServerMessage } from '@weft/protocol';
import { expect, test, vi } from 'vitest';
import { entries, opened, typed, writer } from '../test/fake-server.js';
import {
  comeBack,
  connection,
  document,
  heard,
  heardOpen,
  join,
  onStage,
  START_MS,
  server,
  text,
  type,
} from '../test/stage.js';

onStage();

test('the first Open holds nothing and carries the ids of the Y.Doc and the outbox', async () => {
  server.socket.open();
  expect(await heardOpen()).toMatchObject({
    document: 'a',
    clientId: 101,
    epoch: 0,
    seq: 0,
    outboxId: '80'.repeat(16),
  });
});

test('a checkpoint and the entries after it make the document; then it is synced', async () => {
  const bo = writer(7);
  bo.type('one ');
  const checkpoint = opened({ head: 3, checkpointSeq: 1 }, bo.doc);
  const synced: boolean[] = [];
  document.on('synced', (is) => synced.push(is));
  await server.accept();
  server.say(checkpoint);
  expect([text(), document.synced]).toEqual(['one ', false]);
  expect(document.saveState).toEqual({ kind: 'saving', changes: 0, sinceMs: START_MS });
  server.say(entries(2, bo.type('two '), bo.type('three')));
  expect([text(), document.synced]).toEqual(['one two three', true]);
  expect(document.saveState).toEqual({ kind: 'saved', atMs: null });
  expect(synced).toEqual([true]);
  await document.whenSynced();
});

test('a document that does not exist yet is synced at once', async () => {
  const waiting = document.whenSynced();
  await join();
  await waiting;
  expect([document.synced, text()]).toEqual([true, '']);
});

test('J1: after a pause the client asks for what follows its last applied entry', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a'), bo.type('b')), entries(3, bo.type('c')));
  expect(await comeBack()).toMatchObject({ clientId: 101, epoch: 1, seq: 3, outboxId: '80'.repeat(16) });
  expect(document.synced).toBe(false);
  server.say(opened({ channel: 9, head: 4, checkpointSeq: 3 }));
  server.say({ ...entries(4, bo.type('d')), channel: 9 } as ServerMessage);
  expect([text(), document.synced]).toEqual(['abcd', true]);
});

test('J1: deletes made meanwhile arrive, though they change no state vector', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('hello')));
  await comeBack();
  bo.doc.getText('t').delete(1, 4);
  server.say(opened({ head: 2, checkpointSeq: 1 }), entries(2, bo.updates.at(-1)!));
  expect(text()).toBe('h');
});

test('J1: a client that was away for long gets a checkpoint on top of what it has', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('hello')));
  type(' from ann');
  await comeBack();
  bo.doc.getText('t').delete(0, 2);
  server.say(opened({ head: 40, checkpointSeq: 40 }, bo.doc));
  expect([text(), document.synced]).toEqual(['llo from ann', true]);
  server.say(entries(41, bo.type('!')));
  expect(text()).toContain('!');
});

test('a hole in the entries is not applied: the connection begins anew', async () => {
  const bo = writer(7);
  await join();
  bo.type('lost');
  server.say(entries(2, bo.type('!')));
  expect([text(), connection.status.kind]).toEqual(['', 'waiting']);
  connection.retryNow();
  server.socket.open();
  expect(await heardOpen()).toMatchObject({ epoch: 1, seq: 0 });
});

test('entries that are there already are skipped, and a frame that overlaps is applied from where it is new', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a'), bo.type('b')));
  let transactions = 0;
  document.doc.on('afterTransaction', () => {
    transactions += 1;
  });
  server.say(entries(1, ...bo.updates));
  expect(transactions).toBe(0);
  server.say(entries(2, bo.updates[1]!, bo.type('c'), bo.type('d')));
  expect([text(), transactions]).toEqual(['abcd', 1]);
});

test('something pending after an update is an alarm: everything is asked for again, the Y.Doc stays', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a')));
  const { doc } = document;
  type('mine', doc);
  await server.heard();
  bo.type('b');
  server.say(entries(2, bo.type('c')));
  expect(document.saveState.kind).not.toBe('saved');
  expect(await heard()).toMatchObject([
    { type: 'Close', channel: 1 },
    { type: 'Open', ref: 2, epoch: 0, seq: 0 },
  ]);
  server.say(opened({ channel: 2, head: 3, checkpointSeq: 3 }, bo.doc));
  expect([document.synced, document.doc]).toEqual([true, doc]);
  expect(document.drafts).toEqual([]);
  expect(await heard()).toMatchObject([{ type: 'Update', channel: 2, clientSeq: 1 }]);
});

test('an alarm that repeats itself is tried again only after a pause', async () => {
  const bo = writer(7);
  bo.type('a');
  const gap = bo.type('b');
  await server.accept();
  server.say(opened({ head: 1 }), entries(1, gap));
  expect(typed(await heard())).toEqual(['Close', 'Open']);
  server.say(opened({ channel: 2, head: 1 }), { ...entries(1, gap), channel: 2 } as ServerMessage);
  expect(typed(await heard())).toEqual(['Close']);
  expect(document.saveState).toEqual({ kind: 'offline', changes: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(typed(await heard())).toEqual(['Open']);
});
