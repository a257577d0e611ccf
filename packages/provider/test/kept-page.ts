// Pages of one browser before scripted servers, with what the browser keeps: opened, killed and opened again. Made anew for
// each test. Whoever calls `withKeptPages` gets fake timers; a test that leaves one alive after its pages are closed fails.

import type { ClientMessage, Message } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import * as Y from 'yjs';
import type { Connection } from '../src/connection.js';
import type { SharedDocument } from '../src/shared-document.js';
import { FakeServer, turn, welcome } from './fake-server.js';
import { MemoryDisk, type MemoryStore } from './memory-store.js';

export let disk: MemoryDisk;
let pages: KeptPage[];
let clientId: number;
let gen: prng.PRNG;

export const newClientId = (): number => ++clientId;

/** One tab with one document. */
export class KeptPage {
  readonly server = new FakeServer();
  readonly store: MemoryStore;
  readonly connection: Connection;
  readonly document: SharedDocument;

  constructor(person = '') {
    this.store = disk.page(person);
    this.connection = this.server.connect({ store: this.store, random: () => prng.real53(gen) });
    this.document = this.connection.open('a', { clientId: newClientId });
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

export async function open(person?: string): Promise<KeptPage> {
  const page = new KeptPage(person);
  await turn();
  return page;
}

/** Everything that waits to be kept is. */
export const keep = () => vi.advanceTimersByTimeAsync(1_500);

export const textOf = (...updates: Uint8Array[]): string => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
};

/** For every test of the file that calls it. */
export function withKeptPages(): void {
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
}
