// What is kept beyond the page: pages of one browser are opened, killed and opened again before a scripted server.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, proofOf, saved, turn, writer } from '../test/fake-server.js';
import { disk, keep, open, textOf, withKeptPages } from '../test/kept-page.js';

withKeptPages();

describe('a page that is opened again', () => {
  test('shows the text before the network answers, and goes on from where it was (J1)', async () => {
    const bo = writer(7);
    const first = await open();
    expect(first.document.readable).toBe(false);
    expect(await first.connect()).toMatchObject({ epoch: 0, seq: 0 });
    first.server.say(opened({ head: 2, epoch: 5 }), entries(1, bo.type('by bo'), bo.type('!')));
    await keep();
    first.kill();

    const second = await open();
    expect([second.text, second.document.readable, second.document.saveState.kind]).toEqual([
      'by bo!',
      true,
      'offline',
    ]);
    second.type(' and me');
    expect(await second.connect()).toMatchObject({ epoch: 5, seq: 2, proof: proofOf(2) });
    second.server.say(opened({ epoch: 5, head: 2, held: 2, checkpointSeq: 2, proof: proofOf(2) }));
    const [update] = await second.updates();
    expect(textOf(...bo.updates, update!.update)).toBe('by bo! and me');
  });

  test('sends what was written offline under the ids it was written under, once, and goes on under its own (S3)', async () => {
    const first = await open();
    first.type('one ');
    await turn();
    first.type('two ');
    await turn();
    const { clientID } = first.document.doc;
    first.kill();

    const second = await open();
    expect([second.text, second.document.doc.clientID]).toEqual(['one two ', clientID + 1]);
    expect(second.document.saveState).toMatchObject({ changes: 2 });
    second.type('three');
    await second.connect();
    second.server.say(opened());
    const sent = await second.updates();
    expect(textOf(...sent.map(({ update }) => update))).toBe('one two three');
    const writtenBy = sent.flatMap(({ update }) => Y.decodeUpdate(update).structs.map(({ id }) => id.client));
    expect(new Set(writtenBy)).toEqual(new Set([clientID, clientID + 1]));
    second.server.say(saved(sent.at(-1)!.clientSeq, 3));
    expect(second.document.saveState.kind).toBe('saved');
    await keep();
    second.kill();

    const third = await open();
    expect([third.text, third.document.saveState]).toMatchObject(['one two three', { changes: 0 }]);
    expect(await third.connect()).toMatchObject({ epoch: 1, seq: 3, proof: proofOf(3) });
  });

  test('sends nothing again that was told to be saved, and all that was not', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('told ');
    const [told] = await first.updates();
    first.server.say(saved(told!.clientSeq, 1));
    await keep();
    first.type('not told');
    await turn();
    first.kill();

    const second = await open();
    await second.connect();
    second.server.say(opened({ head: 1, held: 1, checkpointSeq: 1 }));
    const sent = await second.updates();
    expect(textOf(told!.update, ...sent.map(({ update }) => update))).toBe('told not told');
    expect(textOf(...sent.map(({ update }) => update))).toBe('');
  });

  test('tells the server to tell everything when what it has is not proven', async () => {
    const bo = writer(7);
    const first = await open();
    await first.connect();
    first.server.say(opened({ head: 9 }), { ...entries(1, bo.type('half')), proof: new Uint8Array() } as never);
    await keep();
    first.kill();
    const second = await open();
    expect(second.text).toBe('half');
    expect(await second.connect()).toMatchObject({ epoch: 1, seq: 0, proof: new Uint8Array() });
  });

  test('makes one piece of many, when everything is at rest', async () => {
    const bo = writer(7);
    const page = await open();
    await page.connect();
    page.server.say(opened());
    const copied = async () => (await disk.page().read({ document: 'a', kind: 'content' })).copies[0]!;
    for (let seq = 1; seq <= 250; seq++) page.server.say(entries(seq, bo.type('x')));
    await keep();
    const copy = await copied();
    expect([copy.seq, copy.updates.length, textOf(...copy.updates)]).toEqual([250, 4, 'x'.repeat(250)]);
    for (let seq = 251; seq <= 1_247; seq++) {
      page.server.say(entries(seq, bo.type('x')));
      await keep();
    }
    await keep();
    const anew = await copied();
    expect([anew.seq, anew.updates.length, textOf(...anew.updates)]).toEqual([1_247, 1, 'x'.repeat(1_247)]);
  });

  test('has what others wrote as soon as something was typed that may build on it', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened({ head: 1 }), entries(1, writer(7).type('by bo')));
    await first.heard();
    first.type(', and me');
    first.kill();
    const second = await open();
    expect([second.document.readable, second.text]).toEqual([true, 'by bo, and me']);
  });

  test('keeps all that leaves merged, also when the newest of it stays as it was', async () => {
    const first = await open();
    // The outbox sends 64 as one.
    for (const letter of 'x'.repeat(65)) {
      first.type(letter);
      await turn();
    }
    await first.connect();
    first.server.say(opened());
    expect(await first.updates()).toHaveLength(2);
    await keep();
    first.kill();
    expect((await open()).text).toBe('x'.repeat(65));
  });

  test('keeps a day of typing as a few entries', async () => {
    const first = await open();
    for (let n = 0; n < 1000; n++) {
      first.type(`${n} `);
      await turn();
    }
    first.kill();
    const { unsent } = await disk.page().read({ document: 'a', kind: 'content' });
    expect(unsent.length).toBeLessThan(260);
    const second = await open();
    expect(second.text).toBe(first.text);
    expect(second.document.saveState).toMatchObject({ changes: 1000 });
  });
});
describe('what one may do', () => {
  test('is kept with the copy, and holds until the server says something else', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened({ head: 1, access: 0, role: 1 }), entries(1, writer(7).type('text')));
    await keep();
    first.kill();

    const second = await open();
    expect([second.text, second.document.access]).toMatchObject(['text', { role: 'reader', mayWrite: false }]);
    expect(second.document.saveState.kind).toBe('read-only');
    await second.connect();
    second.server.say(opened({ head: 1, held: 1, checkpointSeq: 1, access: 1, role: 3 }));
    expect(second.document.access).toMatchObject({ role: 'editor', mayWrite: true });
    // With nothing else to be kept.
    await keep();
    second.kill();
    expect((await open()).document.access).toMatchObject({ role: 'editor', mayWrite: true });
  });
});

describe('whose it is (S4)', () => {
  test('nobody is shown what is kept for somebody else, and it waits for whom it belongs to', async () => {
    const ann = await open('u-ann');
    ann.type('private');
    await turn();
    ann.kill();

    const page = await open('u-ann');
    expect(page.text).toBe('private');
    await page.connect({ person: 'u-ben' });
    page.server.say(opened());
    await page.heard();
    page.server.say(opened({ channel: 2 }));
    await turn();
    expect([page.text, page.document.local]).toEqual(['', 'none']);
    page.type('by ben');
    await keep();
    page.kill();
    expect((await open('u-ann')).text).toBe('private');
    expect((await open('u-ben')).text).toBe('');
  });

  test('a document can be forgotten, and is kept no more', async () => {
    const page = await open();
    page.type('for now');
    await turn();
    await page.document.forgetLocal();
    page.type(' only');
    await keep();
    expect([page.text, page.document.local, page.document.isKept]).toEqual(['for now only', 'none', false]);
    page.kill();
    expect((await open()).text).toBe('');
  });
});

describe('two tabs of one person', () => {
  test('write one copy, and neither loses what the other has unsent', async () => {
    const bo = writer(7);
    const [left, right] = [await open(), await open()];
    for (const page of [left, right]) {
      await page.connect();
      page.server.say(opened({ head: 1 }), entries(1, bo.updates[0] ?? bo.type('both ')));
    }
    await keep();
    left.server.socket.breakOff();
    right.server.socket.breakOff();
    left.type('left ');
    right.type('right ');
    await turn();
    left.kill();
    right.kill();

    const third = await open();
    expect([third.text.slice(0, 5), third.text.length]).toEqual(['both ', 'both left right '.length]);
    expect(third.document.saveState).toMatchObject({ changes: 2 });
    await third.connect();
    third.server.say(opened({ head: 1, held: 1, checkpointSeq: 1 }));
    const sent = await third.updates();
    expect(textOf(bo.updates[0]!, ...sent.map(({ update }) => update))).toBe(third.text);
    const [copy] = (await disk.page().read({ document: 'a', kind: 'content' })).copies;
    expect(copy!.updates).toHaveLength(1);
  });

  test('leave each other what they have not sent, for as long as they are there', async () => {
    const left = await open();
    left.type('from the left');
    await turn();
    const right = await open();
    expect([right.text, right.document.saveState]).toMatchObject(['', { changes: 0 }]);
    left.type('!');
    right.type('from the right');
    await turn();
    left.connection.close();
    const third = await open();
    expect([third.text, third.document.saveState]).toMatchObject(['from the left!', { changes: 2 }]);
    right.kill();
    third.kill();
    expect((await open()).document.saveState).toMatchObject({ changes: 3 });
  });
});
