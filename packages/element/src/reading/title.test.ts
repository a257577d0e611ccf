import type { SharedDocument } from '@weft/provider';
import { expect, test } from 'vitest';
import { setTitle, titleOf } from './title.js';

test('a title is what everybody gets it as: without halves of characters', () => {
  const meta = new Map<string, unknown>();
  const doc = { getMap: () => meta } as unknown as SharedDocument['doc'];
  setTitle(doc, 'Tea \ud83d😀');
  expect(titleOf(doc)).toBe('Tea \ufffd😀');
});
