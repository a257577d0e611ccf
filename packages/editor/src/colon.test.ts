import { schema } from '@weft/model';
import { EditorState, TextSelection } from 'prosemirror-state';
import { expect, test } from 'vitest';
import { takeColon } from './colon.js';

const { nodes, marks } = schema;

/** What a text is once the emoji was taken at its end; null where no colon asks for one. */
function taken(text: string, block = nodes.paragraph, mark = marks.strong): string | null {
  const doc = nodes.doc.create(
    null,
    block.create(null, text === '' ? [] : schema.text(text, block === nodes.code_block ? [] : [mark.create()])),
  );
  let state = EditorState.create({ doc, selection: TextSelection.atEnd(doc) });
  const isTaken = takeColon('🐳')(state, (tr) => {
    state = state.apply(tr);
  });
  return isTaken ? state.doc.textContent : null;
}

test('a colon and a name ask for an emoji, at the start and behind what is no word', () => {
  expect(taken(':whale')).toBe('🐳');
  expect(taken('A :whale')).toBe('A 🐳');
  expect(taken('(:+1')).toBe('(🐳');
  expect(taken('灯 :笑')).toBe('灯 🐳');
  expect(taken(':')).toBe('🐳');
});

test('times, addresses and sentences with a colon do not', () => {
  for (const text of [
    '10:30',
    'at 10:pm',
    'https:whale',
    'http://whale',
    'Note:whale',
    'Note: whale',
    'a::whale',
    ':)',
    ':8',
    ': whale',
    '',
  ]) {
    expect(taken(text), text).toBeNull();
  }
});

test('code has colons of its own', () => {
  expect(taken(':whale', nodes.code_block)).toBeNull();
  expect(taken(' :whale', nodes.paragraph, marks.code)).toBeNull();
});
