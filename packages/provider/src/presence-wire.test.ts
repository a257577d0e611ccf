import { beforeEach, expect, test, vi } from 'vitest';
import { opened, presence, saved, turn, typed } from '../test/fake-server.js';
import { comeBack, document, onStage, server, type } from '../test/stage.js';

onStage();

beforeEach(async () => {
  await server.accept();
  server.say(opened());
});

const caret = (at: number) => document.presence.setLocalStateField('cursor', { anchor: at, head: at });
const state = (at: number) => JSON.stringify({ cursor: { anchor: at, head: at } });

test('one is seen as soon as the document is open', async () => {
  expect(await server.heard()).toEqual([{ type: 'Presence', channel: 1, clientSeq: 0, state: '{}' }]);
});

test('the first caret leaves at once, the next ones at most every 50 ms, and only the last of them', async () => {
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  caret(1);
  expect(await server.heard()).toMatchObject([{ type: 'Presence', state: state(1) }]);
  caret(2);
  await vi.advanceTimersByTimeAsync(49);
  caret(3);
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await server.heard()).toMatchObject([{ type: 'Presence', state: state(3) }]);
  caret(4);
  caret(3);
  await vi.advanceTimersByTimeAsync(500);
  expect(await server.heard()).toEqual([]);
});

test('S5: a caret leaves after the text it may point to and names its clientSeq', async () => {
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  caret(1);
  type('x');
  expect(await server.heard()).toMatchObject([
    { type: 'Update', clientSeq: 1 },
    { type: 'Presence', clientSeq: 1, state: state(1) },
  ]);
});

test('S5: a caret waits while text before it waits for room on the wire', async () => {
  for (let i = 0; i < 257; i++) {
    type('x');
    await turn();
  }
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  caret(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(await server.heard()).toEqual([]);
  server.say(saved(10, 10));
  expect(await server.heard()).toMatchObject([
    { type: 'Update', clientSeq: 257 },
    { type: 'Presence', clientSeq: 257 },
  ]);
});

test('S5: a caret waits for nothing once all text is on disk', async () => {
  type('x');
  await turn();
  server.say(saved(1, 1));
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  caret(2);
  expect(await server.heard()).toMatchObject([{ type: 'Presence', clientSeq: 0 }]);
});

test('a caret waits while the server asks to wait', async () => {
  type('x');
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 1_000 });
  caret(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(typed(await server.heard())).toEqual(['Resume', 'Update', 'Presence']);
});

test('who hides is told with an empty state', async () => {
  await vi.advanceTimersByTimeAsync(50);
  await server.heard();
  document.presence.setLocalState(null);
  expect(await server.heard()).toMatchObject([{ type: 'Presence', state: '' }]);
});

test('others are seen, vanish with the connection, and the own caret is sent again after it', async () => {
  const { presence: people } = document;
  caret(1);
  server.say(presence([7, 1, { user: { name: 'Bo' } }]));
  expect(people.getStates().get(7)).toEqual({ user: { name: 'Bo' } });
  await comeBack();
  expect([...people.getStates().keys()]).toEqual([people.clientID]);
  server.say(opened());
  expect(await server.heard()).toMatchObject([{ type: 'Presence', state: state(1) }]);
});

test('S2: after a refusal the same presence goes on under the new clientID, without the caret', async () => {
  const { presence: people } = document;
  const oldId = people.clientID;
  type('x');
  caret(1);
  await turn();
  await server.heard();
  server.say({ type: 'Refused', channel: 1, clientSeq: 1, code: 'malformed', reason: 'No.' });
  expect(people.clientID).toBe(oldId);
  await server.heard();
  server.say(opened({ channel: 2, head: 1 }));
  expect(await server.heard()).toEqual([]);
  server.say({ type: 'Saved', channel: 2, clientSeq: 0, seq: 1, proof: new Uint8Array(16), timeMs: 1 });
  expect(document.presence).toBe(people);
  expect([people.doc, people.clientID]).toEqual([document.doc, document.doc.clientID]);
  expect(people.clientID).not.toBe(oldId);
  expect(people.getLocalState()).toEqual({ user: { name: 'Ann', color: '#aa0000' } });
  expect(await server.heard()).toEqual([{ type: 'Presence', channel: 2, clientSeq: 0, state: '{}' }]);
});
