// A Y.Doc whose clientID is somebody else's, and one that does not show what the server has: both are replaced, and what
// stood in them is written again or kept.

import { contentHash } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, saved, turn, typed, welcome, writer } from '../test/fake-server.js';
import { docOf, forgedItem, inSomeOrder } from '../test/histories.js';
import {
  comeBack,
  connection,
  document,
  heard,
  heardOpen,
  join,
  onStage,
  refused,
  server,
  text,
  textOf,
  type,
  updateOf,
} from '../test/stage.js';

onStage();

const taken = (ref: number) =>
  ({ type: 'Closed', ref, channel: 0, code: 4511, reason: 'This id is somebody else’s.' }) as const;

describe('S2: a clientID that is taken', () => {
  test('is left for another when the document is opened, and nothing is a draft', async () => {
    const [, open] = await server.accept();
    expect(open).toMatchObject({ type: 'Open', clientId: 101 });
    type('offline');
    server.say(taken(1));
    expect(await heardOpen()).toMatchObject({ ref: 2, clientId: 102, epoch: 0, seq: 0 });
    expect(document.saveState).toMatchObject({ kind: 'saving', changes: 1 });
    // Somebody else's text stands under the id.
    const other = writer(101);
    other.type('other ');
    server.say(opened({ head: 1, checkpointSeq: 1 }, other.doc));
    expect([
      text()
        .split(/ ?offline ?/)
        .join(''),
      document.doc.clientID,
    ]).toEqual([expect.stringMatching(/other ?/), 102]);
    expect(text()).toContain('offline');
    const { update } = updateOf(await heard());
    expect(Y.decodeUpdate(update).structs.map(({ id }) => id.client)).toEqual([102]);
    server.say(saved(1, 2));
    expect([document.saveState.kind, document.drafts]).toEqual(['saved', []]);
  });

  test('is left when an update is refused for it: what is saved keeps its id, the rest is written again', async () => {
    const bo = writer(7);
    await join();
    server.say(entries(1, bo.type('by bo. ')));
    type('saved. ');
    const first = updateOf(await heard()).update;
    server.say(saved(1, 2));
    type('not saved.');
    document.doc.getText('t').delete(5, 3);
    const old = document.doc;
    await heard();
    server.say(refused(2, 'client-id-taken'));
    type(' more', old);
    expect(document.saveState).toMatchObject({ kind: 'saving', changes: 3 });
    await heardOpen();
    server.say(opened({ channel: 2, head: 2 }), { ...entries(1, bo.updates[0]!, first), channel: 2 } as never);
    expect([text(), document.doc.clientID]).toEqual([text(old), 102]);
    const sent = (await heard()).filter((message) => message.type === 'Update').map(({ update }) => update);
    expect(textOf(bo.updates[0]!, first, ...sent)).toBe('by boaved. not saved. more');
    for (const update of sent) for (const { id } of Y.decodeUpdate(update).structs) expect(id.client).toBe(102);
    server.say({ ...saved(9, 3), channel: 2 } as never);
    expect([document.saveState.kind, document.drafts]).toEqual(['saved', []]);
  });

  test.each([
    ['what was saved without a word is not written again', false],
    ['it is a draft where that cannot be told any more', true],
  ])('%s', async (_name, isDeleted) => {
    await join();
    type('mine');
    const { update } = updateOf(await heard());
    const old = document.doc;
    server.socket.breakOff();
    connection.retryNow();
    server.socket.open();
    server.say(welcome());
    expect(await heardOpen()).toMatchObject({ clientId: 101 });
    server.say(taken(2));
    expect(await heardOpen()).toMatchObject({ clientId: 102 });
    type(', and more', old);
    const bo = writer(7);
    Y.applyUpdate(bo.doc, update);
    if (isDeleted) bo.doc.getText('t').delete(0, 4);
    server.say(opened({ head: 1, checkpointSeq: 1 }, bo.doc));
    expect(text()).toBe(isDeleted ? '' : 'mine, and more');
    expect(document.drafts.map(({ doc }) => text(doc))).toEqual(isDeleted ? ['mine, and more'] : []);
  });

  test('the text is a draft where it builds on what is gone', async () => {
    const bo = writer(7);
    await join();
    server.say(entries(1, bo.type('by bo')));
    type(' and mine');
    const old = document.doc;
    await heard();
    server.say(refused(1, 'client-id-taken'));
    await heardOpen();
    // The same epoch, and yet not the same: no server of ours.
    server.say(opened({ channel: 2 }));
    expect([text(), text(old), document.drafts.length]).toEqual(['', 'by bo and mine', 1]);
  });

  test('taken again and again, it is refused at last', async () => {
    await join();
    type('mine');
    for (let channel = 1; channel <= 4; channel++) {
      await turn();
      expect(document.drafts).toEqual([]);
      server.say(refused(1, 'client-id-taken', channel));
      await heardOpen();
      server.say(opened({ channel: channel + 1 }));
    }
    expect(document.saveState).toMatchObject({ kind: 'refused', code: 'client-id-taken', changes: 1 });
    expect(document.drafts.map(({ doc }) => text(doc))).toEqual(['mine']);
  });

  test('without anything unsaved, tries to open are ever further apart', async () => {
    await server.accept();
    server.say(taken(1));
    expect(await heardOpen()).toMatchObject({ ref: 2 });
    server.say(taken(2));
    expect(await heard()).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(await heardOpen()).toMatchObject({ ref: 3, clientId: 103 });
  });
});

describe('G3: what is shown is compared with what the server has', () => {
  const hash = (seq: number, doc: Y.Doc) => ({ type: 'Hash', channel: 1, seq, hash: contentHash(doc) }) as const;

  /** Four rivals in the order in which this page got them, and in one that makes another text. */
  function divergence(): { here: Uint8Array[]; server: Y.Doc } {
    for (let seed = 1; ; seed++) {
      const gen = prng.create(seed);
      const forged = forgedItem(gen);
      const here = inSomeOrder(gen, forged);
      const there = docOf(...inSomeOrder(gen, forged));
      if (text(docOf(...here)) !== text(there)) return { here, server: there };
    }
  }

  test('peers that a forged item made diverge converge again, and what was shown is a draft', async () => {
    const { here, server: there } = divergence();
    await join({ head: here.length });
    server.say(entries(1, ...here));
    const old = document.doc;
    const shown = text();
    expect(shown).not.toBe(text(there));
    server.say(hash(here.length, there));
    // Not in the turn of a key press.
    expect(typed(await heard())).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(document.drafts).toMatchObject([{ doc: old, reason: expect.stringContaining('otherwise than the server') }]);
    expect(await heard()).toMatchObject([{ type: 'Close' }, { type: 'Open', epoch: 0, seq: 0, clientId: 102 }]);
    server.say(opened({ channel: 2, head: here.length, checkpointSeq: here.length }, there));
    expect([text(), text(old), document.saveState.kind]).toEqual([text(there), shown, 'saved']);
    // Once for a seq: a server that says so for ever does not make a page load for ever.
    server.say({ ...hash(here.length, new Y.Doc()), channel: 2 });
    vi.advanceTimersByTime(1000);
    expect(typed(await heard())).toEqual([]);
  });

  test('and nothing happens where it is the same, is about another entry, or something is unsaved or typed meanwhile', async () => {
    const bo = writer(7);
    await join();
    server.say(entries(1, bo.type('text')));
    server.say(hash(1, bo.doc));
    vi.advanceTimersByTime(1000);
    server.say(hash(2, new Y.Doc()));
    vi.advanceTimersByTime(1000);
    server.say(hash(1, new Y.Doc()));
    type(' mine');
    vi.advanceTimersByTime(1000);
    server.say(hash(1, new Y.Doc()));
    vi.advanceTimersByTime(1000);
    expect(typed(await heard())).toEqual(['Update']);
    server.say(saved(1, 2));
    vi.advanceTimersByTime(1000);
    expect([document.drafts, typed(await heard())]).toEqual([[], []]);
  });

  test('a comparison that was asked for ends with the connection', async () => {
    await join({ head: 1 });
    server.say(entries(1, writer(7).type('text')), hash(1, new Y.Doc()));
    expect(await comeBack()).toMatchObject({ seq: 1 });
    vi.advanceTimersByTime(1000);
    expect(document.drafts).toEqual([]);
  });
});
