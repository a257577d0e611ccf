// A browser: its store and what it remembers of its network, and the tabs that share them, one after the other or at a time.
// Each edit in a tab puts down a token. What its page once had in the store, or was told to be saved, must be in the
// document or in a draft in the end, once; of a page that lives on, everything that was written in it.

import type { SharedDocument } from '@weft/provider';
import * as Y from 'yjs';
import { MemoryDisk, type MemoryStore } from '../../packages/provider/test/memory-store.js';
import type { ChannelId } from '../../server/src/log/document-log.js';
import type { Desk } from './desk.js';
import { tokensOf } from './edits.js';
import { OPEN_PASSAGE, type Passage } from './passage.js';
import { type Surroundings, WeftPeer } from './peers.js';
import { personOf } from './persons.js';
import { SlowStore } from './slow-store.js';
import { TabLines } from './tab-lines.js';
import type { ProcessName } from './virtual-clock.js';

export class Browser {
  readonly number: number;
  readonly disk = new MemoryDisk();
  readonly lines = new TabLines();
  tabs: Tab[] = [];
  /** Tokens that may not be lost any more. */
  readonly kept = new Set<string>();
  /** What its network lets through, whether there is one, and which transport is remembered to be carried there. */
  passage: Passage = OPEN_PASSAGE;
  isReachable = true;
  /** Its store does what it is asked, soon. */
  isAtRest = false;
  readonly memory = new Map<string, string>();
  #opened = 0;

  constructor(number: number) {
    this.number = number;
  }

  /** The name of the next tab's process. */
  nextName(): ProcessName {
    this.#opened += 1;
    return `tab ${this.number}.${this.#opened}`;
  }

  /** What is safe by now is noted. */
  look(): void {
    for (const tab of this.tabs) tab.look();
  }

  /** Tokens that have to be in a document or a draft when all is at rest. */
  owed(): ReadonlySet<string> {
    this.look();
    return new Set([...this.kept, ...this.tabs.flatMap((tab) => [...tab.fresh.keys()])]);
  }

  /** Tokens in drafts: of its tabs, and in the store. */
  drafted(): ReadonlySet<string> {
    const docs = this.tabs.flatMap((tab) => tab.documents.flatMap(({ drafts }) => drafts.map(({ doc }) => doc)));
    const stored = [...this.disk.rows.values()].flatMap(({ drafts }) => [...drafts.values()]);
    for (const { state } of stored) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, state);
      docs.push(doc);
    }
    return new Set(docs.flatMap((doc) => tokensOf(doc).toArray()));
  }

  /** How much unsent text the store holds. */
  get unsent(): number {
    return [...this.disk.rows.values()].reduce((sum, { entries }) => sum + entries.size, 0);
  }
}

export class Tab extends WeftPeer {
  readonly browser: Browser;
  /** Written here and, as far as the page knows, neither kept nor saved. */
  readonly fresh = new Map<string, SharedDocument>();
  readonly #store: MemoryStore;
  #written = 0;

  constructor(name: ProcessName, documents: readonly ChannelId[], around: Surroundings, browser: Browser) {
    const store = browser.disk.page(personOf(name));
    super(name, documents, around, {
      store: new SlowStore(store, around.chance, () => !browser.isAtRest),
      BroadcastChannel: browser.lines.channelFor(name, around.network),
      fetch: around.network.http.fetchFor(name),
      memory: {
        read: (key) => browser.memory.get(key) ?? null,
        write: (key, value) => void (value === null ? browser.memory.delete(key) : browser.memory.set(key, value)),
      },
    });
    this.#store = store;
    this.browser = browser;
    browser.tabs.push(this);
  }

  write(desk: Desk): string {
    const token = `${this.name}:${this.#written}`;
    this.#written += 1;
    this.fresh.set(token, this.open.get(desk)!);
    return desk.edit(token);
  }

  look(): void {
    for (const [token, shared] of this.fresh) {
      const isSaved = shared.saveState.kind === 'saved' && tokensOf(shared.doc).toArray().includes(token);
      if (!shared.isKept && !isSaved) continue;
      this.browser.kept.add(token);
      this.fresh.delete(token);
    }
  }

  override leave(desk: Desk): void {
    this.look();
    super.leave(desk);
  }

  override close(): void {
    this.look();
    super.close();
    this.#gone();
  }

  /** The page is gone between two steps, and what it asked of the store with it. Its process is to be killed, too. */
  crash(): void {
    if (this.browser.tabs.includes(this)) this.look();
    this.#store.kill();
    this.browser.lines.killed(this.name);
    for (const desk of this.desks) desk.close();
    this.#gone();
  }

  #gone(): void {
    this.browser.tabs = this.browser.tabs.filter((tab) => tab !== this);
  }
}
