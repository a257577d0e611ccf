import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from './check-update.js';
import { KnownState } from './known-state.js';

test('a typing update is new, then known', () => {
  const doc = new Y.Doc();
  const known = new KnownState();
  doc.on('update', (update: Uint8Array) => {
    const verdict = checkUpdate(update, known);
    expect(verdict.kind).toBe('new');
    if (verdict.kind !== 'new') return;
    expect(verdict.update).toBe(update);
    known.add(verdict.change);
    expect(checkUpdate(update, known)).toEqual({ kind: 'known' });
  });
  const text = doc.getText('t');
  text.insert(0, 'hello 🙂 ä');
  text.insert(3, 'x');
  text.delete(1, 4);
  expect(known.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
  expect(checkUpdate(Y.encodeStateAsUpdate(doc), known)).toEqual({ kind: 'known' });
});
