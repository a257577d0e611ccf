import type { ClientMessage, Message } from '@weft/protocol';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, saved, turn, typed, writer } from '../test/fake-server.js';
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
  textOf,
  type,
  updateOf,
} from '../test/stage.js';
import type { SaveState } from './save-state.js';

onStage();

test('what is written is sent at the end of the turn, as one update, and saved when the server says so', async () => {
  await join();
  type('hel');
  type('lo');
  expect(document.saveState).toEqual({ kind: 'saving', changes: 2, sinceMs: START_MS });
  const update = updateOf(await heard());
  expect([update.channel, update.clientSeq]).toEqual([1, 2]);
  expect(textOf(update.update)).toBe('hello');
  const savedPromise = document.whenSaved();
  server.say(saved(2, 1, 5_000));
  expect(document.saveState).toEqual({ kind: 'saved', atMs: 5_000 });
  await savedPromise;
});

test('saved is told only when every change is', async () => {
  await join();
  const told: SaveState[] = [];
  document.on('save', (state) => told.push(state));
  type('a');
  await turn();
  type('b');
  await turn();
  server.say(saved(1, 1, 5));
  expect(document.saveState.kind).toBe('saving');
  server.say(saved(2, 2, 6));
  expect(told).toMatchObject([
    { kind: 'saving', changes: 1 },
    { kind: 'saving', changes: 2 },
    { kind: 'saving', changes: 1 },
    { kind: 'saved', atMs: 6 },
  ]);
});

test('what comes from the server is not sent back', async () => {
  await join();
  server.say(entries(1, writer(7).type('x')));
  expect(await heard()).toEqual([]);
  expect(document.saveState.kind).toBe('saved');
});

test('an author whose own entries come only as Saved has no hole', async () => {
  await join();
  type('mine');
  await turn();
  server.say(saved(1, 1));
  server.say(entries(2, writer(7).type('yours')));
  expect([text().length, connection.status.kind]).toEqual([9, 'connected']);
  expect(await comeBack()).toMatchObject({ seq: 2 });
});

test('what is written before the first answer leaves after it', async () => {
  type('early');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
  expect(typed(await server.accept())).toEqual(['Hello', 'Open']);
  server.say(opened());
  expect(await heard()).toMatchObject([{ type: 'Update', clientSeq: 1 }]);
});

test('S1: after a reconnect what is on disk is dropped and the rest sent again under its numbers', async () => {
  await join();
  for (const letter of 'abc') {
    type(letter);
    await turn();
  }
  const sent = await heard();
  server.socket.breakOff();
  expect(document.saveState).toEqual({ kind: 'offline', changes: 3 });
  type('d');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 4 });
  connection.retryNow();
  await server.accept();
  server.say(opened({ savedClientSeq: 1, head: 1 }));
  const again = await heard();
  expect(again.slice(0, 2)).toEqual(sent.slice(1));
  expect(again[2]).toMatchObject({ type: 'Update', clientSeq: 4 });
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 3 });
  server.say(entries(1, (sent[0] as Message<ClientMessage, 'Update'>).update));
  expect(document.synced).toBe(true);
});

test('S1: what is written while the connection is being closed is sent over the next one', async () => {
  await join();
  server.socket.startClosing();
  type('late');
  expect(await heard()).toEqual([]);
  server.socket.breakOff();
  connection.retryNow();
  await server.accept();
  server.say(opened());
  expect(await heard()).toMatchObject([{ type: 'Update', clientSeq: 1 }]);
});

test('S1: when everything turns out to be on disk, it is saved, and nothing is sent again', async () => {
  await join();
  type('a');
  await turn();
  await comeBack();
  server.say(opened({ savedClientSeq: 1, head: 1, checkpointSeq: 0 }));
  expect(document.saveState.kind).toBe('saving');
  server.say(entries(1, Y.encodeStateAsUpdate(document.doc)));
  expect(document.saveState).toEqual({ kind: 'saved', atMs: START_MS });
  expect(await heard()).toEqual([]);
});

test('messages of one turn share frames of at most 64 KiB', async () => {
  await join();
  const other = connection.open('b');
  await heardOpen();
  server.say(opened({ channel: 2 }));
  await server.heard();
  const before = server.socket.frames.length;
  type('x'.repeat(40_000));
  type('y'.repeat(40_000), other.doc);
  await turn();
  const frames = server.socket.frames.slice(before).map(({ length }) => length);
  expect(frames).toHaveLength(2);
  type('small');
  type('small', other.doc);
  await turn();
  expect(server.socket.frames.length).toBe(before + 3);
});

test('no more than 256 updates are under way; the rest follows as room is made', async () => {
  await join();
  for (let i = 0; i < 300; i++) {
    type('x');
    await turn();
  }
  expect(await heard()).toHaveLength(256);
  server.say(saved(100, 100));
  expect(await heard()).toMatchObject([{ type: 'Update', clientSeq: 300 }]);
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 200 });
});

test('S1: after Busy it waits, says so, and sends everything unsaved again from the first', async () => {
  await join();
  type('a');
  await turn();
  type('b');
  const sent = await heard();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 2_000 });
  expect(document.saveState).toEqual({ kind: 'busy', reason: 'busy', changes: 2 });
  type('c');
  await vi.advanceTimersByTimeAsync(1_999);
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  const again = await heard();
  expect(again[0]).toEqual({ type: 'Resume', channel: 1, fromClientSeq: 1 });
  expect(again.slice(1, 3)).toEqual(sent);
  expect(again[3]).toMatchObject({ type: 'Update', clientSeq: 3 });
  expect(document.saveState).toEqual({ kind: 'busy', reason: 'busy', changes: 3 });
  server.say(saved(1, 1));
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 2 });
  server.say(saved(3, 3));
  type('d');
  expect(typed(await heard())).toEqual(['Update']);
});

describe('while the server can save nothing', () => {
  const storage = (code: string) => ({ type: 'Storage', code }) as const;

  test('that is said before anybody writes, and is over when the server says so', async () => {
    await join();
    server.say(storage('disk-full'));
    expect(document.saveState).toEqual({ kind: 'busy', reason: 'disk-full', changes: 0 });
    server.say(storage('disk-eaten'));
    expect(document.saveState).toMatchObject({ reason: 'disk-failing' });
    await document.whenSaved();
    server.say(storage(''));
    expect(document.saveState).toEqual({ kind: 'saved', atMs: null });
  });

  test('what was written is kept, and sent again as soon as it is over, not when Busy said', async () => {
    await join();
    type('a');
    const sent = await heard();
    server.say(storage('disk-failing'), { type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 10_000 });
    type('b');
    expect(document.saveState).toEqual({ kind: 'busy', reason: 'disk-failing', changes: 2 });
    expect(await server.heard()).toEqual([]);
    server.say(storage(''));
    expect(document.saveState).toMatchObject({ kind: 'saving', changes: 2 });
    const again = await heard();
    expect(again[0]).toEqual({ type: 'Resume', channel: 1, fromClientSeq: 1 });
    expect(again[1]).toEqual(sent[0]);
    expect(again).toHaveLength(3);
  });

  test('what was under way is saved without being sent again', async () => {
    await join();
    type('a');
    await heard();
    server.say(storage('disk-failing'), storage(''), saved(1, 1));
    expect(document.saveState.kind).toBe('saved');
    expect(await server.heard()).toEqual([]);
  });

  test('what the last connection said is forgotten with it', async () => {
    await join();
    server.say(storage('disk-full'));
    await comeBack();
    server.say(opened());
    expect(document.saveState.kind).toBe('saved');
  });
});

test('S1: a Saved that overtakes Busy moves the point to resume from', async () => {
  await join();
  type('a');
  await turn();
  type('b');
  await turn();
  server.say({ type: 'Busy', channel: 1, clientSeq: 2, retryAfterMs: 100 }, saved(1, 1));
  await server.heard();
  await vi.advanceTimersByTimeAsync(100);
  expect(await heard()).toMatchObject([
    { type: 'Resume', fromClientSeq: 2 },
    { type: 'Update', clientSeq: 2 },
  ]);
});

test('S1: after Resync one update with everything the server lacks takes the place of all unsaved ones', async () => {
  await join();
  for (const letter of 'abc') {
    type(letter);
    await turn();
  }
  const first = (await heard())[0] as Message<ClientMessage, 'Update'>;
  const has = new Y.Doc();
  Y.applyUpdate(has, first.update);
  server.say({ type: 'Resync', channel: 1, clientSeq: 2, stateVector: Y.encodeStateVector(has) });
  const answer = await heard();
  const update = updateOf(answer);
  expect([answer.length, answer[0], update.clientSeq]).toEqual([
    2,
    { type: 'Resume', channel: 1, fromClientSeq: 4 },
    4,
  ]);
  Y.applyUpdate(has, update.update);
  expect([text(has), has.store.pendingStructs]).toEqual(['abc', null]);
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 3 });
  server.say(saved(4, 2));
  expect(document.saveState.kind).toBe('saved');
});

test('a Resync while it waits ends the waiting', async () => {
  await join();
  type('a');
  await turn();
  await server.heard();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 60_000 });
  server.say({ type: 'Resync', channel: 1, clientSeq: 1, stateVector: Uint8Array.of(0) });
  expect(typed(await heard())).toEqual(['Resume', 'Update']);
});

test('a connection that breaks while it waits forgets the waiting', async () => {
  await join();
  type('a');
  await turn();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 60_000 });
  await comeBack();
  server.say(opened());
  expect(typed(await heard())).toEqual(['Update']);
  expect(document.saveState.kind).toBe('saving');
});
