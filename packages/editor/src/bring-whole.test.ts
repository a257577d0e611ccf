import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { toggleQuote } from './commands.js';

const views: HeadlessView[] = [];
afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
});

function element(name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
}

/** Ann takes the quote from around "The lamp"; what Ben, who has not heard of it, does in the quote she hears of then. */
function quoteTakenAway() {
  const [annsDoc, bensDoc] = [new Y.Doc(), new Y.Doc()];
  const [annsRoot, bensRoot] = [annsDoc, bensDoc].map((doc) => doc.getXmlFragment(FRAGMENT_NAME)) as [
    Y.XmlFragment,
    Y.XmlFragment,
  ];
  bensRoot.insert(0, [element('blockquote', element('paragraph', new Y.XmlText('The lamp')))]);
  Y.applyUpdate(annsDoc, Y.encodeStateAsUpdate(bensDoc));
  const ann = new HeadlessView(annsDoc);
  views.push(ann);
  ann.select(3).run(toggleQuote);
  expect(annsRoot.toString()).toBe('<paragraph>The lamp</paragraph>');
  return {
    ann,
    annsRoot,
    quote: bensRoot.get(0) as Y.XmlElement,
    benDoes: (how: () => void): void => {
      const before = Y.encodeStateVector(bensDoc);
      bensDoc.transact(how);
      Y.applyUpdate(annsDoc, Y.encodeStateAsUpdate(bensDoc, before));
    },
    meet: (): void => {
      Y.applyUpdate(bensDoc, Y.encodeStateAsUpdate(annsDoc));
      Y.applyUpdate(annsDoc, Y.encodeStateAsUpdate(bensDoc));
      expect(bensRoot.toString()).toBe(annsRoot.toString());
    },
  };
}

test('what this schema does not know is brought along as it is', () => {
  const { ann, annsRoot, quote, benDoes, meet } = quoteTakenAway();
  const text = new Y.XmlText();
  benDoes(() => {
    const chart = element('chart', element('axis'), text);
    chart.setAttribute('axes', { x: [1, 2], y: null } as never);
    quote.insert(0, [element('callout', chart)]);
    text.applyDelta([{ insert: 'two ' }, { insert: 'bars', attributes: { glow: { by: 2 } } }]);
    text.insertEmbed(3, { video: 1 });
  });
  expect(annsRoot.toString()).toBe(
    '<paragraph>The lamp</paragraph>' +
      '<chart axes="[object Object]"><axis></axis>two[object Object] <glow by="2">bars</glow></chart>',
  );
  expect((annsRoot.get(1) as Y.XmlElement).getAttribute('axes')).toEqual({ x: [1, 2], y: null });
  expect(ann.text).toBe('doc(paragraph("The lamp"), unknown_block)');
  // What its author writes in it before hearing of that has no place any more, and is kept as text.
  benDoes(() => text.insert(0, 'all '));
  meet();
  expect(annsRoot.toString()).toContain('<paragraph>all </paragraph>');
});

test('so are pictures; and what stands in text is given some to stand in', () => {
  const { annsRoot, quote, benDoes, meet } = quoteTakenAway();
  benDoes(() => {
    const picture = element('figure', new Y.XmlText('In brass'));
    picture.setAttribute('src', '/lamp.png');
    quote.insert(1, [picture]);
    const inText = ['person_mention', 'gauge', 'hard_break'].map((name) => new Y.XmlElement(name));
    (quote.get(0) as Y.XmlElement).push(inText);
  });
  meet();
  expect(annsRoot.toArray().map(String).toSorted()).toEqual([
    '<figure src="/lamp.png">In brass</figure>',
    '<paragraph><gauge></gauge></paragraph>',
    '<paragraph><person_mention></person_mention></paragraph>',
    '<paragraph>The lamp</paragraph>',
  ]);
});

test('undo does not take it back, and who moved nothing brings nothing', () => {
  const { ann, annsRoot, quote, benDoes, meet } = quoteTakenAway();
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(annsRoot.doc!));
  views.push(new HeadlessView(other));
  benDoes(() => quote.insert(0, [element('chart')]));
  ann.undo();
  meet();
  expect(annsRoot.toString().match(/<chart>/g)).toHaveLength(1);
  Y.applyUpdate(other, Y.encodeStateAsUpdate(annsRoot.doc!));
  expect(other.getXmlFragment(FRAGMENT_NAME).toString()).toBe(annsRoot.toString());
  expect(Y.decodeStateVector(Y.encodeStateVector(other)).has(other.clientID)).toBe(false);
});
