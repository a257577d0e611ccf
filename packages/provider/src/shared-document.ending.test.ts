import { CloseCode } from '@weft/protocol';
import { expect, test, vi } from 'vitest';
import { opened, turn, typed } from '../test/fake-server.js';
import {
  comeBack,
  connection,
  document,
  heard,
  heardOpen,
  join,
  onStage,
  refused,
  server,
  text,
  type,
} from '../test/stage.js';

onStage();

test('a document that may only be read says so, and counts as saved', async () => {
  await join({ access: 0 });
  expect(document.saveState).toMatchObject({ kind: 'read-only' });
  await document.whenSaved();
  await comeBack();
  server.say(opened({ access: 1 }));
  expect(document.saveState.kind).toBe('saved');
});

test('a document turned down with 44xx ends, with its reason', async () => {
  const ends: unknown[] = [];
  document.on('closed', (end) => ends.push(end));
  const waiting = document.whenSynced();
  await server.accept();
  server.say({ type: 'Closed', ref: 1, channel: 0, code: CloseCode.BadName, reason: 'Not a name.' });
  expect(ends).toEqual([{ code: CloseCode.BadName, reason: 'Not a name.' }]);
  expect(document.saveState).toEqual({ kind: 'read-only', reason: 'Not a name.' });
  await expect(waiting).rejects.toThrow('Not a name.');
  await expect(document.whenSaved()).rejects.toThrow('closed');
  server.socket.breakOff();
  connection.retryNow();
  expect(typed(await server.accept())).toEqual(['Hello']);
});

test('what is unsaved in a document that ends is a draft', async () => {
  await join();
  type('unsaved');
  await turn();
  server.say({ type: 'Closed', ref: 0, channel: 1, code: CloseCode.TooMuch, reason: 'No.' });
  expect(document.drafts).toMatchObject([{ reason: 'No.', doc: document.doc }]);
  expect(document.saveState).toEqual({ kind: 'read-only', reason: 'No.' });
});

test('a document closed with 45xx is opened again, first at once and then after pauses', async () => {
  await join();
  type('a');
  await turn();
  await server.heard();
  const closeIt = (channel: number) =>
    server.say({ type: 'Closed', ref: 0, channel, code: CloseCode.InternalError, reason: 'Oops.' });
  closeIt(1);
  expect(typed(await heard())).toEqual(['Open']);
  server.say(opened({ channel: 2, head: 9 }));
  await server.heard();
  closeIt(2);
  expect(await heard()).toEqual([]);
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 3, epoch: 1, seq: 0 }]);
  server.say(opened({ channel: 3 }));
  closeIt(3);
  expect(typed(await heard())).toEqual(['Open']);
});

test('an Open that is turned down with 45xx is tried again, first at once and then after pauses', async () => {
  await server.accept();
  const turnDown = (ref: number) =>
    server.say({ type: 'Closed', ref, channel: 0, code: CloseCode.InternalError, reason: 'Oops.' });
  turnDown(1);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 2 }]);
  turnDown(2);
  expect(await heard()).toEqual([]);
  expect(document.saveState).toEqual({ kind: 'busy', reason: 'cannot-open', changes: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 3 }]);
  server.say(opened());
  expect(document.saveState.kind).toBe('saved');
});

test('a document that is refused and then closed keeps the refusal until it is acknowledged', async () => {
  await join();
  type('a');
  await turn();
  server.say(refused(1, 'read-only'));
  const { ref } = await heardOpen();
  server.say({ type: 'Closed', ref, channel: 0, code: CloseCode.TooMuch, reason: 'Too many documents.' });
  expect(document.saveState).toMatchObject({ kind: 'refused', code: 'read-only' });
  document.acknowledgeRefusal();
  expect(document.saveState).toEqual({ kind: 'read-only', reason: 'Too many documents.' });
});

test('closing a document sends what is left and leaves; its Y.Doc may still be used', async () => {
  await join();
  const waiting = document.whenSaved();
  await waiting;
  type('bye');
  const never = document.whenSaved();
  document.on('save', () => expect.unreachable('told after it was closed'));
  document.close();
  document.close();
  expect(typed(server.socket.heard())).toEqual(['Update', 'Close']);
  await expect(never).rejects.toThrow('closed');
  type('!');
  document.presence.setLocalStateField('cursor', { anchor: 1 });
  expect(await server.heard()).toEqual([]);
  expect(text()).toBe('bye!');
  expect(connection.status.kind).toBe('connected');
});

test('a stopped connection leaves its documents offline, with their changes', async () => {
  await join();
  type('a');
  await turn();
  server.socket.breakOff(CloseCode.TooMuch, 'no');
  expect(connection.status.kind).toBe('stopped');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
});
