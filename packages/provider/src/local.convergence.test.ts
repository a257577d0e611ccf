// Random pages against a model of the server, and the stores of their browsers: pages are killed between any two steps, a
// write among them, and opened again; two of them share a browser, and tell each other what is not saved. Beside all that the server
// does as in the convergence test.
// At rest everybody has what is on disk, and everything that was once kept or saved is there or in a draft.

import * as prng from 'lib0/prng';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as Y from 'yjs';
import { FakeServer, turn } from '../test/fake-server.js';
import { MemoryDisk, type MemoryStore } from '../test/memory-store.js';
import { ModelServer } from '../test/model-server.js';
import { TabHub, type TabPage } from '../test/tab-hub.js';
import type { Connection } from './connection.js';
import type { SharedDocument } from './shared-document.js';

const STEPS = 300;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

class Page {
  readonly net = new FakeServer();
  readonly store: MemoryStore;
  readonly tab: TabPage;
  readonly connection: Connection;
  readonly document: SharedDocument;
  /** Written and not yet known to be kept or saved. */
  readonly fresh = new Set<string>();

  constructor(disk: MemoryDisk, hub: TabHub, gen: prng.PRNG, clientId: () => number) {
    this.store = disk.page();
    this.tab = hub.page();
    const { BroadcastChannel } = this.tab;
    this.connection = this.net.connect({ store: this.store, BroadcastChannel, random: () => prng.real53(gen) });
    this.document = this.connection.open('a', { clientId });
  }

  get docs(): readonly Y.Doc[] {
    return [this.document.doc, ...this.document.drafts.map(({ doc }) => doc)];
  }
}

/** One browser window: a page, and the next one in its place. */
class Window {
  page: Page;
  readonly disk: MemoryDisk;
  readonly hub: TabHub;
  /** Everything written here that must not be lost. */
  readonly kept = new Set<string>();
  readonly #name: string;
  readonly #gen: prng.PRNG;
  readonly #clientId: () => number;
  #count = 0;

  constructor(name: string, disk: MemoryDisk, hub: TabHub, gen: prng.PRNG, clientId: () => number) {
    this.#name = name;
    this.disk = disk;
    this.hub = hub;
    this.#gen = gen;
    this.#clientId = clientId;
    this.page = new Page(disk, hub, gen, clientId);
  }

  write(): void {
    const { doc } = this.page.document;
    const text = doc.getText('t');
    const token = `${this.#name}${this.#count}`;
    this.#count += 1;
    doc.transact(() => {
      doc.getMap('tokens').set(token, 1);
      doc.getArray('all').push([token]);
      const at = prng.int32(this.#gen, 0, text.length);
      if (prng.bool(this.#gen)) text.insert(at, `${token} `);
      else text.delete(at, Math.min(prng.int32(this.#gen, 0, 4), text.length - at));
    });
    this.page.fresh.add(token);
  }

  look(): void {
    const { document, fresh } = this.page;
    const isSaved = document.saveState.kind === 'saved';
    for (const token of fresh) {
      // What is not in the document any more is in a draft.
      if (!document.isKept && !(isSaved && document.doc.getMap('tokens').has(token))) continue;
      this.kept.add(token);
      fresh.delete(token);
    }
  }

  /** The page is gone between two steps, and opened again. */
  reload(): void {
    this.page.store.kill();
    this.page.tab.kill();
    this.page.net.socket.breakOff();
    this.page.connection.close();
    this.page = new Page(this.disk, this.hub, this.#gen, this.#clientId);
  }
}

const contentOf = (doc: Y.Doc) => ({
  text: doc.getText('t').toString(),
  tokens: doc.getMap('tokens').toJSON(),
  all: doc.getArray<string>('all').toJSON() as string[],
});

interface Troubles {
  readonly refuses?: boolean;
  readonly storageFails?: boolean;
}

async function story(seed: number, { refuses = false, storageFails = false }: Troubles): Promise<void> {
  const gen = prng.create(seed);
  const server = new ModelServer();
  let lastId = prng.uint32(gen, 1, 0x7fffffff);
  const clientId = () => ++lastId;
  const disks = [new MemoryDisk(), new MemoryDisk()];
  const hubs = [new TabHub(), new TabHub()];
  const windows = [0, 1, 1].map((at, index) => new Window('abc'[index]!, disks[at]!, hubs[at]!, gen, clientId));
  for (const disk of disks) disk.isManual = true;
  const connectAll = () => {
    for (const { page } of windows) {
      const isKnown = server.sessions.some(({ socket }) => socket === page.net.socket);
      if (!isKnown && !page.net.socket.isOver) server.connect(page.net.socket);
    }
  };
  const chance = (percent: number) => prng.real53(gen) * 100 < percent;
  const refuseOrReplace = () => {
    if (chance(18)) server.nextAnswer = 'Refused';
    else if (chance(15)) server.replace();
  };

  for (let step = 0; step < STEPS; step++) {
    if (!chance(30)) connectAll();
    const window = prng.oneOf(gen, windows);
    const session = server.sessions.find(({ socket }) => socket === window.page.net.socket);
    if (chance(25)) window.write();
    else if (chance(30)) window.disk.step();
    else if (chance(24)) window.page.tab.deliver();
    else if (session && chance(60)) server.deliver(session, prng.bool(gen) ? 'toServer' : 'toClient');
    else if (chance(50)) server.commit();
    else if (chance(40)) await vi.advanceTimersByTimeAsync(prng.int32(gen, 1, 1_500));
    else if (chance(15)) window.reload();
    else if (session && chance(20)) server.disconnect(session);
    else if (chance(10)) server.crash();
    else if (chance(20)) server.nextAnswer = prng.bool(gen) ? 'Busy' : 'Resync';
    else if (refuses) refuseOrReplace();
    if (storageFails && chance(3)) {
      window.disk.failure = chance(50)
        ? null
        : new DOMException('No.', chance(50) ? 'QuotaExceededError' : 'UnknownError');
    }
    if (chance(2)) window.page.document.acknowledgeRefusal();
    await turn();
    for (const each of windows) each.look();
  }

  server.nextAnswer = null;
  for (const disk of disks) disk.failure = null;
  for (let round = 0; round < 110; round++) {
    // A page that was never looked at again would never send what is kept in its browser.
    if (round === 40) for (const window of windows) window.reload();
    connectAll();
    for (const session of [...server.sessions]) {
      while (server.deliver(session, 'toServer') || server.deliver(session, 'toClient')) await turn();
    }
    server.commit();
    for (const disk of disks) while (disk.step()) await turn();
    for (const hub of hubs) hub.deliverAll();
    await vi.advanceTimersByTimeAsync(500);
    for (const each of windows) each.look();
  }

  const onDisk = contentOf(server.doc);
  expect(onDisk.all.filter((token, at) => onDisk.all.indexOf(token) !== at)).toEqual([]);
  for (const { page, kept, disk } of windows) {
    const { document, connection } = page;
    document.acknowledgeRefusal();
    expect([connection.status.kind, document.saveState.kind]).toEqual(['connected', 'saved']);
    expect(contentOf(document.doc)).toEqual(onDisk);
    if (!refuses) expect(document.drafts).toEqual([]);
    const docs = windows.filter((other) => other.disk === disk).flatMap((other) => other.page.docs);
    for (const token of kept) {
      if (!docs.some((doc) => doc.getMap('tokens').has(token))) {
        expect.unreachable(`${token} was kept, and is neither in the document nor in a draft`);
      }
    }
  }
  for (const window of windows) {
    // What the browser keeps is what the server has, and nothing is left to be sent.
    window.reload();
    for (const disk of disks) while (disk.step()) await turn();
    expect(contentOf(window.page.document.doc)).toEqual(onDisk);
    expect(window.page.document.saveState).toMatchObject({ kind: 'offline', changes: 0 });
  }
  for (const { page } of windows) page.connection.close();
  expect(vi.getTimerCount()).toBe(0);
}

test.each(Array.from({ length: 40 }, (_, i) => 1 + i))(
  'S4: seed %i: what was kept when a page was killed is saved once it is opened again, once',
  (seed) => story(seed, {}),
);

test.each(Array.from({ length: 40 }, (_, i) => 1001 + i))(
  'S2: seed %i: with refusals and new epochs it is saved or in a draft',
  (seed) => story(seed, { refuses: true }),
);

test.each(Array.from({ length: 20 }, (_, i) => 2001 + i))(
  'seed %i: where storage fails, what it was told to have is saved all the same',
  (seed) => story(seed, { storageFails: true }),
);
