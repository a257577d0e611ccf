import { schema } from '@weft/model';
import { Fragment, Slice } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { AttrStep, ReplaceStep, type Step } from 'prosemirror-transform';
import { expect, test } from 'vitest';
import { p } from '../test/headless-view.js';
import { Matches } from './matches.js';
import { asFewSteps, ReplaceManyStep } from './replace-many.js';

const bold = [schema.marks.strong.create()];
const doc = schema.node('doc', null, [
  p('oil and oil'),
  schema.node('blockquote', null, [p('no light'), p('more oil')]),
  schema.node('paragraph', null, [
    schema.text('o', bold),
    schema.text('il, '),
    schema.node('hard_break'),
    schema.text('oil'),
  ]),
]);
const places = (text: string) =>
  new Matches('oil', true)
    .in(doc)
    .map((match) => ({ ...match, content: text === '' ? Fragment.empty : Fragment.from(schema.text(text)) }));

test.each(['wax', '', 'tallow'])(
  'each place gets “%s”, what is elsewhere is the very same, and inverted it is as before',
  (text) => {
    const step = new ReplaceManyStep(places(text));
    const result = step.apply(doc).doc!;
    result.check();
    const tr = EditorState.create({ doc }).tr;
    for (const { from, to } of places(text).reverse()) tr.insertText(text, from, to);
    expect(result.textContent).toBe(tr.doc.textContent);
    expect(result.child(1).child(0)).toBe(doc.child(1).child(0));
    expect(step.invert(doc).apply(result).doc!.eq(doc)).toBe(true);
  },
);

test('positions between the places go along', () => {
  const map = new ReplaceManyStep(places('tallow')).getMap();
  const tr = EditorState.create({ doc }).tr;
  for (const { from, to } of places('tallow').reverse()) tr.insertText('tallow', from, to);
  const inside = (position: number) => places('').some(({ from, to }) => position > from && position < to);
  for (let position = 0; position <= doc.content.size; position++) {
    if (!inside(position)) expect([position, map.map(position)]).toEqual([position, tr.mapping.map(position)]);
  }
});

test('a place that another step took away is left out', () => {
  const cut = EditorState.create({ doc }).tr.delete(0, doc.child(0).nodeSize);
  const step = new ReplaceManyStep(places('wax')).map(cut.mapping)!;
  expect(step.replacements).toHaveLength(places('wax').length - 2);
  expect(step.apply(cut.doc).doc!.textContent).toBe('no lightmore waxwax, wax');
});

test('many changes of text come as one step, any others as they are', () => {
  const lines = Array.from({ length: 60 }, (_, index) => p(`line ${index}`));
  const long = schema.node('doc', null, lines);
  const steps: Step[] = [];
  long.forEach((_node, position) => {
    steps.unshift(new ReplaceStep(position + 1, position + 5, new Slice(Fragment.from(schema.text('row')), 0, 0)));
  });
  const [one, ...others] = asFewSteps(steps, long);
  expect(others).toEqual([]);
  expect(one!.apply(long).doc!.child(59).textContent).toBe('row 59');
  const goes = new ReplaceStep(0, long.child(0).nodeSize, Slice.empty);
  for (const other of [
    [...steps.slice(0, -1), goes],
    [...steps, new AttrStep(0, 'align', 'right')],
  ]) {
    expect(asFewSteps(other, long)).toBe(other);
  }
});

test('a place in no block of text is refused', () => {
  const content = Fragment.from(schema.text('x'));
  expect(new ReplaceManyStep([{ from: doc.content.size, to: doc.content.size, content }]).apply(doc).doc).toBeNull();
});
