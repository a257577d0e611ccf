import type { LocalState, SaveState } from '@weft/provider';
import { expect, test } from 'vitest';
import { hasUnsaved, saveSentence, spokenTrouble } from './save-sentence.js';

const nowMs = new Date(2026, 10, 21, 14, 2).getTime();
const said = (state: SaveState, isBlank = false) => saveSentence(state, nowMs, isBlank);

test('saved says when, once there is a when', () => {
  expect(said({ kind: 'saved', atMs: nowMs })?.text).toBe('Saved · 14:02');
  expect(said({ kind: 'saved', atMs: null })?.text).toBe('Saved');
});

test('saving is not worth a word before 400 ms', () => {
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 399 })).toBeNull();
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 400 })?.text).toBe('Saving…');
});

test('of a document with nothing in it nobody says that it is saved, unless somebody just emptied it', () => {
  expect(said({ kind: 'saved', atMs: null }, true)?.text).toBe('Nothing written yet');
  expect(said({ kind: 'saved', atMs: nowMs }, true)?.text).toBe('Saved · 14:02');
});

test('saving that takes more than 2 s is called not saved, and says where the changes are', () => {
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 2_000 })?.text).toBe('Saving…');
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 2_001 })).toEqual({
    text: 'Not saved yet · the server is not answering. Your changes are kept here: leave this tab open.',
    tone: 'warn',
    icon: 'warning',
  });
  expect(said({ kind: 'saving', changes: 0, sinceMs: nowMs - 2_001 })?.text).not.toContain('Your changes');
});

test('a server that can save nothing says why, also to those who have written nothing', () => {
  expect(said({ kind: 'busy', reason: 'disk-full', changes: 3 })?.text).toBe(
    'Not saved yet · the server’s disk is full. Your changes are kept here: leave this tab open.',
  );
  expect(said({ kind: 'busy', reason: 'cannot-open', changes: 0 })?.text).toBe(
    'The server cannot open this document. Whoever runs it was told; it is tried again.',
  );
  expect(said({ kind: 'busy', reason: 'disk-failing', changes: 0 })?.text).toBe(
    'Nothing can be saved now · the server cannot write to its disk. What you write is kept here: leave this tab open.',
  );
  const full: SaveState = { kind: 'busy', reason: 'disk-full', changes: 1 };
  expect(spokenTrouble(full, said(full)!)).toBe(said(full)!.text);
});

test('what is read aloud about being offline has no number in it', () => {
  const offline: SaveState = { kind: 'offline', changes: 12 };
  expect(spokenTrouble(offline, said(offline)!)).toBe('Offline. Your changes are kept in this tab.');
  const refused: SaveState = { kind: 'refused', code: 'x', reason: 'x', changes: 1 };
  expect(spokenTrouble(refused, said(refused)!)).toBeNull();
});

test('who may write by their role is told why they cannot now; who may only read, what they may', () => {
  const ended: SaveState = { kind: 'read-only', reason: 'Your sign-in has ended.' };
  expect(saveSentence(ended, nowMs, false, 'editor')).toEqual({
    text: 'Your sign-in has ended.',
    tone: 'warn',
    icon: null,
  });
  expect(saveSentence(ended, nowMs, false, 'reader')?.text).toBe('You can read');
  expect(saveSentence(ended, nowMs, false)?.text).toBe('You can read, but not write here');
});

test('saving that does not go well is read aloud, too', () => {
  const slow: SaveState = { kind: 'saving', changes: 1, sinceMs: nowMs - 3_000 };
  expect(spokenTrouble(slow, said(slow)!)).toContain('the server is not answering');
});

test('offline says how much is kept, and where', () => {
  expect(said({ kind: 'offline', changes: 12 })?.text).toBe('Offline · 12 changes kept in this tab');
  expect(said({ kind: 'offline', changes: 1 })?.text).toBe('Offline · 1 change kept in this tab');
  expect(said({ kind: 'offline', changes: 0 })?.text).toBe('Offline · what you write is kept in this tab');
});

test('what is wrong is told apart from what is merely slow', () => {
  expect(said({ kind: 'busy', reason: 'busy', changes: 1 })?.tone).toBe('warn');
  expect(said({ kind: 'refused', code: 'malformed', reason: 'x', changes: 1 })?.tone).toBe('bad');
  expect(said({ kind: 'read-only', reason: 'x' })?.tone).toBe('quiet');
});

test('only changes that are nowhere else are worth asking before leaving', () => {
  const unsaved: SaveState[] = [
    { kind: 'saving', changes: 1, sinceMs: 0 },
    { kind: 'offline', changes: 1 },
    { kind: 'busy', reason: 'busy', changes: 1 },
    { kind: 'refused', code: 'x', reason: 'x', changes: 1 },
  ];
  const safe: SaveState[] = [
    { kind: 'saved', atMs: 1 },
    { kind: 'offline', changes: 0 },
    { kind: 'saving', changes: 0, sinceMs: 0 },
    { kind: 'read-only', reason: 'x' },
  ];
  expect(unsaved.map(hasUnsaved)).toEqual([true, true, true, true]);
  expect(safe.map(hasUnsaved)).toEqual([false, false, false, false]);
});

test('where unsaved text is kept is said as it is', () => {
  const sentence = (state: SaveState, local: LocalState) => saveSentence(state, 10_000, false, null, local)!.text;
  const waiting: SaveState = { kind: 'offline', changes: 2 };
  expect(sentence(waiting, 'kept')).toBe('Offline · 2 changes kept on this device');
  expect(sentence(waiting, 'unavailable')).toBe('Offline · 2 changes kept in this tab');
  expect(sentence(waiting, 'full')).toBe('Offline · 2 changes kept in this tab only: this browser has no room left');
  expect(spokenTrouble(waiting, saveSentence(waiting, 0, false)!, 'kept')).toBe(
    'Offline. Your changes are kept on this device.',
  );
  expect(sentence({ kind: 'busy', reason: 'disk-full', changes: 1 }, 'kept')).toBe(
    'Not saved yet · the server’s disk is full. Your changes are kept on this device.',
  );
  expect(sentence({ kind: 'saving', changes: 1, sinceMs: 0 }, 'kept')).toBe(
    'Not saved yet · the server is not answering. Your changes are kept on this device.',
  );
});
