// Tabs of one browser before servers of their own: what one has and the server does not, the others have at once (S4).

import type { ClientMessage, Message } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, FakeServer, opened, saved, turn, welcome, writer } from '../test/fake-server.js';
import { MemoryDisk, type MemoryStore } from '../test/memory-store.js';
import { TabHub, type TabPage } from '../test/tab-hub.js';
import type { Connection } from './connection.js';
import type { SharedDocument } from './shared-document.js';
import { fits } from './tab-text.js';

let disk: MemoryDisk;
let hub: TabHub;
let tabs: Tab[];
let clientId: number;

class Tab {
  readonly server = new FakeServer();
  readonly store: MemoryStore;
  readonly page: TabPage;
  readonly connection: Connection;
  readonly document: SharedDocument;

  constructor(person: string) {
    this.store = disk.page(person);
    this.page = hub.page();
    const { BroadcastChannel } = this.page;
    this.connection = this.server.connect({ store: this.store, BroadcastChannel });
    this.document = this.connection.open('a', { clientId: () => ++clientId });
    tabs.push(this);
  }

  get text(): string {
    return this.document.doc.getText('t').toString();
  }

  type(words: string, at = this.text.length): void {
    this.document.doc.getText('t').insert(at, words);
  }

  async join(fields: Parameters<typeof opened>[0] = {}, ...more: ReturnType<typeof entries>[]): Promise<void> {
    await turn();
    this.server.socket.open();
    await turn();
    this.server.say(welcome({ person: this.store.person }), opened(fields), ...more);
    await turn();
  }

  goOffline(): void {
    this.server.socket.breakOff();
  }

  async updates(): Promise<Message<ClientMessage, 'Update'>[]> {
    return (await this.server.heard()).filter((message) => message.type === 'Update');
  }

  kill(): void {
    this.store.kill();
    this.page.kill();
    this.server.socket.breakOff();
    this.connection.close();
  }
}

async function open(person = 'u-ann'): Promise<Tab> {
  const tab = new Tab(person);
  await turn();
  hub.deliverAll();
  return tab;
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  hub.deliverAll();
}

const textOf = (updates: readonly { readonly update: Uint8Array }[]): string => {
  const doc = new Y.Doc();
  for (const { update } of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  disk = new MemoryDisk();
  hub = new TabHub();
  tabs = [];
  clientId = 100;
});

afterEach(() => {
  for (const { connection } of tabs) connection.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(tabs.flatMap(({ page }) => [...page.open])).toEqual([]);
  vi.useRealTimers();
});

describe('offline', () => {
  test('two tabs see each other’s text at once, and each knows that it is not saved', async () => {
    const [one, two] = [await open(), await open()];
    one.type('from one, ');
    await pass(50);
    expect([two.text, two.document.saveState]).toEqual(['from one, ', { kind: 'offline', changes: 1 }]);
    two.type('from two');
    two.type('!');
    await pass(50);
    expect([one.text, one.document.saveState]).toEqual(['from one, from two!', { kind: 'offline', changes: 3 }]);
    one.document.doc.getText('t').delete(0, 5);
    await pass(50);
    expect([two.text, two.document.saveState]).toMatchObject(['one, from two!', { changes: 4 }]);
  });

  test('nobody tells again what somebody told', async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    one.type('x');
    await vi.advanceTimersByTimeAsync(50);
    expect([two.page.waiting.length, three.page.waiting.length, one.page.waiting.length]).toEqual([1, 1, 0]);
    hub.deliverAll();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(tabs.map(({ page }) => page.waiting.length)).toEqual([0, 0, 0]);
  });

  test('a tab that is opened shows what the open ones have not sent', async () => {
    const one = await open();
    one.type('not sent');
    await pass(50);
    const two = await open();
    expect([two.text, two.document.saveState]).toEqual(['not sent', { kind: 'offline', changes: 1 }]);
  });

  test('a tab that lacks what the other builds on asks for it', async () => {
    const bo = writer(7);
    const [one, two] = [await open(), await open()];
    await one.join({ head: 1 }, entries(1, bo.type('by bo ')));
    await two.join({ head: 1 }, entries(1, bo.updates[0]!));
    one.server.say(entries(2, bo.type('and more ')));
    one.goOffline();
    two.goOffline();
    one.type('by one');
    await pass(50);
    expect(two.text).toBe('by bo and more by one');
    expect(two.document.doc.store.pendingStructs).toBeNull();
  });

  test('text of another person, or of another epoch, is not taken', async () => {
    const [one, other, replaced] = [await open(), await open('u-bo'), await open()];
    await one.join();
    await replaced.join({ epoch: 2 });
    for (const tab of [one, replaced]) tab.goOffline();
    one.type('by one');
    await pass(50);
    expect([other.text, replaced.text]).toEqual(['', '']);
  });

  test('where one may only read nothing is taken', async () => {
    const [one, reader] = [await open(), await open()];
    await reader.join({ access: 0, role: 1 });
    one.type('by one');
    await pass(50);
    expect([reader.text, reader.document.drafts]).toEqual(['', []]);
  });
});

describe('with a connection', () => {
  test('what is saved within a second goes by the server alone', async () => {
    const [one, two] = [await open(), await open()];
    await one.join();
    await two.join();
    one.type('x');
    await pass(900);
    expect(two.text).toBe('');
    one.server.say(saved(1, 1));
    await pass(5_000);
    expect(two.text).toBe('');
    expect(tabs.map(({ page }) => page.waiting.length)).toEqual([0, 0]);
  });

  test('what a silent server does not save within a second is told, and another tab’s connection brings it there', async () => {
    const [one, two] = [await open(), await open()];
    await one.join();
    await two.join();
    await two.updates();
    one.type('x');
    await pass(1_000);
    expect(two.text).toBe('x');
    const sent = await two.updates();
    expect(textOf(sent)).toBe('x');
    two.server.say(saved(sent.at(-1)!.clientSeq, 1));
    expect(two.document.saveState.kind).toBe('saved');
    // Whoever wrote it goes by what the server says to them.
    expect(one.document.saveState.kind).toBe('saving');
  });

  test('both send what was written offline, under the ids it was written under', async () => {
    const [one, two] = [await open(), await open()];
    one.type('one ');
    await pass(50);
    two.type('two');
    await pass(50);
    await one.join();
    await two.join();
    const [byOne, byTwo] = [await one.updates(), await two.updates()];
    expect([textOf(byOne), textOf(byTwo)]).toEqual(['one two', 'one two']);
    const writers = byTwo.flatMap(({ update }) => Y.decodeUpdate(update).structs.map(({ id }) => id.client));
    expect(new Set(writers)).toEqual(new Set([one.document.doc.clientID, two.document.doc.clientID]));
  });
});

describe('a tab that ends', () => {
  test('killed, it loses nothing that the other had heard', async () => {
    const [one, two] = [await open(), await open()];
    one.type('kept');
    await pass(50);
    one.kill();
    await two.join();
    expect(textOf(await two.updates())).toBe('kept');
  });

  test('closed offline, it leaves its last words to the other', async () => {
    const [one, two] = [await open(), await open()];
    one.type('last');
    one.connection.close();
    hub.deliverAll();
    expect(two.text).toBe('last');
  });

  test('frozen, it costs the other nothing, and has everything when it wakes', async () => {
    const [one, two] = [await open(), await open()];
    one.type('one ');
    await pass(50);
    one.page.isFrozen = true;
    two.type('two ');
    await pass(50);
    await two.join();
    expect(textOf(await two.updates())).toBe('one two ');
    one.page.isFrozen = false;
    hub.deliverAll();
    expect(one.text).toBe('one two ');
  });

  test('who turns out to be somebody else hears nothing more', async () => {
    const [one, two] = [await open(), await open()];
    await turn();
    two.server.socket.open();
    await turn();
    two.server.say(welcome({ person: 'u-bo' }));
    await turn();
    one.type('for ann alone');
    await pass(50);
    expect(two.text).toBe('');
  });
});

test('an update fits where everything is that it builds on', () => {
  const [ann, bo] = [writer(1), writer(2)];
  const first = ann.type('a');
  Y.applyUpdate(bo.doc, first);
  const second = bo.type('b');
  const third = bo.type('c');
  const all = Y.encodeStateVector(bo.doc);
  const holding = (...updates: Uint8Array[]): Y.Doc => {
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    return doc;
  };
  const updates = [{ update: second }, { update: third }];
  expect(fits(updates, all, holding(first))).toBe(true);
  expect(fits(updates, all, holding())).toBe(false);
  expect(fits(updates.slice(1), all, holding(first))).toBe(false);
  expect(fits(updates.slice(1), all, holding(first, second))).toBe(true);
  expect(fits(updates.slice(0, 1), all, holding(first))).toBe(false);
  // Merged over a hole that Yjs would wait for.
  const holed = Y.mergeUpdates([first, Y.diffUpdate(third, Y.encodeStateVector(holding(first, second)))]);
  expect(fits([{ update: holed }], all, holding())).toBe(false);
});
