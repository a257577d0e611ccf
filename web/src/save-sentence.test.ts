import type { SaveState } from '@weft/provider';
import { expect, test } from 'vitest';
import { hasUnsaved, saveSentence } from './save-sentence.js';

const nowMs = new Date(2026, 10, 21, 14, 2).getTime();
const said = (state: SaveState) => saveSentence(state, nowMs);

test('saved says when, once there is a when', () => {
  expect(said({ kind: 'saved', atMs: nowMs })?.text).toBe('Saved · 14:02');
  expect(said({ kind: 'saved', atMs: null })?.text).toBe('Saved');
});

test('saving is not worth a word before 400 ms', () => {
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 399 })).toBeNull();
  expect(said({ kind: 'saving', changes: 1, sinceMs: nowMs - 400 })?.text).toBe('Saving…');
});

test('offline says how much is kept, and where', () => {
  expect(said({ kind: 'offline', changes: 12 })?.text).toBe('Offline · 12 changes kept in this tab');
  expect(said({ kind: 'offline', changes: 1 })?.text).toBe('Offline · 1 change kept in this tab');
  expect(said({ kind: 'offline', changes: 0 })?.text).toBe('Offline · what you write is kept in this tab');
});

test('what is wrong is told apart from what is merely slow', () => {
  expect(said({ kind: 'busy', changes: 1 })?.tone).toBe('warn');
  expect(said({ kind: 'refused', code: 'malformed', reason: 'x', changes: 1 })?.tone).toBe('bad');
  expect(said({ kind: 'read-only', reason: 'x' })?.tone).toBe('quiet');
});

test('only changes that are nowhere else are worth asking before leaving', () => {
  const unsaved: SaveState[] = [
    { kind: 'saving', changes: 1, sinceMs: 0 },
    { kind: 'offline', changes: 1 },
    { kind: 'busy', changes: 1 },
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
