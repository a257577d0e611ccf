// A store in a browser that fails, is full or slow, and pages that end in the middle of what they write into it.

import { describe, expect, test, vi } from 'vitest';
import { entries, opened, proofOf, saved, turn, writer } from '../test/fake-server.js';
import { disk, type KeptPage, keep, open, textOf, withKeptPages } from '../test/kept-page.js';
import { FakePage } from '../test/page.js';

withKeptPages();

describe('a storage that fails', () => {
  test('is told, keeps nobody from writing and sending, and is tried again', async () => {
    disk.failure = new Error('refused');
    const page = await open();
    const states: string[] = [page.document.local];
    page.document.on('local', (state) => states.push(state));
    page.type('x');
    await page.connect();
    page.server.say(opened());
    expect(await page.updates()).toHaveLength(1);
    await turn();
    expect(page.document.isKept).toBe(false);
    disk.failure = null;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([states, page.document.isKept]).toEqual([['unavailable', 'kept'], true]);
  });

  test('is not waited for for more than three seconds', async () => {
    disk.isManual = true;
    const page = await open();
    expect(page.document.local).toBe('loading');
    expect(await page.connect()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await page.heard()).map(({ type }) => type)).toEqual(['Open']);
    expect(page.document.local).toBe('unavailable');
  });

  test('in the middle of a burst has no gap in what it kept, and is given again what it could not take', async () => {
    const page = await open();
    disk.isManual = true;
    const write = vi.spyOn(page.store, 'write');
    for (const letter of 'abcd') {
      disk.failure = 'bd'.includes(letter) ? new Error('refused') : null;
      page.type(letter);
    }
    const { entries: kept } = disk.row('', { document: 'a', kind: 'content' });
    const sizes: number[] = [];
    while (disk.step()) {
      await turn();
      sizes.push(kept.size);
    }
    expect(sizes).toEqual([1, 1, 3, 3]);
    expect([page.document.local, page.document.isKept]).toEqual(['unavailable', false]);
    disk.isManual = false;
    disk.failure = null;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([page.document.local, page.document.isKept]).toEqual(['kept', true]);
    const put = write.mock.calls.map(([, { putEntries }]) => putEntries.map(({ clientSeq }) => clientSeq));
    expect(put).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [4]]);
    page.kill();
    expect((await open()).text).toBe('abcd');
  });

  test('that does not answer is not asked for more and more, and told everything when it does', async () => {
    const page = await open();
    disk.isManual = true;
    page.type('a');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(page.document.local).toBe('unavailable');
    for (const letter of 'bcdef') page.type(letter);
    expect(disk.waiting).toHaveLength(1);
    disk.step();
    await turn();
    expect(disk.waiting).toHaveLength(1);
    disk.step();
    await turn();
    expect([page.document.local, page.document.isKept]).toEqual(['kept', true]);
    page.kill();
    disk.isManual = false;
    expect((await open()).text).toBe('abcdef');
  });

  test('that is full keeps what is unsaved, if that has room', async () => {
    disk.roomBytes = 200;
    const bo = writer(7);
    const page = await open();
    await page.connect();
    page.server.say(opened({ head: 1 }), entries(1, bo.type('y'.repeat(300))));
    await keep();
    page.type('short');
    await turn();
    expect([page.document.local, page.document.isKept]).toEqual(['kept', true]);
    page.type('z'.repeat(300));
    await turn();
    expect([page.document.local, page.document.isKept]).toEqual(['full', false]);
    disk.roomBytes = 2_000;
    page.type('!');
    await turn();
    expect([page.document.local, page.document.isKept]).toEqual(['kept', true]);
    page.kill();

    // What was written builds on text that is not here: it is shown once the server has told the rest.
    const again = await open();
    expect([again.document.readable, again.document.saveState]).toMatchObject([false, { changes: 3 }]);
    expect(await again.connect()).toMatchObject({ epoch: 1, seq: 0 });
    again.server.say(opened({ head: 1 }), entries(1, bo.updates[0]!));
    expect(again.text).toBe(`${'y'.repeat(300)}short${'z'.repeat(300)}!`);
    expect((await again.updates()).length).toBeGreaterThan(0);
  });
});

describe('a store that answers when nobody waits for it any more', () => {
  /** The server's document, and a page that left something unsent in it. */
  async function leaveBehind(epoch = 1) {
    const bo = writer(7);
    const first = await open();
    await first.connect();
    first.server.say(opened({ head: 1, epoch }), entries(1, bo.type('by bo')));
    await keep();
    first.type(', unsent');
    first.kill();
    return bo;
  }

  /** A page that has begun without what was kept. */
  async function openWithout(): Promise<KeptPage> {
    disk.isManual = true;
    const page = await open();
    await vi.advanceTimersByTimeAsync(3_000);
    disk.isManual = false;
    expect([page.document.local, page.document.readable]).toEqual(['unavailable', false]);
    return page;
  }

  async function answer(): Promise<void> {
    while (disk.step()) await turn();
    await turn();
  }

  test('is what the document goes on from, if the server has not told another by then', async () => {
    const bo = await leaveBehind();
    const page = await openWithout();
    page.type('Meanwhile. ');
    await answer();
    expect([page.document.readable, page.document.local, page.document.saveState]).toMatchObject([
      true,
      'kept',
      { changes: 2 },
    ]);
    expect([...page.text].toSorted()).toEqual([...'Meanwhile. by bo, unsent'].toSorted());
    expect(await page.connect()).toMatchObject({ epoch: 1, seq: 1, proof: proofOf(1) });
    page.server.say(opened({ head: 1, held: 1, checkpointSeq: 1 }));
    const sent = await page.updates();
    expect(textOf(bo.updates[0]!, ...sent.map(({ update }) => update))).toBe(page.text);
    page.kill();
    expect((await open()).document.saveState).toMatchObject({ changes: 2 });
  });

  test('has its unsent text written into what the server told, and sent', async () => {
    const bo = await leaveBehind();
    const page = await openWithout();
    await page.connect();
    page.server.say(opened({ head: 1 }), entries(1, bo.updates[0]!));
    expect([page.text, page.document.saveState.kind]).toEqual(['by bo', 'saved']);
    await answer();
    expect([page.text, page.document.saveState]).toMatchObject(['by bo, unsent', { kind: 'saving', changes: 1 }]);
    const sent = await page.updates();
    page.server.say(saved(sent.at(-1)!.clientSeq, 2));
    await keep();
    page.kill();
    const next = await open();
    expect([next.text, next.document.drafts, next.document.saveState]).toMatchObject([
      'by bo, unsent',
      [],
      { changes: 0 },
    ]);
  });

  test('has its unsent text kept as a draft when the server has another document by now', async () => {
    await leaveBehind();
    const page = await openWithout();
    await page.connect();
    page.server.say(opened({ epoch: 2, head: 1 }), entries(1, writer(8).type('anew')));
    await answer();
    expect([page.text, page.document.drafts.map(({ doc }) => doc.getText('t').toString())]).toEqual([
      'anew',
      ['by bo, unsent'],
    ]);
    await keep();
    page.kill();
    const next = await open();
    expect([next.text, next.document.drafts.length, next.document.saveState]).toMatchObject([
      'anew',
      1,
      { changes: 0 },
    ]);
  });

  test('waits for the document it knows of when the page has not heard of that yet', async () => {
    const bo = await leaveBehind(2);
    const page = await openWithout();
    await page.connect();
    page.server.say(opened({ epoch: 1, head: 0 }));
    await answer();
    expect([page.text, page.document.drafts]).toEqual(['', []]);
    page.server.socket.breakOff();
    page.connection.retryNow();
    await page.connect();
    page.server.say(opened({ epoch: 2, head: 1 }));
    await page.heard();
    page.server.say(opened({ epoch: 2, head: 1 }), entries(1, bo.updates[0]!));
    expect([page.text, page.document.drafts]).toEqual(['by bo, unsent', []]);
    expect(await page.updates()).toHaveLength(1);
  });

  test('is of no interest any more once somebody else has signed in', async () => {
    const bo = await leaveBehind(2);
    const page = await openWithout();
    await page.connect();
    page.server.say(opened({ epoch: 1, head: 0 }));
    // It is of a document that the page has not heard of yet, and waits for that.
    await answer();
    page.server.socket.breakOff();
    page.connection.retryNow();
    await page.connect({ person: 'u-bea' });
    page.server.say(opened({ epoch: 2, head: 1 }));
    await page.heard();
    page.server.say(opened({ epoch: 2, head: 1, channel: 2 }), { ...entries(1, bo.updates[0]!), channel: 2 } as never);
    await turn();
    expect([page.text, page.document.drafts, page.document.local]).toEqual(['by bo', [], 'none']);
    expect(page.document.saveState).toMatchObject({ kind: 'saved' });
    page.kill();
    expect((await open()).text).toBe('by bo, unsent');
  });

  test('keeps what it had where there is no room for what takes its place', async () => {
    const bo = await leaveBehind();
    const page = await openWithout();
    await page.connect();
    page.server.say(opened({ head: 1 }), entries(1, bo.updates[0]!));
    disk.roomBytes = 0;
    await answer();
    expect([page.text, page.document.local]).toEqual(['by bo, unsent', 'full']);
    await keep();
    page.kill();
    disk.roomBytes = Number.POSITIVE_INFINITY;
    expect((await open()).text).toBe('by bo, unsent');
  });

  test('is read again when it refused, and takes something now', async () => {
    await leaveBehind();
    disk.failure = new Error('refused');
    const page = await open();
    expect(page.document.local).toBe('unavailable');
    disk.failure = null;
    page.type('Now. ');
    await turn();
    expect([page.document.local, page.document.saveState]).toMatchObject(['kept', { changes: 2 }]);
    expect(page.text).toContain(', unsent');
  });

  test('is of no interest any more once the document is closed', async () => {
    await leaveBehind();
    const page = await openWithout();
    page.document.close();
    await answer();
    expect(page.text).toBe('');
    expect((await open()).text).toBe('by bo, unsent');
  });
});

describe('a page that may be gone in a moment', () => {
  test('has all that is typed on its way into the store, whatever is still being written there', async () => {
    const page = await open();
    await page.connect();
    page.server.say(opened());
    await keep();
    disk.isManual = true;
    for (const letter of 'burst') {
      page.type(letter);
      await turn();
    }
    expect(disk.waiting).toHaveLength('burst'.length);
    while (disk.step());
    // Before it has heard of any of it.
    page.kill();
    disk.isManual = false;
    expect((await open()).text).toBe('burst');
  });

  test('keeps the rest of what it knows, too, and lets what was typed go when it is saved', async () => {
    const window = FakePage.install();
    const page = await open();
    await page.connect();
    page.server.say(opened({ head: 1 }), entries(1, writer(7).type('by bo')));
    disk.isManual = true;
    page.type('first ');
    page.type('last');
    const typed = disk.waiting.length;
    window.hide();
    expect(disk.waiting).toHaveLength(typed + 1);
    while (disk.step());
    const { entries: kept, copies } = disk.row('', { document: 'a', kind: 'content' });
    expect(textOf(...copies.get(1)!.updates, ...[...kept.values()].map(({ update }) => update))).toBe(page.text);
    const sent = await page.updates();
    page.server.say(saved(sent.at(-1)!.clientSeq, 2));
    disk.isManual = false;
    await keep();
    expect(kept.size).toBe(0);
    vi.unstubAllGlobals();
  });
});
