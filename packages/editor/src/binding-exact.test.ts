// Two editors and a vandal on one document, in any order: whatever is done, each shows exactly what its Yjs document holds,
// and documents that have heard of everything are equal. And a change from elsewhere moves nothing that it did not touch.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { NodeSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { seedsAsked } from '../test/fuzz/seeds.js';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { readRoot } from './read-fragment.js';

let ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending) end();
  ending = [];
});

class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2654435761;
  }

  /** At least 0, less than `count`. */
  below(count: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 2246822519) + 3266489917) | 0;
    return ((this.#state ^ (this.#state >>> 13)) >>> 0) % count;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

const { nodes, marks } = schema;
const words = ['a', 'aa', 'oil', ' lamp', 'll'];
const paragraph = (text: string): Node => nodes.paragraph.create(null, text ? schema.text(text) : null);
const someMarks = [
  marks.strong.create(),
  marks.link.create({ href: '#a' }),
  marks.comment.create({ id: '1' }),
  marks.comment.create({ id: '2' }),
];

function blockBy(chance: Chance): Node {
  const text = chance.of(words);
  return chance.of([
    () => paragraph(text),
    () => paragraph(''),
    () => nodes.heading.create({ level: 1 + chance.below(6) }, schema.text(text)),
    () => nodes.code_block.create(null, schema.text(text)),
    () => nodes.horizontal_rule.create(),
    () => nodes.blockquote.create(null, [paragraph(text), paragraph('b')]),
    () => nodes.bullet_list.create(null, [nodes.list_item.create(null, paragraph(text))]),
    () => nodes.figure.create({ src: '/x' }, schema.text(text)),
  ])();
}

/** What a person may do in an editor; some of it does not apply everywhere. */
function editBy(chance: Chance, view: HeadlessView): void {
  const { doc, tr } = view.state;
  const at = chance.below(doc.content.size + 1);
  const to = Math.min(doc.content.size, at + chance.below(12));
  const $at = doc.resolve(at);
  const actions: (() => unknown)[] = [
    () => $at.parent.inlineContent && tr.insertText(chance.of(words), at),
    () => $at.parent.inlineContent && tr.insertText(chance.of(words), at),
    () => tr.delete(at, to),
    () => $at.parent.inlineContent && tr.split(at),
    () => tr.join(at),
    () => tr.addMark(at, to, chance.of(someMarks)),
    () => tr.removeMark(at, to, chance.of(someMarks)),
    () => $at.parent.type === nodes.paragraph && tr.insert(at, nodes.hard_break.create()),
    () => tr.insert($at.depth > 0 ? $at.after(1) : at, blockBy(chance)),
    () => tr.setBlockType(at, to, chance.of([nodes.paragraph, nodes.heading, nodes.code_block])),
    () => tr.replace(at, to, doc.slice(chance.below(at + 1), at)),
    () => {
      const range = $at.blockRange(doc.resolve(to));
      return range && tr.wrap(range, [{ type: nodes.blockquote }]);
    },
    () => {
      const range = $at.blockRange();
      return range && range.depth > 0 && tr.lift(range, range.depth - 1);
    },
    () => {
      const node = doc.nodeAt(at);
      return (
        node && NodeSelection.isSelectable(node) && tr.setSelection(NodeSelection.create(doc, at)).deleteSelection()
      );
    },
    () => view.undo(),
    () => view.redo(),
  ];
  try {
    chance.of(actions)();
    tr.doc.check();
  } catch {
    return;
  }
  if (tr.docChanged) view.dispatch(tr);
}

/** What clients do that are not ours: anything. */
function vandalise(chance: Chance, doc: Y.Doc): void {
  const elements: Y.XmlFragment[] = [doc.getXmlFragment(FRAGMENT_NAME)];
  const texts: Y.XmlText[] = [];
  for (const element of elements) {
    for (const child of element.toArray()) {
      if (child instanceof Y.XmlText) texts.push(child);
      else elements.push(child as Y.XmlElement);
    }
  }
  const target = chance.of(elements);
  const made = new Y.XmlElement(
    chance.of(['chart', 'paragraph', 'list_item', 'table_row', 'heading', 'hard_break', 'doc']),
  );
  const text = texts.length > 0 ? chance.of(texts) : null;
  doc.transact(() => {
    for (let count = 1 + chance.below(3); count > 0; count--) {
      chance.of([
        () => target.insert(chance.below(target.length + 1), [made.parent ? new Y.XmlElement('gauge') : made]),
        () => target.insert(chance.below(target.length + 1), [new Y.XmlText(chance.of(words))]),
        () => target.length > 0 && target.delete(chance.below(target.length), 1),
        () =>
          target instanceof Y.XmlElement &&
          target.setAttribute(chance.of(['level', 'glow']), chance.of(['two', 2, null]) as string),
        () => text?.insert(chance.below(text.length + 1), chance.of(words)),
        () =>
          text &&
          text.length > 1 &&
          text.format(0, 1 + chance.below(text.length), {
            [chance.of(['strong', 'glow', 'link', 'comment'])]: chance.of([{}, { href: 5 }, null]),
          }),
        () => text?.insertEmbed(chance.below(text.length + 1), { video: 1 }),
        () => text && text.length > 0 && text.delete(chance.below(text.length), 1),
      ])();
    }
  });
}

/** Of marks of one type that are on the same text, neither is the first. */
const inOneOrder = (doc: Node): unknown =>
  JSON.parse(JSON.stringify(doc), (key, value) =>
    key === 'marks' ? value.map((mark: unknown) => JSON.stringify(mark)).sort() : value,
  );

const shownBy = (doc: Y.Doc): Node => readRoot(doc.getXmlFragment(FRAGMENT_NAME)).node;

function run(seed: number): void {
  const chance = new Chance(seed);
  const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc(), { clientID: seed * 10 + clientID }));
  const views = docs.slice(0, 2).map((doc) => new HeadlessView(doc));
  ending.push(() => {
    for (const view of views) view.destroy();
  });
  const check = (): void => {
    for (const view of views) {
      view.state.doc.check();
      const held = shownBy(docs[views.indexOf(view)]!);
      if (!view.state.doc.eq(held)) expect(inOneOrder(view.state.doc)).toEqual(inOneOrder(held));
    }
  };
  const sync = (from: Y.Doc, to: Y.Doc): void =>
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'peer');
  for (let step = 0; step < 60; step++) {
    if (chance.below(12) === 0) vandalise(chance, docs[2]!);
    else editBy(chance, chance.of(views));
    if (chance.below(3) === 0) sync(chance.of(docs), chance.of(docs));
    check();
  }
  for (const from of [...docs, ...docs]) for (const to of docs) sync(from, to);
  check();
  for (const doc of docs)
    expect(doc.getXmlFragment(FRAGMENT_NAME).toString()).toBe(docs[0]!.getXmlFragment(FRAGMENT_NAME).toString());
}

test('each editor shows what its document holds, and all come to hold the same', () => {
  const { first, last } = seedsAsked(30);
  for (let seed = first; seed <= last; seed++) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`WEFT_SEED=${seed} shows it again.`, { cause: error });
    }
  }
});

/** An editor whose document changes from elsewhere, in one transaction. */
function changedBy(change: (root: Y.XmlFragment) => void, ...content: Node[]) {
  const source = new HeadlessView(new Y.Doc());
  source.dispatch(source.state.tr.replaceWith(0, source.state.doc.content.size, content));
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(sourceDoc(source)));
  const view = new HeadlessView(doc);
  ending.push(() => {
    source.destroy();
    view.destroy();
  });
  doc.transact(() => change(doc.getXmlFragment(FRAGMENT_NAME)), 'elsewhere');
  const ranges = view.applied.flatMap((tr) => tr.steps.map((step) => step.toJSON()));
  return { view, ranges: ranges.map(({ stepType, from, to, pos }) => [stepType, from ?? pos, to ?? pos]) };
}

const sourceDoc = (view: HeadlessView): Y.Doc => view.undoManager.doc;
const textOf = (root: Y.XmlFragment, block: number): Y.XmlText => (root.get(block) as Y.XmlElement).get(0) as Y.XmlText;

test('several far changes in one transaction are several steps', () => {
  const { view, ranges } = changedBy(
    (root) => {
      textOf(root, 0).insert(1, 'x');
      textOf(root, 0).delete(4, 1);
      root.insert(2, [new Y.XmlElement('horizontal_rule')]);
      textOf(root, 4).insert(0, 'y');
    },
    paragraph('first'),
    paragraph('second'),
    paragraph('third'),
    paragraph('fourth'),
  );
  expect(view.text).toBe(
    'doc(paragraph("fxirt"), paragraph("second"), horizontal_rule, paragraph("third"), paragraph("yfourth"))',
  );
  expect(ranges).toEqual([
    ['replace', 23, 23],
    ['replace', 15, 15],
    ['replace', 4, 5],
    ['replace', 2, 2],
  ]);
});

test('marks and attributes that change move nothing', () => {
  const { ranges } = changedBy(
    (root) => {
      textOf(root, 0).format(1, 2, { strong: {} });
      (root.get(1) as Y.XmlElement).setAttribute('align', 'center');
    },
    paragraph('first'),
    paragraph('second'),
  );
  expect(ranges).toEqual([
    ['attr', 7, 7],
    ['addMark', 2, 4],
  ]);
});

test('a split and a join elsewhere are the two tokens between the blocks, so that a caret stays with its word', () => {
  const split = changedBy((root) => {
    textOf(root, 0).delete(3, 3);
    const second = new Y.XmlElement('paragraph');
    second.insert(0, [new Y.XmlText('two')]);
    root.insert(1, [second]);
  }, paragraph('onetwo'));
  expect(split.ranges).toEqual([['replace', 4, 4]]);
  const join = changedBy(
    (root) => {
      textOf(root, 0).insert(3, 'two');
      root.delete(1, 1);
    },
    paragraph('one'),
    paragraph('two'),
  );
  expect(join.ranges).toEqual([['replace', 4, 6]]);
});

test('a block that is selected as a whole and deleted elsewhere leaves a caret', () => {
  const doc = new Y.Doc();
  const view = new HeadlessView(doc);
  ending.push(() => view.destroy());
  view.dispatch(view.state.tr.replaceWith(0, 2, [paragraph('one'), nodes.horizontal_rule.create(), paragraph('two')]));
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, 5)));
  doc.transact(() => doc.getXmlFragment(FRAGMENT_NAME).delete(1, 1), 'elsewhere');
  expect(view.text).toBe('doc(paragraph("one"), paragraph("two"))');
  expect(view.state.selection.empty).toBe(true);
});

test('marks somebody is about to write with stay chosen when others write', () => {
  const doc = new Y.Doc();
  const view = new HeadlessView(doc);
  ending.push(() => view.destroy());
  view.type('a');
  view.dispatch(view.state.tr.setStoredMarks([marks.strong.create()]));
  doc.transact(() => doc.getXmlFragment(FRAGMENT_NAME).push([new Y.XmlElement('paragraph')]), 'elsewhere');
  view.type('b');
  expect(view.text).toBe('doc(paragraph("a", strong("b")), paragraph)');
});
