// Two people and one client id, in both dialects: who may open under it, show a caret, write; and what comes back from
// before a document was replaced.

import { CloseCode, type DocumentName, type Message, type ServerMessage } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import {
  caretsSettled,
  SessionBench,
  SYNC_STEPS,
  settled,
  statesIn,
  type WeftClient,
  type YjsClient,
} from '../../test/session-bench.js';
import type { Entry } from '../log/document-log.js';

const PLAN = { document: 'plan' as DocumentName, kind: 'content' } as const;
let bench: SessionBench;

beforeEach(async () => {
  bench = await SessionBench.start();
  for (const name of ['ann', 'bob', 'eve']) {
    bench.access.issue(name, `u-${name}`);
    bench.access.set('plan', `u-${name}`, 'editor');
  }
});
afterEach(() => bench.close());

const only = <Type extends ServerMessage['type']>(messages: readonly ServerMessage[], type: Type) =>
  messages.filter((message) => message.type === type) as Message<ServerMessage, Type>[];

async function enter(token: string, clientId?: number): Promise<{ client: WeftClient; channel: number }> {
  const client = bench.weft();
  if (clientId !== undefined) client.doc.clientID = clientId;
  const channel = await client.open(token, 'plan');
  if (channel === null) throw new Error(`${token} was not let in`);
  return { client, channel };
}

/** A stock client that has the text and has answered for its own. */
async function enterStock(token: string, doc?: Y.Doc): Promise<YjsClient> {
  const client = bench.yjs('plan', token);
  await settled();
  if (doc) Y.applyUpdate(client.doc, Y.encodeStateAsUpdate(doc));
  client.sync(SYNC_STEPS.step1, Y.encodeStateVector(client.doc));
  await settled();
  client.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(client.doc));
  await settled();
  return client;
}

const log = async (): Promise<Entry[]> => (await bench.log.view(PLAN)).entriesAfter(0);

async function text(): Promise<string> {
  const doc = new Y.Doc();
  for (const { update } of await log()) Y.applyUpdate(doc, update);
  return doc.getText('text').toString();
}

/** What is typed under a client id into a copy of a document. */
function typedUnder(clientId: number, doc: Y.Doc, typed: string): { update: Uint8Array; doc: Y.Doc } {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = clientId;
  let update: Uint8Array = new Uint8Array();
  copy.once('update', (bytes: Uint8Array) => {
    update = bytes;
  });
  copy.getText('text').insert(0, typed);
  return { update, doc: copy };
}

/** Ann has written, and stays. */
async function annWrote() {
  const ann = await enter('ann');
  ann.client.write(ann.channel, ann.client.typed('by ann'));
  await settled();
  return { ...ann, doc: ann.client.doc, id: ann.client.doc.clientID };
}

async function openUnder(token: string, clientId: number): Promise<ServerMessage | undefined> {
  const client = bench.weft();
  client.say(client.hello(token), client.openMessage('plan', { clientId }));
  await settled();
  return client.heard().find(({ type }) => type === 'Opened' || type === 'Closed');
}

describe('G6: who opens under an id', () => {
  const taken = { type: 'Closed', ref: 1, channel: 0, code: CloseCode.ClientIdTaken };

  test('that somebody else has written under is told to take another, and nothing of theirs is in the room', async () => {
    const ann = await annWrote();
    ann.client.leave();
    expect(await openUnder('eve', ann.id)).toMatchObject(taken);
    expect(await openUnder('eve', ann.id + 1)).toMatchObject({ type: 'Opened' });
    expect(await openUnder('ann', ann.id)).toMatchObject({ type: 'Opened' });
    const room = await bench.registry.enter(PLAN, (room) => room);
    expect([...room.seats].map(({ author }) => author)).toEqual(['u-eve', 'u-ann']);
  });

  test('that somebody else has named is told so until they are gone; two that come at once do not both get it', async () => {
    const answers = await Promise.all([openUnder('ann', 77), openUnder('eve', 77)]);
    expect(answers).toMatchObject([{ type: 'Opened' }, taken]);
    const room = await bench.registry.enter(PLAN, (room) => room);
    for (const seat of [...room.seats]) seat.leave();
    expect(await openUnder('eve', 77)).toMatchObject({ type: 'Opened' });
  });

  test('G7: that a guest had whom they have been is let in', async () => {
    vi.spyOn(bench.access, 'isSame').mockImplementation((...both) => both.sort().join(' ') === 'g-1 u-ann');
    bench.access.issue('guest', 'g-1', { kind: 'guest' });
    bench.access.set('plan', 'g-1', 'editor');
    const { client, channel } = await enter('guest', 77);
    client.write(channel);
    await settled();
    client.leave();
    expect(await openUnder('eve', 77)).toMatchObject(taken);
    expect(await openUnder('ann', 77)).toMatchObject({ type: 'Opened' });
  });

  test('and may only read, names it as well, and leaves nothing of that behind', async () => {
    bench.access.set('plan', 'u-eve', 'reader');
    const eve = await enter('eve', 77);
    eve.client.write(eve.channel);
    await settled();
    expect(await openUnder('ann', 77)).toMatchObject(taken);
    eve.client.leave();
    expect(await openUnder('ann', 77)).toMatchObject({ type: 'Opened' });
    expect(await bench.entries('plan')).toBe(0);
  });
});

describe('G6: a caret of a stock client', () => {
  const shownTo = (client: WeftClient): unknown[] =>
    only(client.heard(), 'Presence').flatMap(({ entries }) => [...statesIn(entries)]);
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    return () => void vi.useRealTimers();
  });

  test('under an id that is somebody else’s is not shown, and theirs is not touched', async () => {
    const ann = await annWrote();
    ann.client.showCaret(ann.channel, { cursor: 'hers' });
    await caretsSettled();
    const watcher = await enter('bob');
    await caretsSettled();
    watcher.client.heard();
    const eve = await enterStock('eve');
    eve.doc.clientID = ann.id;
    eve.showCaret({ cursor: 'taken over' });
    await caretsSettled();
    expect(shownTo(watcher.client)).toEqual([]);
    eve.doc.clientID = ann.id + 1;
    eve.showCaret({ cursor: 'own' });
    await caretsSettled();
    expect(shownTo(watcher.client)).toMatchObject([[ann.id + 1, { cursor: 'own', user: { person: 'u-eve' } }]]);
    eve.leave();
    await caretsSettled();
    expect(shownTo(watcher.client)).toEqual([[ann.id + 1, null]]);
  });

  test('keeps its id from others before anything is written under it', async () => {
    const bob = await enterStock('bob');
    bob.showCaret({ cursor: 'his' });
    expect(await openUnder('eve', bob.doc.clientID)).toMatchObject({ code: CloseCode.ClientIdTaken });
    const eve = await enter('eve');
    eve.client.write(eve.channel, typedUnder(bob.doc.clientID, new Y.Doc(), 'in his name').update);
    await settled();
    expect(only(eve.client.heard(), 'Resync')).toHaveLength(1);
    expect(await bench.entries('plan')).toBe(0);
  });
});

describe("A8: writing that goes on where somebody else's ends", () => {
  test('is answered to a weft client by Resync, three times, and then refused; nothing of it is in the log', async () => {
    const ann = await annWrote();
    const eve = await enter('eve');
    const { update } = typedUnder(ann.id, ann.doc, 'not by ann ');
    const heard: string[] = [];
    for (let tries = 0; tries < 4; tries++) {
      eve.client.write(eve.channel, update);
      await settled();
      heard.push(...eve.client.heard().map((message) => (message.type === 'Refused' ? message.code : message.type)));
      eve.client.say({ type: 'Resume', channel: eve.channel, fromClientSeq: eve.client.clientSeq + 1 });
    }
    expect(heard).toEqual(['Resync', 'Resync', 'Resync', 'cannot-merge']);
    ann.client.write(ann.channel, ann.client.typed('more '));
    await settled();
    expect(await text()).toBe('more by ann');
    expect((await log()).map(({ author }) => author)).toEqual(['u-ann', 'u-ann']);
  });

  test('is asked of a stock client three times more, with growing pauses, and then it is told that it may not write', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const ann = await annWrote();
    const eve = await enterStock('eve', ann.doc);
    eve.heard();
    const forged = typedUnder(ann.id, ann.doc, 'not by ann ');
    eve.sync(SYNC_STEPS.update, forged.update);
    for (const pauseMs of [0, 300, 2000]) {
      if (pauseMs > 0) {
        vi.advanceTimersByTime(pauseMs - 1);
        expect(eve.heard()).toEqual([]);
        vi.advanceTimersByTime(1);
      }
      expect(eve.heard()).toEqual(['asks']);
      eve.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(forged.doc));
    }
    expect(eve.heard()).toEqual([expect.stringMatching(/^denied: .*the server does not have/)]);
    eve.sync(SYNC_STEPS.update, typedUnder(eve.doc.clientID, ann.doc, 'own').update);
    await settled();
    expect([await text(), eve.closed]).toEqual(['by ann', null]);
  });

  test('G4: whoever comes back with it again and again is turned away for a minute, and may come back then', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const ann = await annWrote();
    const forged = typedUnder(ann.id, ann.doc, 'not by ann ');
    const insist = async (): Promise<YjsClient> => {
      const eve = await enterStock('eve', forged.doc);
      for (let tries = 0; tries < 4; tries++) eve.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(forged.doc));
      return eve;
    };
    for (let times = 0; times < 5; times++) {
      const eve = await insist();
      expect(eve.heard().at(-1)).toMatch(/^denied/);
      eve.leave();
    }
    const turnedAway = await enterStock('eve');
    expect(turnedAway.closed).toMatchObject({ code: CloseCode.TooMany });
    const bob = await enterStock('bob');
    bob.heard();
    expect([bob.closed, bob.doc.getText('text').toString()]).toEqual([null, 'by ann']);
    vi.advanceTimersByTime(60_000);
    expect((await enterStock('eve')).closed).toBe(null);
    expect(await text()).toBe('by ann');
  });
});

describe('G4: two accounts in one browser', () => {
  test('whose text hangs on each other’s all the way, and comes out of order, are not told that they may not write', async () => {
    const [ann, bob] = [await enterStock('ann'), await enterStock('bob')];
    ann.heard();
    bob.heard();
    const page = new Y.Doc();
    const updates: Uint8Array[] = [];
    page.on('update', (update: Uint8Array) => updates.push(update));
    for (let turn = 0; turn < 20; turn++) {
      page.clientID = 71 + (turn % 2);
      page.getText('text').insert(turn, 'x');
    }
    for (const [turn, update] of updates.entries()) if (turn % 2 === 0) ann.sync(SYNC_STEPS.update, update);
    for (const [turn, update] of updates.entries()) if (turn % 2 === 1) bob.sync(SYNC_STEPS.update, update);
    const whole = Y.encodeStateAsUpdate(page);
    const heard: string[] = [];
    for (let rounds = 0; rounds < 20; rounds++) {
      for (const client of [ann, bob]) {
        await settled();
        const told = client.heard();
        heard.push(...told);
        if (told.includes('asks')) client.sync(SYNC_STEPS.step2, whole);
      }
    }
    expect(heard.filter((what) => what.startsWith('denied'))).toEqual([]);
    expect([await text(), [...new Set((await log()).map(({ author }) => author))]]).toEqual([
      'x'.repeat(20),
      ['u-ann', 'u-bob'],
    ]);
  });

  test('both stock: what the other wrote comes from the other, and what is written upon it is taken then', async () => {
    const ann = await enterStock('ann');
    const bob = await enterStock('bob');
    bob.heard();
    // Bob's page has Ann's text before the server has it, over a channel of the browser, and writes on.
    const hers = typedUnder(ann.doc.clientID, ann.doc, 'ann ');
    const his = typedUnder(77, hers.doc, 'bob ');
    ann.showCaret({});
    bob.sync(SYNC_STEPS.update, his.update);
    expect(bob.heard()).toEqual(['asks']);
    ann.sync(SYNC_STEPS.update, hers.update);
    bob.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(his.doc));
    await settled();
    expect(bob.heard().filter((what) => what.startsWith('denied'))).toEqual([]);
    expect([await text(), (await log()).map(({ author }) => author)]).toEqual(['bob ann ', ['u-ann', 'u-bob']]);
  });

  test('one weft, one stock: the same', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    const hers = ann.client.typed('ann ');
    Y.applyUpdate(bob.client.doc, hers);
    bob.client.write(bob.channel, bob.client.typed('bob '));
    await settled();
    const [resync] = only(bob.client.heard(), 'Resync');
    const stock = await enterStock('bob', ann.client.doc);
    expect(stock.heard()).toContain('asks');
    ann.client.write(ann.channel, hers);
    bob.client.say({ type: 'Resume', channel: bob.channel, fromClientSeq: 2 });
    bob.client.write(bob.channel, Y.encodeStateAsUpdate(bob.client.doc, resync!.stateVector));
    stock.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(ann.client.doc));
    await settled();
    expect([await text(), (await log()).map(({ author }) => author)]).toEqual(['bob ann ', ['u-ann', 'u-bob']]);
    expect(only(bob.client.heard(), 'Saved').at(-1)).toMatchObject({ clientSeq: 2, seq: 2 });
  });
});

describe('G5: what was held from before', () => {
  /** Ann and Bob have written; then the document is erased. */
  async function erased() {
    const ann = await annWrote();
    const bob = await enterStock('bob');
    bob.sync(SYNC_STEPS.update, typedUnder(bob.doc.clientID, bob.doc, 'by bob ').update);
    await settled();
    const { proof } = only(ann.client.heard(), 'Entries').at(-1)!;
    const { epoch } = await bench.log.view(PLAN);
    const before = new Y.Doc();
    for (const { update } of await log()) Y.applyUpdate(before, update);
    await bench.registry.withClosed(PLAN, CloseCode.Replaced, 'It was erased.', () =>
      bench.log.rearrange((moves) => moves.eraseDocument(PLAN.document)),
    );
    await settled();
    return { ann, before, holds: { epoch, seq: 2, proof } };
  }

  test('an erased text is not taken again from a weft client that says what it holds', async () => {
    const { ann, before, holds } = await erased();
    const client = bench.weft();
    client.say(client.hello('ann'), client.openMessage('plan', { clientId: ann.id, ...holds }));
    await settled();
    const opened = only(client.heard(), 'Opened')[0]!;
    expect(opened).toMatchObject({ held: 0, head: 0 });
    expect(opened.epoch).toBeGreaterThan(holds.epoch);
    client.write(opened.channel, Y.encodeStateAsUpdate(before));
    await settled();
    expect(client.heard()).toMatchObject([{ type: 'Refused', code: 'cannot-merge' }]);
    // Opened anew, with nothing, it writes.
    client.say({ type: 'Close', channel: opened.channel }, client.openMessage('plan', { epoch: opened.epoch }));
    await settled();
    const again = only(client.heard(), 'Opened')[0]!;
    client.write(again.channel, typedUnder(client.doc.clientID, new Y.Doc(), 'new').update);
    await settled();
    expect([await text(), await bench.entries('plan')]).toEqual(['new', 1]);
  });

  test('nor from a stock client, under anybody’s name', async () => {
    const { before } = await erased();
    for (const token of ['ann', 'bob', 'eve']) {
      const client = await enterStock(token, before);
      expect(client.heard()).toContainEqual(expect.stringMatching(/^denied: The document was replaced/));
    }
    expect(await bench.entries('plan')).toBe(0);
  });

  test('of a log that was set back, what others wrote is not taken from whoever still has it', async () => {
    const ann = await annWrote();
    const eve = await enterStock('eve', ann.doc);
    // What the disk has lost is, to the server, as if Ann had never sent it.
    const lost = typedUnder(ann.id, ann.doc, 'lost ');
    const upon = typedUnder(eve.doc.clientID, lost.doc, 'upon it ');
    for (let tries = 0; tries < 4; tries++) eve.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(upon.doc));
    await settled();
    expect(eve.heard().at(-1)).toMatch(/^denied/);
    expect(await text()).toBe('by ann');
    ann.client.write(ann.channel, lost.update);
    await settled();
    expect(await text()).toBe('lost by ann');
  });
});
