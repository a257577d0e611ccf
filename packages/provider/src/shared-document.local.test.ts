// What is kept beyond the page: pages of one browser are opened, killed and opened again before a scripted server.

import { type ClientMessage, CloseCode, type Message, type ServerMessage } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, FakeServer, opened, proofOf, saved, turn, welcome, writer } from '../test/fake-server.js';
import { MemoryDisk, type MemoryStore } from '../test/memory-store.js';
import { FakePage } from '../test/page.js';
import type { Connection } from './connection.js';
import type { Draft } from './drafts.js';
import type { SharedDocument } from './shared-document.js';

let disk: MemoryDisk;
let pages: Page[];
let clientId: number;
let gen: prng.PRNG;

/** One tab with one document. */
class Page {
  readonly server = new FakeServer();
  readonly store: MemoryStore;
  readonly connection: Connection;
  readonly document: SharedDocument;

  constructor(person = '') {
    this.store = disk.page(person);
    this.connection = this.server.connect({ store: this.store, random: () => prng.real53(gen) });
    this.document = this.connection.open('a', { clientId: () => ++clientId });
    pages.push(this);
  }

  get text(): string {
    return this.document.doc.getText('t').toString();
  }

  type(words: string): void {
    this.document.doc.getText('t').insert(this.text.length, words);
  }

  /** Nothing of what it was about to do happens any more, on the wire and on the disk. */
  kill(): void {
    this.store.kill();
    this.server.socket.breakOff();
    this.connection.close();
  }

  async heard(): Promise<ClientMessage[]> {
    return (await this.server.heard()).filter(({ type }) => type !== 'Presence');
  }

  /** Connects; returns the Open, or undefined when there is none. */
  async connect(fields: Parameters<typeof welcome>[0] = {}): Promise<Message<ClientMessage, 'Open'> | undefined> {
    await turn();
    this.server.socket.open();
    const first = await this.heard();
    this.server.say(welcome(fields));
    return [...first, ...(await this.heard())].find((message) => message.type === 'Open');
  }

  async updates(): Promise<Message<ClientMessage, 'Update'>[]> {
    return (await this.heard()).filter((message) => message.type === 'Update');
  }
}

async function open(person?: string): Promise<Page> {
  const page = new Page(person);
  await turn();
  return page;
}

/** Everything that waits to be kept is. */
const keep = () => vi.advanceTimersByTimeAsync(1_500);

const textOf = (...updates: Uint8Array[]): string => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  disk = new MemoryDisk();
  pages = [];
  clientId = 100;
  gen = prng.create(1);
});

afterEach(() => {
  for (const { connection } of pages) connection.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

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

describe('what must not be lost', () => {
  test('is kept in the turn in which it was typed', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    await turn();
    first.type('x');
    first.kill();
    const second = await open();
    expect([second.text, second.document.isKept]).toEqual(['x', true]);
  });

  test('is a draft that outlives the page, when the document was replaced meanwhile', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('mine');
    const [update] = await first.updates();
    first.server.say(saved(update!.clientSeq, 1));
    await keep();
    first.type(' and unsent');
    await turn();
    first.kill();

    const second = await open();
    await second.connect();
    second.server.say(opened({ epoch: 2 }));
    await second.heard();
    second.server.say(opened({ epoch: 2, channel: 2 }));
    await turn();
    expect([second.text, second.document.drafts.length]).toEqual(['', 1]);
    second.kill();

    const third = await open();
    expect(third.text).toBe('');
    expect(third.document.drafts.map(({ doc }) => doc.getText('t').toString())).toEqual(['mine and unsent']);
    expect(third.document.saveState).toMatchObject({ changes: 0 });
    third.document.dismissDraft(third.document.drafts[0]!);
    third.kill();
    expect((await open()).document.drafts).toEqual([]);
  });

  test('is a draft, too, when another page has the newer document already', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('old base');
    const [update] = await first.updates();
    first.server.say(saved(update!.clientSeq, 1));
    await keep();
    const second = await open();
    first.server.socket.breakOff();
    first.type(', old text');
    await turn();
    first.kill();
    await second.connect();
    second.server.say(opened({ epoch: 2 }));
    await second.heard();
    second.server.say(opened({ epoch: 2, channel: 2 }));
    await keep();
    second.kill();

    const third = await open();
    expect([third.text, third.document.saveState]).toMatchObject(['', { changes: 0 }]);
    const drafts = third.document.drafts.map(({ doc }) => doc.getText('t').toString());
    expect(drafts).toContain('old base, old text');
    await keep();
    third.kill();
    await open();
    await keep();
    const { copies, unsent } = await disk.page().read({ document: 'a', kind: 'content' });
    expect([copies.map(({ epoch }) => epoch), unsent]).toEqual([[2], []]);
  });

  test('is a draft when it is refused, also after the page was killed in the middle of that (S2)', async () => {
    const first = await open();
    await first.connect();
    first.server.say(opened());
    first.type('too much');
    const [update] = await first.updates();
    first.server.say({
      type: 'Refused',
      channel: 1,
      clientSeq: update!.clientSeq,
      code: 'cannot-merge',
      reason: 'No.',
    });
    await turn();
    expect(first.document.drafts).toHaveLength(1);
    first.kill();

    const second = await open();
    await second.connect();
    second.server.say(opened());
    const [again] = await second.updates();
    second.server.say({
      type: 'Refused',
      channel: 1,
      clientSeq: again!.clientSeq,
      code: 'cannot-merge',
      reason: 'No.',
    });
    await second.heard();
    second.server.say(opened({ channel: 2 }));
    await turn();
    second.kill();
    const third = await open();
    expect([third.text, third.document.drafts.map(({ reason }) => reason)]).toEqual(['', ['No.']]);
    expect(third.document.saveState).toMatchObject({ changes: 0 });
  });

  test('stays as a draft when access is lost, and nothing else does (S4)', async () => {
    const page = await open();
    await page.connect();
    page.server.say(opened());
    page.type('saved');
    const [update] = await page.updates();
    page.server.say(saved(update!.clientSeq, 1));
    await keep();
    page.type(' and not');
    await page.heard();
    page.server.say({ type: 'Closed', ref: 0, channel: 1, code: CloseCode.NoAccess, reason: 'Not any more.' });
    page.kill();
    const { copies, unsent, drafts } = await disk.page().read({ document: 'a', kind: 'content' });
    expect([copies, unsent]).toEqual([[], []]);
    expect(drafts.map(({ state }) => textOf(state))).toEqual(['saved and not']);
  });
});

describe('a draft', () => {
  /** A page on which "mine" was refused, and that goes on with "both ", which is what the server has. */
  async function refusedPage(): Promise<{ page: Page; draft: Draft; shared: Uint8Array }> {
    const page = await open();
    await page.connect();
    const shared = writer(7).type('both ');
    page.server.say(opened({ head: 1 }), entries(1, shared));
    page.type('mine');
    await page.updates();
    page.server.say({ type: 'Refused', channel: 1, clientSeq: 1, code: 'cannot-merge', reason: 'No.' });
    await page.heard();
    page.server.say(opened({ channel: 2, head: 1 }), { ...entries(1, shared), channel: 2 } as ServerMessage);
    page.document.acknowledgeRefusal();
    await keep();
    return { page, draft: page.document.drafts[0]!, shared };
  }

  const storedDrafts = async () => (await disk.page().read({ document: 'a', kind: 'content' })).drafts;

  test('is put back as if it were typed now, and leaves the store when it is kept as unsaved text', async () => {
    const { page, draft, shared } = await refusedPage();
    expect([page.text, textOf(Y.encodeStateAsUpdate(draft.doc))]).toEqual(['both ', 'both mine']);
    expect(page.document.bringIn(draft.doc)).toBe('written');
    page.document.dismissDraft(draft);
    expect([page.text, page.document.saveState]).toMatchObject(['both mine', { kind: 'saving', changes: 1 }]);
    const [update] = await page.updates();
    expect(textOf(shared, update!.update)).toBe('both mine');
    const authors = Y.decodeUpdate(update!.update).structs.map(({ id }) => id.client);
    expect(authors).not.toContain(draft.doc.clientID);
    page.kill();
    const again = await open();
    expect([again.document.drafts, again.document.saveState]).toMatchObject([[], { changes: 1 }]);
  });

  test('has nothing new once it was put back, and does not fit where what it builds on is not', async () => {
    const { page, draft, shared } = await refusedPage();
    const blank = page.connection.open('blank', { clientId: () => ++clientId });
    await turn();
    expect(() => blank.bringIn(draft.doc)).toThrow('"blank"');
    await page.heard();
    page.server.say(opened({ ref: 3, channel: 3 }));
    const inBlank = () => blank.doc.getText('t').toString();
    expect([blank.bringIn(draft.doc), inBlank()]).toEqual(['written', 'both mine']);

    // The same words, as an import has them, are other text; and text without what it stands in is none.
    const imported = writer(8);
    imported.type('both mine');
    expect(page.document.bringIn(imported.doc)).toBe('does-not-fit');
    const part = new Y.Doc();
    Y.applyUpdate(part, shared);
    const later = writer(8);
    later.type('gone');
    later.type(' on it');
    Y.applyUpdate(part, later.updates[1]!);
    expect([page.document.bringIn(part), page.text]).toEqual(['does-not-fit', 'both ']);
    const same = new Y.Doc();
    Y.applyUpdate(same, Y.encodeStateAsUpdate(page.document.doc));
    expect([page.document.bringIn(same), page.document.saveState.kind]).toEqual(['nothing-new', 'saved']);
  });

  test('that was dismissed can be taken back', async () => {
    const { page, draft } = await refusedPage();
    page.document.dismissDraft(draft);
    await keep();
    expect([page.document.drafts, await storedDrafts()]).toEqual([[], []]);
    page.document.takeBackDraft(draft);
    page.document.takeBackDraft(draft);
    await keep();
    expect([page.document.drafts, await storedDrafts()]).toMatchObject([[draft], [{ id: draft.id }]]);
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

describe('a page that may be gone in a moment', () => {
  test('keeps what is typed last beside the write before, and lets it go when it is saved', async () => {
    const window = FakePage.install();
    const page = await open();
    await page.connect();
    page.server.say(opened());
    disk.isManual = true;
    page.type('first ');
    await turn();
    page.type('last');
    await turn();
    expect(disk.waiting).toHaveLength(1);
    window.hide();
    await turn();
    expect(disk.waiting).toHaveLength(2);
    while (disk.step());
    const { entries: kept } = disk.row('', { document: 'a', kind: 'content' });
    expect(textOf(...[...kept.values()].map(({ update }) => update))).toBe('first last');
    const sent = await page.updates();
    page.server.say(saved(sent.at(-1)!.clientSeq, 2));
    disk.isManual = false;
    while (disk.step()) await turn();
    await keep();
    expect(kept.size).toBe(0);
    vi.unstubAllGlobals();
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
