import { schema } from '@weft/model';
import fc from 'fast-check';
import type { Node } from 'prosemirror-model';
import { EditorState, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { expect, test } from 'vitest';
import { p } from '../test/headless-view.js';
import { entryOfBlock, goToEntry, outlineOf } from './outline.js';
import { readDocument } from './reading.js';
import { countWords } from './words.js';

const heading = (text: string, level = 2): Node => schema.node('heading', { level }, text ? [schema.text(text)] : []);
const docOf = (blocks: readonly Node[]): Node => schema.node('doc', null, blocks);

test('reading again after any change says what reading anew says', () => {
  const block = fc.constantFrom(
    p('one two'),
    p(),
    p('three'),
    heading('A'),
    heading('A', 3),
    heading('B c'),
    heading(' '),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(block, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 }),
      (states) => {
        let reading = readDocument(docOf(states[0]!));
        for (const blocks of states.slice(1)) {
          const doc = docOf(blocks);
          reading = readDocument(doc, reading);
          expect(reading).toEqual({
            doc,
            words: countWords(docOf(blocks)),
            outline: outlineOf(doc),
            title: readDocument(doc).title,
          });
        }
      },
    ),
  );
});

test('an outline that says the same is the same', () => {
  const before = readDocument(docOf([heading('A'), p('one'), heading('B')]));
  const written = docOf([before.doc.child(0), p('one two'), before.doc.child(2)]);
  expect(readDocument(written, before).outline).toBe(before.outline);
  expect(readDocument(docOf([heading('A'), p('one'), heading('B')]), before).outline).toBe(before.outline);
  expect(readDocument(docOf([heading('A'), p('one'), heading('C')]), before).outline).toEqual([
    { level: 2, text: 'A' },
    { level: 2, text: 'C' },
  ]);
});

test('a text is called by its first line, whatever that is, cut between words', () => {
  const titleOf = (...blocks: Node[]): string => readDocument(docOf(blocks)).title;
  const before = readDocument(docOf([p('My titl'), heading('A')]));
  expect(readDocument(docOf([p('My title'), heading('A')]), before).title).toBe('My title');
  expect(titleOf(p(), p('  '), heading('A'), p('one'))).toBe('A');
  const ann = schema.node('person_mention', { id: 'u-ann', label: 'Ann' });
  const broken = schema.node('paragraph', null, [
    schema.text('To'),
    schema.node('hard_break'),
    ann,
    schema.text('  soon'),
  ]);
  expect(titleOf(schema.node('bullet_list', null, [schema.node('list_item', null, [broken])]), p('one'))).toBe(
    'To Ann soon',
  );
  expect(titleOf(p('word '.repeat(40)))).toBe('word '.repeat(16).trim());
  expect(titleOf(p())).toBe('');
});

test('an entry of the outline leads to its heading, and every block after that is in its section', () => {
  const doc = docOf([p('one'), heading(''), heading('A'), p('two'), heading('B')]);
  expect(doc.children.map((_block, index) => entryOfBlock(doc, index))).toEqual([-1, -1, 0, 0, 1]);
  const view = {
    state: EditorState.create({ doc }),
    dispatch: (tr: Transaction) => Object.assign(view, { state: view.state.apply(tr) }),
    nodeDOM: (position: number) => doc.nodeAt(position),
  };
  const went = [0, 1, 2].map((index) => goToEntry(view as unknown as EditorView, index)?.textContent ?? null);
  expect(went).toEqual(['A', 'B', null]);
  expect(view.state.selection.$head.parent.textContent).toBe('B');
});
