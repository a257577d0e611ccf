// Both dialects on one document: what stock y-websocket clients and Weft's own clients see of each other, what they are
// told after an absence, and what is written to disk for it.

import { describe, expect, onTestFinished, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { coldJoinWeft, coldJoinYjs } from '../../bench/src/cold-join.js';
import {
  BareWeft,
  BareYjs,
  connect,
  Line,
  newName,
  ownFolder,
  ownServer,
  SYNC,
  sharedServer,
  stockClient,
  textOf,
  until,
  untilText,
  updatesOf,
} from './harness.js';

const server = sharedServer();

/** Enough text, and too mixed to compress, to make a checkpoint due (L4). */
const longText = Array.from({ length: 60_000 }, (_, i) => (i * 2_654_435_761).toString(36)).join(' ');

describe('a stock client and a weft client', () => {
  test('write one text, both ways, and are equal at rest', async () => {
    const name = newName();
    const ann = connect(server.current, 'Ann').open(name);
    const bo = stockClient(server.current, name);
    await Promise.all([ann.whenSynced(), until(() => bo.provider.synced, 'the stock client is synced')]);

    ann.doc.getText('text').insert(0, 'weft');
    await untilText(bo.doc, 'weft');
    bo.doc.getText('text').insert(4, ' and yjs');
    await untilText(ann.doc, 'weft and yjs');

    for (let i = 0; i < 50; i++) {
      ann.doc.getText('text').insert(0, `a${i} `);
      bo.doc.getText('text').insert(bo.doc.getText('text').length, ` b${i}`);
      if (i % 5 === 0) bo.doc.getText('text').delete(3, 2);
      await Promise.resolve();
    }
    await ann.whenSaved();
    await until(() => textOf(ann.doc) === textOf(bo.doc) && textOf(bo.doc).includes('b49'), 'both have everything');
    expect((await coldJoinWeft(server.current.url, name)).text).toBe(textOf(ann.doc));
    expect(await coldJoinYjs(server.current.url, name)).toBe(textOf(bo.doc));
  });

  test('see each other and their carets, under the names their sessions have, until they leave', async () => {
    const name = newName();
    const annConnection = connect(server.current, 'Ann');
    const ann = annConnection.open(name);
    const { doc, provider } = stockClient(server.current, name);
    ann.doc.getText('text').insert(0, 'carets');
    await untilText(doc, 'carets');

    const caret = (at: Y.Doc, index: number): unknown =>
      JSON.parse(JSON.stringify(Y.createRelativePositionFromTypeIndex(at.getText('text'), index)));
    ann.presence.setLocalStateField('cursor', { anchor: caret(ann.doc, 2), head: caret(ann.doc, 3) });
    provider.awareness.setLocalState({
      user: { name: 'Bo', color: '#d1495b' },
      cursor: { anchor: caret(doc, 5), head: caret(doc, 5) },
    });

    await expect
      .poll(() => provider.awareness.getStates().get(ann.doc.clientID), { timeout: 10_000 })
      .toEqual({
        user: { person: '', name: 'Ann', color: '#2a6f97', role: 'editor' },
        cursor: { anchor: caret(doc, 2), head: caret(doc, 3) },
      });
    await expect
      .poll(() => ann.presence.getStates().get(doc.clientID), { timeout: 10_000 })
      .toEqual({
        user: { person: '', name: 'Bo', color: '#d1495b', role: 'editor' },
        cursor: { anchor: caret(doc, 5), head: caret(doc, 5) },
      });

    annConnection.setPerson({ name: 'Anna', color: '#2a6f97' });
    const nameOf = (): unknown =>
      (provider.awareness.getStates().get(ann.doc.clientID)?.user as { name?: string })?.name;
    await expect.poll(nameOf, { timeout: 10_000 }).toBe('Anna');

    provider.disconnect();
    await until(() => !ann.presence.getStates().has(doc.clientID), 'the stock client is gone');
    provider.connect();
    await until(() => ann.presence.getStates().has(doc.clientID), 'the stock client is back under its old id');
    annConnection.close();
    await until(() => !provider.awareness.getStates().has(ann.doc.clientID), 'the weft client is gone');
  });

  test('G6: nobody can speak for another, and what others say of somebody is not passed on', async () => {
    const name = newName();
    const ann = connect(server.current, 'Ann').open(name);
    const bo = stockClient(server.current, name);
    await until(() => ann.presence.getStates().size === 2, 'Ann sees Bo');
    const forger = stockClient(server.current, name);
    await until(() => ann.presence.getStates().size === 3, 'Ann sees the third');
    const pretended = new Awareness(new Y.Doc());
    onTestFinished(() => pretended.destroy());
    forger.provider.awareness.states.set(bo.doc.clientID, { user: { name: 'Not Bo', color: '#000000' } });
    forger.provider.awareness.meta.set(bo.doc.clientID, { clock: 1_000_000, lastUpdated: Date.now() });
    forger.provider.awareness.emit('update', [{ added: [], updated: [bo.doc.clientID], removed: [] }, 'forged']);
    forger.provider.awareness.setLocalState({ user: { name: 'Cy', color: '#00ff00' } });
    await expect
      .poll(() => ann.presence.getStates().get(forger.doc.clientID)?.user, { timeout: 10_000 })
      .toEqual({ person: '', name: 'Cy', color: '#00ff00', role: 'editor' });
    expect(ann.presence.getStates().get(bo.doc.clientID)?.user).not.toMatchObject({ name: 'Not Bo' });
  });
});

describe('an acknowledgement', () => {
  test('I1: a stock client that saw the echo of its update finds it after a crash', async () => {
    const dataFolder = await ownFolder();
    for (let round = 1; round <= 3; round++) {
      const own = await ownServer(dataFolder);
      const client = new BareYjs(own, 'echoed');
      const [update] = updatesOf((text) => text.insert(0, `round ${round};`));
      await client.sync(SYNC.step1, Y.encodeStateVector(new Y.Doc()));
      await client.next(SYNC.step2);
      await client.sync(SYNC.update, update!);
      expect(await client.next(SYNC.update)).toEqual(update);
      await own.kill();
      const next = await ownServer(dataFolder);
      expect((await coldJoinWeft(next.url, 'echoed')).text).toContain(`round ${round};`);
      await next.stop();
    }
  });

  test('I1, I2: what is saved, and what another was shown, is there after a crash', async () => {
    const dataFolder = await ownFolder();
    const first = await ownServer(dataFolder);
    const ann = connect(first, 'Ann').open('saved');
    const bo = connect(first, 'Bo').open('saved');
    await Promise.all([ann.whenSynced(), bo.whenSynced()]);
    ann.doc.getText('text').insert(0, 'by Ann;');
    await ann.whenSaved();
    bo.doc.getText('text').insert(0, 'by Bo;');
    await until(() => textOf(ann.doc).includes('by Bo;'), 'Ann is shown what Bo wrote');
    await first.kill();
    const second = await ownServer(dataFolder);
    expect([...(await coldJoinWeft(second.url, 'saved')).text.split(';')].sort()).toEqual(['', 'by Ann', 'by Bo']);
  });
});

describe('J1: who was away while others only deleted', () => {
  /** Two who share a text; deleting is up to the test. */
  async function write(name: string, text: string) {
    const ann = connect(server.current, 'Ann').open(name);
    ann.doc.getText('text').insert(0, text);
    await ann.whenSaved();
    return ann;
  }

  async function untilCheckpoint(name: string, seq: number): Promise<void> {
    const reached = async () => (await coldJoinWeft(server.current.url, name)).checkpointSeq >= seq;
    await until(reached, `a checkpoint at ${seq}`);
  }

  test.each([
    ['from the log', 'a text to be cut', false],
    ['from a checkpoint', longText, true],
  ])('comes back to an equal text %s', async (_, text, hasCheckpoint) => {
    const name = newName();
    const ann = await write(name, text);
    const stock = stockClient(server.current, name);
    const line = new Line();
    const weftConnection = connect(server.current, 'Bo', { WebSocket: line.WebSocket });
    const weft = weftConnection.open(name);
    await Promise.all([untilText(stock.doc, text), untilText(weft.doc, text)]);

    stock.provider.disconnect();
    line.cut();
    ann.doc.getText('text').delete(2, text.length - 4);
    await ann.whenSaved();
    if (hasCheckpoint) await untilCheckpoint(name, 1);
    const expected = textOf(ann.doc);
    expect(textOf(stock.doc)).toBe(text);
    expect(textOf(weft.doc)).toBe(text);

    stock.provider.connect();
    line.mend();
    weftConnection.retryNow();
    await Promise.all([untilText(stock.doc, expected), untilText(weft.doc, expected), weft.whenSynced()]);
    expect(Y.encodeStateVector(stock.doc)).toEqual(Y.encodeStateVector(ann.doc));
  });
});

describe('J2', () => {
  test('1,000 stock reconnects, each with all the client has, leave the length of the log unchanged', async () => {
    const name = newName();
    const ann = connect(server.current, 'Ann').open(name);
    const text = ann.doc.getText('text');
    for (let i = 0; i < 40; i++) {
      text.insert(0, `line ${i}\n`);
      if (i % 2 === 0) text.delete(3, 4);
      await Promise.resolve();
    }
    await ann.whenSaved();
    const { head } = await coldJoinWeft(server.current.url, name);
    const everything = Y.encodeStateAsUpdate(ann.doc);
    const vector = Y.encodeStateVector(ann.doc);

    const reconnect = async (): Promise<void> => {
      const client = new BareYjs(server.current, name);
      expect(await client.next(SYNC.step1)).toEqual(vector);
      await client.sync(SYNC.step1, vector);
      await client.next(SYNC.step2);
      await client.sync(SYNC.step2, everything);
      // Its acknowledgement: the echo.
      expect(await client.next(SYNC.update)).toEqual(everything);
      client.webSocket.close();
    };
    for (let round = 0; round < 50; round++) await Promise.all(Array.from({ length: 20 }, reconnect));

    const bare = new BareWeft(server.current);
    expect((await bare.open(name)).head).toBe(head);
  });
});

test('one weft connection carries many documents', async () => {
  const connection = connect(server.current, 'Ann');
  const names = Array.from({ length: 200 }, () => newName('many'));
  const documents = names.map((name) => connection.open(name));
  for (const document of documents) document.doc.getText('text').insert(0, `this is ${document.name}`);
  await Promise.all(documents.map((document) => document.whenSaved()));

  const reader = connect(server.current, 'Bo');
  const copies = names.map((name) => reader.open(name));
  await Promise.all(copies.map((copy) => copy.whenSynced()));
  expect(copies.map((copy) => textOf(copy.doc))).toEqual(names.map((name) => `this is ${name}`));
  copies[7]!.close();
  documents[8]!.doc.getText('text').insert(0, 'still: ');
  await untilText(copies[8]!.doc, `still: this is ${names[8]}`);
  expect(textOf(copies[7]!.doc)).toBe(`this is ${names[7]}`);
});

test('content and discussion of a document are two texts', async () => {
  const name = newName();
  const connection = connect(server.current, 'Ann');
  const content = connection.open(name);
  const discussion = connection.open(name, { kind: 'discussion' });
  content.doc.getText('text').insert(0, 'the text');
  discussion.doc.getText('text').insert(0, 'about the text');
  await Promise.all([content.whenSaved(), discussion.whenSaved()]);
  const other = connect(server.current, 'Bo').open(name, { kind: 'discussion' });
  await untilText(other.doc, 'about the text');
  expect(await coldJoinYjs(server.current.url, name)).toBe('the text');
});
