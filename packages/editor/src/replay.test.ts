import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { portionsOf, seedsAsked } from '../test/fuzz/seeds.js';
import { pageOf, Recorder, type TestEntry } from '../test/packed-entries.js';
import type { PlayedBlock, PlayedFrame, PlayedRun, WantedFrame } from './played.js';
import { Replay, type ReplayOptions, TrimmedMeanwhile } from './replay.js';

const isInline = (name: string): boolean => name === 'hard_break';

interface Player {
  readonly replay: Replay;
  /** All of the text, from what frames have told so far. */
  show(wanted: WantedFrame): Promise<{ readonly frame: PlayedFrame; readonly blocks: readonly PlayedBlock[] }>;
  readonly fetched: number[];
}

async function playerOf(
  entries: readonly TestEntry[],
  { pageSize = 1000, ...options }: Partial<ReplayOptions> & { readonly pageSize?: number } = {},
): Promise<Player> {
  const fetched: number[] = [];
  const fetchPage = async (after: number): Promise<Uint8Array> => {
    fetched.push(after);
    return pageOf(entries, after, pageSize);
  };
  const replay = new Replay({ fetchPage, isInline, ...options });
  for (let after = 0; after < entries.length; ) {
    after = replay.add(pageOf(entries, after, pageSize)).last;
    for await (const _ of replay.keepStates());
  }
  replay.endOfLog();
  const pieces = new Map<string, readonly PlayedBlock[]>();
  let order: readonly string[] = [];
  return {
    replay,
    fetched,
    show: async (wanted) => {
      const frame = await replay.frame(wanted);
      for (const { id, blocks } of frame.changed) pieces.set(id, blocks);
      order = frame.order ?? order;
      return { frame, blocks: order.flatMap((id) => pieces.get(id)!) };
    },
  };
}

const at = (seq: number, freshAfter = seq, lateAfter = freshAfter): WantedFrame => ({ seq, freshAfter, lateAfter });
const textOf = ({ runs = [] }: PlayedBlock): string => runs.map(({ text = '' }) => text).join('');
const looksOf = ({ runs = [] }: PlayedBlock): PlayedRun[] => runs.map(({ change: _, ...run }) => run as PlayedRun);

function paragraph(text: string): Y.XmlElement<{ level?: string }> {
  const element = new Y.XmlElement<{ level?: string }>('paragraph');
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}

/** Ann writes, Ben adds to it, Ann deletes. */
function twoPeople() {
  const recorder = new Recorder();
  const [ann, ben] = [new Y.Doc(), new Y.Doc()];
  ann.clientID = 1;
  ben.clientID = 2;
  recorder.record(ann);
  const root = ann.getXmlFragment('prosemirror');
  root.insert(0, [paragraph('One')]);
  const text = (root.get(0) as Y.XmlElement).get(0) as Y.XmlText;
  text.insert(3, ' two');
  Y.applyUpdate(ben, Y.encodeStateAsUpdate(ann));
  const written: Uint8Array[] = [];
  ben.on('update', (update: Uint8Array) => written.push(update));
  (ben.getXmlFragment('prosemirror').get(0) as Y.XmlElement<never>).get(0);
  ((ben.getXmlFragment('prosemirror').get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(7, ' three');
  recorder.author = 'u-ben';
  for (const update of written) Y.applyUpdate(ann, update);
  recorder.author = 'u-ann';
  text.delete(0, 4);
  ann.getMap('meta').set('title', 'Numbers');
  return recorder.entries;
}

describe('a document is played', () => {
  test('entry by entry, with who writes, what is fresh, and where they stand', async () => {
    const { show } = await playerOf(twoPeople());
    expect((await show(at(0))).frame).toMatchObject({ seq: 0, order: [], changed: [], title: '' });
    const first = await show(at(1, 0, 0));
    expect(first.blocks.map(looksOf)).toEqual([[{ text: 'One', by: 'u-ann', isFresh: true, caretOf: 'u-ann' }]]);
    expect(first.frame.touched).toBe(first.frame.order![0]);
    const second = await show(at(2, 1, 0));
    expect(second.frame.order).toBe(null);
    expect(second.blocks.map(looksOf)).toEqual([
      [
        { text: 'One', by: 'u-ann' },
        { text: ' two', by: 'u-ann', isFresh: true, caretOf: 'u-ann' },
      ],
    ]);
    const third = await show(at(3, 2, 1));
    expect(third.blocks.map(looksOf)).toEqual([
      [
        { text: 'One' },
        { text: ' two', by: 'u-ann' },
        { text: ' three', by: 'u-ben', isFresh: true, caretOf: 'u-ben' },
      ],
    ]);
    const later = await show(at(3, 3, 3));
    expect(later.blocks.map(looksOf)).toEqual([[{ text: 'One two three' }]]);
  });

  test('where something was deleted stands who did it', async () => {
    const { show } = await playerOf(twoPeople());
    const { blocks, frame } = await show(at(4, 3, 3));
    expect(blocks.map(textOf)).toEqual(['two three']);
    expect(frame.touched).toBe(frame.order![0]);
    const recorder = new Recorder();
    const doc = new Y.Doc();
    recorder.record(doc);
    doc.getXmlFragment('prosemirror').insert(0, [paragraph('One two three')]);
    recorder.author = 'u-ben';
    ((doc.getXmlFragment('prosemirror').get(0) as Y.XmlElement).get(0) as Y.XmlText).delete(3, 4);
    const deleted = await (await playerOf(recorder.entries)).show(at(2, 1, 1));
    expect(deleted.blocks.map(looksOf)).toEqual([[{ text: 'One', caretOf: 'u-ben' }, { text: ' three' }]]);
  });

  test('with its title, marks, attributes, what stands in the text, and blocks in each other', async () => {
    const recorder = new Recorder();
    const doc = new Y.Doc();
    recorder.record(doc);
    const root = doc.getXmlFragment('prosemirror');
    doc.transact(() => {
      const heading = new Y.XmlElement('heading');
      heading.setAttribute('level', 2 as never);
      const text = new Y.XmlText();
      heading.insert(0, [text, new Y.XmlElement('hard_break')]);
      const list = new Y.XmlElement('bullet_list');
      const item = new Y.XmlElement('list_item');
      item.insert(0, [paragraph('inside')]);
      list.insert(0, [item]);
      root.insert(0, [heading, list, new Y.XmlElement('horizontal_rule')]);
      text.insert(0, 'plain');
      text.insert(5, 'bold', { strong: {} });
      doc.getMap('meta').set('title', 'Named');
    });
    const { frame, blocks } = await (await playerOf(recorder.entries)).show(at(1, 0, 0));
    expect(frame.title).toBe('Named');
    const fresh = { by: 'u-ann', isFresh: true };
    expect(blocks).toEqual([
      {
        type: 'heading',
        depth: 0,
        change: 'same',
        attributes: { level: 2 },
        runs: [
          { text: 'plain', change: 'same', ...fresh },
          { text: 'bold', change: 'same', marks: { strong: {} }, ...fresh },
          { node: 'hard_break', change: 'same', ...fresh },
        ],
      },
      { type: 'bullet_list', depth: 0, change: 'same' },
      { type: 'list_item', depth: 1, change: 'same' },
      { type: 'paragraph', depth: 2, change: 'same', runs: [{ text: 'inside', change: 'same', ...fresh }] },
      { type: 'horizontal_rule', depth: 0, change: 'same', by: 'u-ann' },
    ]);
  });

  test('characters are whole, whoever begins in the middle of one', async () => {
    const recorder = new Recorder();
    const doc = new Y.Doc();
    doc.clientID = 1;
    recorder.record(doc);
    doc.getXmlFragment('prosemirror').insert(0, [paragraph('a😀b')]);
    const { show } = await playerOf(recorder.entries);
    const { blocks } = await show(at(1, 0, 0));
    expect(blocks.map(textOf)).toEqual(['a😀b']);
  });

  test('what is told is only what looks different', async () => {
    const recorder = new Recorder();
    const doc = new Y.Doc();
    recorder.record(doc);
    const root = doc.getXmlFragment('prosemirror');
    root.insert(
      0,
      Array.from({ length: 50 }, (_, n) => paragraph(`Paragraph ${n}`)),
    );
    ((root.get(7) as Y.XmlElement).get(0) as Y.XmlText).insert(0, 'x');
    root.delete(20, 1);
    const { show } = await playerOf(recorder.entries);
    expect((await show(at(1))).frame.changed).toHaveLength(50);
    const second = await show(at(2, 1, 1));
    expect(second.frame.changed.map(({ id }) => id)).toEqual([second.frame.touched]);
    const third = await show(at(3, 3, 3));
    expect(third.frame.order).toHaveLength(49);
    expect(third.frame.changed).toHaveLength(1);
    // Back again: nothing of what is the same is told anew.
    const back = await show(at(2, 2, 2));
    expect(back.frame.changed).toHaveLength(1);
    expect(back.blocks.map(textOf)).toContain('Paragraph 20');
  });
});

test('a past that was trimmed begins with the state that stands for it', async () => {
  const entries = twoPeople();
  const base = new Y.Doc();
  for (const { update } of entries.slice(0, 2)) Y.applyUpdate(base, update);
  const [first, ...rest] = [{ ...entries[1]!, author: '', update: Y.encodeStateAsUpdate(base) }, ...entries.slice(2)];
  const replay = new Replay({ fetchPage: () => Promise.reject(new Error('it is here')), isInline });
  replay.add(pageOf([first!], 0, 1, { before: 1, head: 5 }));
  replay.add(pageOf(rest, 0, 9, { before: 2, head: 5 }));
  for await (const _ of replay.keepStates());
  const texts: string[][] = [];
  for (const seq of [4, 1, 2, 3, 2]) {
    const { changed, order } = await replay.frame(at(seq));
    texts.push(order?.length === 0 ? [] : changed.flatMap(({ blocks }) => blocks.map(textOf)));
  }
  expect(texts).toEqual([['two three'], [], ['One two'], ['One two three'], ['One two']]);
});

test('a page that does not follow on the one before is of a past that was trimmed meanwhile', () => {
  const entries = twoPeople();
  const replay = new Replay({ fetchPage: () => Promise.reject(new Error('it is here')), isInline });
  replay.add(pageOf(entries, 0, 2));
  expect(() => replay.add(pageOf(entries.slice(3), 0, 1, { before: 3, head: entries.length }))).toThrow(
    TrimmedMeanwhile,
  );
});

test('what is fetched again and begins later is of a past that was trimmed meanwhile', async () => {
  const entries = twoPeople();
  const base = pageOf(entries.slice(3), 0, 1, { before: 3, head: entries.length });
  const replay = new Replay({ fetchPage: async () => base, isInline, maxBytes: 1 });
  for (let after = 0; after < entries.length; ) {
    after = replay.add(pageOf(entries, after, 2)).last;
    for await (const _ of replay.keepStates());
  }
  await expect(replay.frame(at(1))).rejects.toThrow(TrimmedMeanwhile);
});

/** People who write, format, split and delete anywhere, and hear of each other late. */
function randomLife(seed: number): TestEntry[] {
  const random = prng.create(seed);
  const recorder = new Recorder();
  const server = new Y.Doc();
  recorder.record(server);
  const people = ['u-ann', 'u-ben', 'u-cleo'].map((person, place) => {
    const doc = new Y.Doc();
    doc.clientID = seed * 10 + place + 1;
    return { person, doc };
  });
  const exchange = ({ person, doc }: (typeof people)[number]): void => {
    recorder.author = person;
    Y.applyUpdate(server, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)));
  };
  for (let step = 0; step < 120; step++) {
    const one = prng.oneOf(random, people);
    const root = one.doc.getXmlFragment('prosemirror');
    const place = prng.int32(random, 0, root.length);
    const block = root.length === 0 ? null : (root.get(Math.min(place, root.length - 1)) as Y.XmlElement);
    const text = block?.get(0) as Y.XmlText | undefined;
    const kind = prng.int32(random, 0, 9);
    if (!text || kind === 0) root.insert(place, [paragraph(prng.word(random))]);
    else if (kind === 1) root.delete(root.length - 1, 1);
    else if (kind === 2) block!.setAttribute('level', prng.word(random));
    else if (kind <= 4 && text.length > 1) text.delete(prng.int32(random, 0, text.length - 1), 1);
    else if (kind === 5 && text.length > 1) {
      text.format(prng.int32(random, 0, text.length - 1), 1, { strong: prng.bool(random) ? {} : null });
    } else text.insert(prng.int32(random, 0, text.length), prng.word(random));
    if (prng.bool(random)) exchange(one);
  }
  for (const one of people) exchange(one);
  return recorder.entries;
}

/** What everybody has seen then, from nothing. */
function textAt(entries: readonly TestEntry[], seq: number): string[] {
  const doc = new Y.Doc();
  for (const { update } of entries.slice(0, seq)) Y.applyUpdate(doc, update);
  return doc
    .getXmlFragment('prosemirror')
    .toArray()
    .map((block) =>
      (block as Y.XmlElement)
        .toArray()
        .join('')
        .replace(/<[^>]*>/g, ''),
    );
}

test.each(portionsOf(seedsAsked(30), 10))(
  'any moment is what was there then, from wherever one comes: $first to $last',
  async ({ first, last }) => {
    for (let seed = first; seed <= last; seed++) {
      const random = prng.create(seed);
      const entries = randomLife(seed);
      const { show, fetched } = await playerOf(entries, { pageSize: 7, maxBytes: 1500, maxStateBytes: 3000 });
      for (let jump = 0; jump < 25; jump++) {
        const seq = prng.int32(random, 0, entries.length);
        const freshAfter = prng.int32(random, 0, seq);
        const { blocks } = await show(at(seq, freshAfter, prng.int32(random, 0, freshAfter)));
        expect(blocks.map(textOf), `seed ${seed}, entry ${seq} of ${entries.length}`).toEqual(textAt(entries, seq));
      }
      // What had no room was fetched again.
      expect(fetched.length).toBeGreaterThan(0);
    }
  },
);
