import * as prng from 'lib0/prng';
import { splitBlock } from 'prosemirror-commands';
import type { DecorationSet } from 'prosemirror-view';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { caretsPlugin } from './carets.js';

let frames: (() => void)[] = [];
beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));
  vi.stubGlobal('cancelAnimationFrame', () => {});
});
afterEach(() => {
  for (const end of ending.splice(0)) end();
  vi.unstubAllGlobals();
});

const ending: (() => void)[] = [];
const nextFrame = () => {
  for (const callback of frames.splice(0)) callback();
};

function open() {
  const doc = new Y.Doc();
  const presence = new Awareness(doc);
  const view = new HeadlessView(doc, [caretsPlugin(presence)]);
  ending.push(() => {
    view.destroy();
    presence.destroy();
  });
  const place = (client: number, state: Record<string, unknown>) => {
    presence.states.set(client, state);
    presence.emit('change', [{ added: [], updated: [client], removed: [] }, 'test']);
    nextFrame();
  };
  const carets = () => {
    const plugin = view.state.plugins.at(-1)!;
    const decorations = plugin.props.decorations?.call(plugin, view.state) as DecorationSet;
    return decorations.find().map(({ from, to }) => [from, to]);
  };
  return { doc, presence, view, place, carets };
}

test('our place is published where the caret is, in the form of y-prosemirror, and taken back on leaving', () => {
  const { doc, presence, view } = open();
  view.focused = true;
  view.type('ab').select(2);
  const { anchor, head } = presence.getLocalState()!.cursor as { anchor: unknown; head: unknown };
  expect(anchor).toEqual(head);
  const position = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(head), doc);
  expect([position?.index, position?.type.toString()]).toEqual([1, 'ab']);
  view.focused = false;
  view.select(1);
  expect(presence.getLocalState()?.cursor).toBeNull();
});

test('somebody’s caret and selection are drawn, and pushed along by text before them', () => {
  const { presence, view, place, carets } = open();
  view.focused = true;
  view.type('hello').select(2, 5);
  const cursor = presence.getLocalState()!.cursor;
  place(7, { cursor, user: { name: 'Noor', color: '#d1495b' } });
  expect(carets()).toEqual([
    [2, 5],
    [5, 5],
  ]);
  view.select(1).type('xx');
  expect(carets()).toEqual([
    [4, 7],
    [7, 7],
  ]);
  presence.states.delete(7);
  presence.emit('change', [{ added: [], updated: [], removed: [7] }, 'test']);
  nextFrame();
  expect(carets()).toEqual([]);
});

test('a caret in a document that is still empty is drawn in its paragraph, not as a line of its own', () => {
  const { presence, view, place, carets } = open();
  view.focused = true;
  view.select(1);
  place(7, { cursor: presence.getLocalState()!.cursor, user: { name: 'Noor', color: '#d1495b' } });
  expect(carets()).toEqual([[1, 1]]);
});

test('S5: a caret on text that has not come yet stays where it was', () => {
  const { presence, view, place, carets } = open();
  view.focused = true;
  view.type('hello').select(3);
  place(7, { cursor: presence.getLocalState()!.cursor, user: { name: 'Noor', color: '#d1495b' } });
  const notYet = { type: null, tname: null, item: { client: 99, clock: 5 }, assoc: 0 };
  place(7, { cursor: { anchor: notYet, head: notYet }, user: { name: 'Noor', color: '#d1495b' } });
  expect(carets()).toEqual([[3, 3]]);
  view.select(1).type('x');
  expect(carets()).toEqual([[4, 4]]);
});

test('a place that is nonsense is not drawn and does no harm', () => {
  const { doc, view, place, carets } = open();
  view.type('hello');
  const id = { client: doc.clientID, clock: 0 };
  const nonsense: unknown[] = [
    7,
    'x',
    {},
    { anchor: 1, head: 2 },
    { anchor: {}, head: {} },
    { anchor: { tname: 'other' }, head: { tname: 'other' } },
    { anchor: { item: { client: 'x', clock: -1 } }, head: { item: {} } },
    { anchor: { type: id }, head: null },
  ];
  for (const cursor of nonsense) place(7, { cursor, user: 5 });
  expect(carets()).toEqual([]);
  expect([...doc.share.keys()]).toEqual(['prosemirror']);
});

test('carets that others’ changes push along stand where they would be looked up', () => {
  const { doc, presence, view, carets } = open();
  view.type('a first line');
  for (const line of ['another one', 'and the last']) view.run(splitBlock) && view.type(line);
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  const texts = (): Y.XmlText[] =>
    other
      .getXmlFragment('prosemirror')
      .toArray()
      .flatMap((block) => (block as Y.XmlElement).toArray() as Y.XmlText[]);
  const random = prng.create(7);
  for (let round = 0; round < 300; round++) {
    const text = prng.oneOf(random, texts());
    const at = prng.uint32(random, 0, text.length);
    const client = prng.uint32(random, 1, 4);
    const sent = Y.encodeStateVector(other);
    if (prng.bool(random)) text.insert(at, prng.word(random, 1, 3));
    else text.delete(at, Math.min(text.length - at, prng.uint32(random, 1, 3)));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, sent));
    if (prng.bool(random)) {
      const place = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, Math.min(at, text.length)));
      presence.states.set(client, { cursor: { anchor: place, head: place } });
      presence.emit('change', [{ added: [], updated: [client], removed: [] }, 'test']);
      nextFrame();
    }
    const anew = new HeadlessView(doc, [caretsPlugin(presence)]);
    nextFrame();
    const plugin = anew.state.plugins.at(-1)!;
    const lookedUp = plugin.props.decorations?.call(plugin, anew.state) as DecorationSet;
    const places = (all: number[][]): number[] => all.map(([from]) => from!).toSorted((a, b) => a - b);
    expect(places(carets()), `round ${round}`).toEqual(places(lookedUp.find().map(({ from, to }) => [from, to])));
    anew.destroy();
  }
});
