import { expect, test } from 'vitest';
import { deriveSaveState, type SaveFacts } from './save-state.js';

const calm: SaveFacts = {
  refusal: null,
  readOnlyReason: null,
  rests: false,
  turnedDown: false,
  connected: true,
  synced: true,
  agreed: true,
  differs: false,
  stuck: false,
  trouble: null,
  busy: false,
  changes: 0,
  sinceMs: 10,
  savedAtMs: null,
};
const stateWith = (facts: Partial<SaveFacts>) => deriveSaveState({ ...calm, ...facts });

test('saved only when nothing waits and everything is in step', () => {
  expect(stateWith({})).toEqual({ kind: 'saved', atMs: null });
  expect(stateWith({ savedAtMs: 5 })).toEqual({ kind: 'saved', atMs: 5 });
  expect(stateWith({ changes: 1 }).kind).not.toBe('saved');
  expect(stateWith({ synced: false }).kind).not.toBe('saved');
  expect(stateWith({ connected: false }).kind).not.toBe('saved');
  expect(stateWith({ agreed: false }).kind).not.toBe('saved');
});

test('J2: a difference to the server is told, with and without changes, for as long as it is not mended', () => {
  for (const changes of [0, 2]) {
    const facts = { agreed: false, differs: true, changes };
    expect(stateWith(facts)).toEqual({ kind: 'busy', reason: 'differs', changes });
    expect(stateWith({ ...facts, connected: false })).toEqual({ kind: 'offline', changes });
  }
});

test('what is stuck is told to be, unless there is nothing to wait for, or no connection', () => {
  expect(stateWith({ stuck: true, changes: 2 })).toEqual({ kind: 'busy', reason: 'stuck', changes: 2 });
  expect(stateWith({ stuck: true, synced: false })).toEqual({ kind: 'busy', reason: 'stuck', changes: 0 });
  expect(stateWith({ stuck: true, changes: 2, connected: false })).toEqual({ kind: 'offline', changes: 2 });
  expect(stateWith({ stuck: true }).kind).toBe('saved');
});

test('what was saved when the connection was given up is saved, and nothing else is', () => {
  const rests = { rests: true, synced: false };
  expect(stateWith({ ...rests, savedAtMs: 5 })).toEqual({ kind: 'saved', atMs: 5 });
  expect(stateWith({ ...rests, changes: 1 })).toEqual({ kind: 'saving', changes: 1, sinceMs: 10 });
});

test('a document that the server fails to open is not called offline between two tries', () => {
  const facts = { turnedDown: true, connected: false, synced: false, changes: 2 };
  expect(stateWith(facts)).toEqual({ kind: 'busy', reason: 'cannot-open', changes: 2 });
});

test('an unsaved change is being saved, since it was made', () => {
  expect(stateWith({ changes: 2 })).toEqual({ kind: 'saving', changes: 2, sinceMs: 10 });
});

test('a document that is still being fetched counts as saving, even without a change', () => {
  expect(stateWith({ synced: false })).toEqual({ kind: 'saving', changes: 0, sinceMs: 10 });
});

test('offline without a connection, with and without changes', () => {
  expect(stateWith({ connected: false, synced: false })).toEqual({ kind: 'offline', changes: 0 });
  expect(stateWith({ connected: false, synced: false, changes: 3, busy: true })).toEqual({
    kind: 'offline',
    changes: 3,
  });
});

test('busy while the server asks to wait', () => {
  const busy = { kind: 'busy', reason: 'busy', changes: 3 };
  expect(stateWith({ busy: true, changes: 3 })).toEqual(busy);
  expect(stateWith({ busy: true, changes: 3, synced: false })).toEqual(busy);
});

test('a server that can save nothing is told of with and without changes, while the connection stands', () => {
  const trouble = 'disk-full';
  expect(stateWith({ trouble, changes: 3, busy: true })).toEqual({ kind: 'busy', reason: trouble, changes: 3 });
  expect(stateWith({ trouble, savedAtMs: 5 })).toEqual({ kind: 'busy', reason: trouble, changes: 0 });
  expect(stateWith({ trouble, connected: false }).kind).toBe('offline');
});

test('a document that may not be written is read-only, connected or not', () => {
  expect(stateWith({ readOnlyReason: 'no' })).toEqual({ kind: 'read-only', reason: 'no' });
  expect(stateWith({ readOnlyReason: 'no', connected: false })).toEqual({ kind: 'read-only', reason: 'no' });
});

test('S2: a refusal outlasts everything else', () => {
  const refusal = { code: 'too-large', reason: 'no', changes: 2 };
  for (const facts of [{}, { connected: false }, { readOnlyReason: 'x' }, { changes: 5 }, { busy: true, changes: 1 }]) {
    expect(stateWith({ ...facts, refusal })).toEqual({ kind: 'refused', ...refusal });
  }
});
