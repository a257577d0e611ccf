import type { ComparedBlock } from '@weft/editor/changes';
import { expect, test } from 'vitest';
import { partsIn } from './past-parts.js';

let made = 0;
const block = (type: string, text: string, more: Partial<ComparedBlock> = {}): ComparedBlock => {
  const change = more.change ?? 'same';
  made += 1;
  return {
    type,
    depth: 0,
    change,
    ...(change !== 'inserted' && { id: `7-${made}` }),
    runs: [{ text, change }],
    ...more,
  };
};
const heading = (level: number, text: string, more: Partial<ComparedBlock> = {}) =>
  block('heading', text, { attributes: { level }, ...more });
const gone = { change: 'deleted' } as const;

test('what is not what it was is offered, with how it began', () => {
  const changed = block('paragraph', '', {
    runs: [
      { text: 'It was ', change: 'same' },
      { text: 'so', change: 'deleted' },
      { text: 'not so', change: 'inserted' },
    ],
  });
  const blocks = [block('paragraph', 'Same'), changed, block('paragraph', 'New', { change: 'inserted' })];
  expect([...partsIn(blocks)]).toEqual([[1, { blocks: [changed.id], isSection: false, words: 'It was so' }]]);
});

test('what was moved is not offered: it is somewhere else', () => {
  const blocks = [
    block('paragraph', 'A', { ...gone, movedTo: 1 }),
    block('paragraph', 'A', { change: 'inserted', movedFrom: 0 }),
  ];
  expect(partsIn(blocks).size).toBe(0);
});

test('of a list that stays its items are offered, and of a table all of it', () => {
  const list = block('bullet_list', '', { runs: [] });
  const kept = block('list_item', '', { depth: 1, runs: [] });
  const item = block('list_item', '', { depth: 1, runs: [], ...gone });
  const within = (text: string, depth: number, more = {}) => block('paragraph', text, { depth, ...more });
  const table = block('table', '', { runs: [] });
  const row = block('table_row', '', { depth: 1, runs: [], ...gone });
  const blocks = [list, kept, within('Stays', 2), item, within('Went', 2, gone), table, row, within('Cell', 2, gone)];
  expect([...partsIn(blocks)]).toEqual([
    [3, { blocks: [item.id], isSection: false, words: 'Went' }],
    [5, { blocks: [table.id], isSection: false, words: 'Cell' }],
  ]);
});

test('a heading offers its section as it was, up to the next of its level', () => {
  const [one, p, two, q, next] = [
    heading(2, 'One'),
    block('paragraph', 'P'),
    heading(3, 'Two', gone),
    block('paragraph', 'Q', gone),
    heading(1, 'Next', { attributes: { level: 4 }, changed: [{ name: 'level', before: 2, after: 4 }] }),
  ];
  const blocks = [one, block('paragraph', 'New', { change: 'inserted' }), p, two, q, next, block('paragraph', 'R')];
  const parts = partsIn(blocks);
  expect([...parts.keys()]).toEqual([0, 3, 4, 5]);
  expect(parts.get(0)).toEqual({ blocks: [one.id, p.id, two.id, q.id], isSection: true, words: 'One' });
  expect(parts.get(3)).toEqual({ blocks: [two.id, q.id], isSection: true, words: 'Two' });
});

test('long words are cut between characters', () => {
  const [part] = partsIn([block('paragraph', '🙂'.repeat(80), gone)]).values();
  expect(part!.words).toBe(`${'🙂'.repeat(60)}…`);
});
