import { expect, test } from 'vitest';
import { applyUpdate, Doc } from 'yjs';
import { makePaper, paperOf } from './paper.js';

test('a paper is the same every time, and its updates make its text', () => {
  const paper = makePaper(20_000);
  expect(makePaper(20_000)).toEqual(paper);
  const doc = new Doc();
  for (const update of paper.updates) applyUpdate(doc, update);
  expect(doc.getText('text').toString()).toBe(paper.text);
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.store.clients.size).toBeGreaterThan(1);
});

test('a recording becomes a paper, some seconds of typing to an update', () => {
  const transactions = Array.from({ length: 120 }, (_, index) => ({
    patches: [[index, 0, 'a']] as const,
    agent: 0,
    builtOn: null,
    parents: [],
  }));
  const paper = paperOf({ startContent: '', endContent: 'a'.repeat(120), agents: 1, transactions });
  expect(paper.text).toBe('a'.repeat(120));
  expect(paper.updates).toHaveLength(3);
});
