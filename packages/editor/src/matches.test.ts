import { fromMarkdown } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { indexFrom, Matches } from './matches.js';

const textAt = (doc: Node, wanted: string, isCaseKept = false): string[] =>
  new Matches(wanted, isCaseKept).in(doc).map(({ from, to }) => `${from} ${doc.textBetween(from, to)}`);

test('text is found wherever marks begin and end, in every kind of block, in order and without overlaps', () => {
  const { doc } = fromMarkdown(
    '# Oil\n\nThe **oi**l\n\n- oil, OIL\n\n| oil | b |\n|---|---|\n| c | d |\n\n```\noiloil\n```',
  );
  const found = textAt(doc, 'oil');
  expect(found.map((each) => each.split(' ')[1])).toEqual(['Oil', 'oil', 'oil', 'OIL', 'oil', 'oil', 'oil']);
  expect(textAt(doc, 'oil', true)).toHaveLength(5);
  expect(textAt(fromMarkdown('aaaa').doc, 'aa')).toEqual(['1 aa', '3 aa']);
});

test('positions are those of the letters behind a mention, a line break and letters of two units', () => {
  const { doc } = fromMarkdown('😀 [Ann](weft:person/u-1)\\\nhere İ and there');
  expect(textAt(doc, 'here').map((each) => each.split(' ')[1])).toEqual(['here', 'here']);
  expect(textAt(doc, '😀')).toEqual(['1 😀']);
});

test('what is looked for is taken literally; nothing is found for nothing', () => {
  const { doc } = fromMarkdown('a.c abc (x) \\[y\\] $5 a/b');
  expect(textAt(doc, 'a.c')).toEqual(['1 a.c']);
  for (const literal of ['(x)', '[y]', '$5', 'a/b']) expect(textAt(doc, literal)).toHaveLength(1);
  expect(textAt(doc, '')).toEqual([]);
});

test('what is no letter is not found by the sign that stands for it here', () => {
  const { doc } = fromMarkdown('a [Ann](weft:person/u-1) b\\\nc');
  expect(doc.firstChild!.childCount).toBeGreaterThan(3);
  for (const wanted of ['\ufffc', ' \ufffc ', 'b\ufffcc']) expect(textAt(doc, wanted)).toEqual([]);
});

test('a block that stays is not read again, and what is changed is', () => {
  const first = fromMarkdown('one\n\ntwo').doc;
  const matches = new Matches('o', false);
  expect(matches.in(first)).toHaveLength(2);
  const second = first.copy(first.content.addToEnd(fromMarkdown('oo').doc.firstChild!));
  expect(matches.in(second).map(({ from }) => from)).toEqual([1, 8, 11, 12]);
  expect(matches.in(second)).toBe(matches.in(second));
});

test('the first at a place or after it', () => {
  const matches = [2, 5, 9].map((from) => ({ from, to: from + 1 }));
  expect([0, 2, 3, 9, 10].map((position) => indexFrom(matches, position))).toEqual([0, 0, 1, 2, 3]);
  expect(indexFrom([], 3)).toBe(0);
});
