// S2: text written again equals what its author would have typed anew. What that is, exactly:
//
// The author, called me, has a document and makes gestures in it that the server never gets: text typed, deleted and marked;
// paragraphs split; attributes set; paragraphs, headings, lists in lists, tables, items and rows put in and taken out; the
// title. Others make gestures meanwhile, and of some of them I may hear before my next one. Then
//
// - somebody else sits down at what the server had when I began, under a fresh clientID, hears of the others what I heard
//   and when I heard it, and makes my gestures through the public API of Yjs. They are not renamed: they are typed. What the
//   server has with that text is what it has to have with mine: text, marks, attributes and all. (Who hears of others has to
//   see them where I saw them, or would type elsewhere: the fresh clientID is next to mine then, and else anywhere.)
// - where the others were in another part of the document, it is moreover what comes of typing it into the document as
//   the server has it by now, after everything they did.
//
// So, where others wrote at the very place, both texts stand there whole, one after the other, in the order that Yjs gives
// two who type at once. Of two who set one attribute, it is as Yjs says, too. What I deleted is deleted, with what others put
// into it. Where something I wrote would be out of sight, since others deleted what it stood in, nothing is brought in at all.

import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Gesture, someGesture } from '../test/gestures.js';
import { broughtIn } from './bring-in.js';
import { Outbox } from './outbox.js';
import { reauthor } from './reauthor.js';
import { Replica } from './replica.js';

const only = process.env.WEFT_SEED;
const count = Number(process.env.WEFT_SEEDS ?? 250);
const [ME, BO] = [500, 7];

type Where = 'anywhere' | 'apart';

/** A document, and what is written in it. */
class Desk {
  readonly doc = new Y.Doc();
  readonly updates: Uint8Array[] = [];

  constructor(clientID: number, ...updates: readonly Uint8Array[]) {
    this.doc.on('afterTransaction', (transaction: Y.Transaction) => {
      if (!transaction.local) transaction._needFormattingCleanup = false;
    });
    this.hear(updates);
    this.doc.clientID = clientID;
    this.doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
      if (local) this.updates.push(update);
    });
  }

  hear(updates: readonly Uint8Array[]): void {
    for (const update of updates) Y.applyUpdate(this.doc, update);
  }

  /** @param part of the document; null: all of it */
  make(gesture: Gesture, part: number | null): void {
    const text = this.doc.getXmlFragment('prosemirror');
    const region = part === null ? text : (text.get(part) as Y.XmlElement);
    this.doc.transact(() => gesture(region, this.doc.getMap(`meta ${part}`)));
  }

  get content(): unknown {
    const read = (type: Y.XmlFragment): unknown[] =>
      type
        .toArray()
        .map((child) =>
          child instanceof Y.XmlElement
            ? [child.nodeName, child.getAttributes(), read(child)]
            : (child as Y.XmlText).toDelta(),
        );
    const titles = [null, 0, 1].map((part) => this.doc.getMap(`meta ${part}`).toJSON());
    return [read(this.doc.getXmlFragment('prosemirror')), titles];
  }

  /** How much is to be seen that only I write: letters in capitals, and elements. */
  get mine(): number {
    const xml = this.doc.getXmlFragment('prosemirror').toString();
    const text = xml.replace(/<[^>]*>/g, '');
    return (text.match(/\p{Lu}/gu) ?? []).length + (xml.match(/<[^/>]* by="me"/g) ?? []).length;
  }
}

interface Case {
  readonly server: readonly Uint8Array[];
  readonly mine: Desk;
  readonly unsaved: readonly Uint8Array[];
  /** The same, typed by somebody else. */
  readonly twin: Desk;
  /** The same, typed into what the server has now. */
  readonly late: Desk;
  /** Of both. */
  readonly fresh: number;
}

function caseOf(seed: number, where: Where): Case {
  const gen = prng.create(seed);
  const [mine, others] = where === 'apart' ? [0, 1] : [null, null];
  const begun = new Desk(ME);
  const bo = new Desk(prng.bool(gen) ? BO : 90_000);
  begun.make((text) => text.insert(0, [new Y.XmlElement('blockquote'), new Y.XmlElement('blockquote')]), null);
  for (const part of [0, 1]) begun.make((region) => region.insert(0, [paragraph(prng.word(gen))]), part);
  bo.hear(begun.updates);
  for (let step = prng.int32(gen, 0, 10); step > 0; step--) {
    const [writer, reader] = prng.bool(gen) ? [begun, bo] : [bo, begun];
    const before = writer.updates.length;
    writer.make(someGesture(gen, 'all'), prng.oneOf(gen, [0, 1]));
    reader.hear(writer.updates.slice(before));
  }
  const saved = [...begun.updates];
  const base = [...saved, ...bo.updates];

  // Mine goes on under its clientID, which has been acknowledged so far.
  const me = new Desk(ME, ...base);
  const hears = prng.bool(gen);
  const fresh = hears ? ME + 1 : prng.oneOf(gen, [3, 99_000]);
  const twin = new Desk(fresh, ...base);
  const gestures: Gesture[] = [];
  let heard = bo.updates.length;
  for (let step = prng.int32(gen, 1, 8); step > 0; step--) {
    if (prng.int32(gen, 0, 2) === 0) bo.make(someGesture(gen, 'bo'), others);
    if (hears && prng.bool(gen)) {
      const news = bo.updates.slice(heard);
      heard = bo.updates.length;
      me.hear(news);
      twin.hear(news);
    }
    const gesture = someGesture(gen, 'me');
    gestures.push(gesture);
    me.make(gesture, mine);
    twin.make(gesture, mine);
  }
  const server = [...saved, ...bo.updates];
  const late = new Desk(fresh, ...server);
  for (const gesture of gestures) late.make(gesture, mine);
  return { server, mine: me, unsaved: me.updates, twin, late, fresh };
}

function paragraph(text: string): Y.XmlElement {
  const made = new Y.XmlElement('paragraph');
  made.insert(0, [new Y.XmlText(text)]);
  return made;
}

const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)];
const BATCH = 250;
const batches = Array.from({ length: Math.ceil(seeds.length / BATCH) }, (_, index) =>
  seeds.slice(index * BATCH, (index + 1) * BATCH),
);

describe.each<Where>(['anywhere', 'apart'])('S2: unsaved text written again, others being %s', (where) => {
  test.each(batches.map((batch) => [batch[0]!, batch.at(-1)!, batch] as const))(
    'seeds %i to %i',
    (_from, _to, batch) => {
      let brought = 0;
      for (const seed of batch) {
        const { server, mine, unsaved, twin, late, fresh } = caseOf(seed, where);
        const hint = `seed ${seed}: WEFT_SEED=${seed} npx vitest run packages/provider/src/bring-in.test.ts`;
        const now = new Desk(1, ...server);
        const meant = new Desk(1, ...server, ...twin.updates);

        // As it was kept in the outbox.
        const again = reauthor(unsaved, new Map([[ME, fresh]]))!;
        expect(new Desk(1, ...server, ...again).content, hint).toEqual(meant.content);

        // As it is kept in a draft.
        const updates = broughtIn(mine.doc, now.doc, () => fresh);
        const isOutOfSight = meant.mine < mine.mine;
        expect(updates === null, `${hint}: ${isOutOfSight ? 'some of it is out of sight' : 'it fits'}`).toBe(
          isOutOfSight,
        );
        if (updates === null) continue;
        const made = new Desk(1, ...server, ...updates);
        expect(made.content, hint).toEqual(meant.content);
        if (where === 'apart') expect(made.content, hint).toEqual(late.content);
        expect([made.doc.store.pendingStructs, made.doc.store.pendingDs], hint).toEqual([null, null]);
        expect(Y.getState(made.doc.store, ME), hint).toBe(Y.getState(now.doc.store, ME));
        // It is there now, and once.
        brought += updates.length > 0 ? 1 : 0;
      }
      // Most of them are about something.
      if (batch.length === BATCH) expect(brought).toBeGreaterThan(BATCH / 2);
    },
  );
});

describe('text does not fit', () => {
  const freshIds = (): (() => number) => {
    let id = 1_000;
    return () => ++id;
  };
  const base = new Desk(BO);
  base.doc.getText('t').insert(0, 'base ');
  const typed = (clientID: number, words: string): Y.Doc => {
    const desk = new Desk(clientID, ...base.updates);
    desk.doc.getText('t').insert(5, words);
    return desk.doc;
  };

  test('where its ids stand for something else', () => {
    expect(broughtIn(typed(ME, 'mine'), typed(ME, 'theirs'), () => 3)).toBeNull();
    expect(broughtIn(typed(ME, 'mine'), typed(ME, 'mine'), () => 3)).toEqual([]);
  });

  test('into a document that has text and nothing of what it builds on; into an empty one it does', () => {
    expect(broughtIn(typed(ME, 'mine'), new Desk(8).doc, freshIds())).toHaveLength(1);
    const other = new Desk(8);
    other.doc.getText('t').insert(0, 'base ');
    expect(broughtIn(typed(ME, 'mine'), other.doc, () => 3)).toBeNull();
  });
});

test('S3: whoever watches the Y.Doc and throws while text is taken over leaves it the clientID it has', () => {
  const replica = new Replica(new Outbox('out'), () => 7, { changedLocally: () => {}, strayed: () => {} });
  const elsewhere = new Y.Doc();
  elsewhere.getText('t').insert(0, 'told');
  const text = replica.doc.getText('t');
  text.observe(() => {
    throw new Error('an editor fails');
  });
  expect(() => replica.takeOver(Y.encodeStateAsUpdate(elsewhere), 3)).toThrow('an editor fails');
  expect([replica.doc.clientID, replica.outbox.changes, text.toString()]).toEqual([7, 3, 'told']);
});
