// Random writers against a model of the server: connections break, the server crashes, asks to wait, refuses, begins a
// new epoch, or loses what it had, lets somebody only read for a while, or finds a client id to be somebody else's. At rest everybody has what is on disk, and everything ever written is there or in a draft.

import * as prng from 'lib0/prng';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as Y from 'yjs';
import { FakeServer, turn } from '../test/fake-server.js';
import { ModelServer } from '../test/model-server.js';
import type { Connection } from './connection.js';
import type { SharedDocument } from './shared-document.js';

const WRITERS = 3;
const STEPS = 250;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A writer who signs every change with a token of its own, so that it can be looked for later. */
class Writer {
  readonly connection: Connection;
  readonly document: SharedDocument;
  readonly net = new FakeServer();
  /** Tokens and the epoch in which they were told to be saved; null when they never were. */
  readonly tokens = new Map<string, number | null>();
  readonly #name: string;
  readonly #gen: prng.PRNG;

  constructor(name: string, gen: prng.PRNG, server: ModelServer) {
    this.#name = name;
    this.#gen = gen;
    let clientId = prng.uint32(gen, 1, 0x7fffffff);
    this.connection = this.net.connect({ random: () => prng.real53(gen) });
    this.document = this.connection.open('a', { clientId: () => ++clientId });
    this.document.on('save', (state) => {
      if (state.kind !== 'saved') return;
      for (const [token, epoch] of this.tokens) if (epoch === null) this.tokens.set(token, server.epoch);
    });
    this.document.on('draft', () =>
      this.tokens.forEach((epoch, token) => {
        // What is in a draft is not going to be saved by a later "saved" of the document that follows.
        if (epoch === null) this.tokens.set(token, Number.NaN);
      }),
    );
  }

  write(): void {
    const { doc } = this.document;
    const text = doc.getText('t');
    const token = `${this.#name}${this.tokens.size}`;
    doc.transact(() => {
      doc.getMap('tokens').set(token, 1);
      doc.getArray('all').push([token]);
      const at = prng.int32(this.#gen, 0, text.length);
      if (prng.bool(this.#gen)) text.insert(at, `${token} `);
      else text.delete(at, Math.min(prng.int32(this.#gen, 0, 4), text.length - at));
    });
    // Also by this change, where one may only read.
    const isSuperseded = this.document.drafts.some((draft) => draft.doc === doc);
    this.tokens.set(token, isSuperseded ? Number.NaN : null);
    this.document.presence.setLocalStateField('cursor', { anchor: token });
  }

  /** Whether the token is in the document or in a draft. */
  has(token: string): boolean {
    const docs = [this.document.doc, ...this.document.drafts.map(({ doc }) => doc)];
    return docs.some((doc) => doc.getMap('tokens').has(token));
  }
}

const contentOf = (doc: Y.Doc) => ({
  text: doc.getText('t').toString(),
  tokens: doc.getMap('tokens').toJSON(),
  all: doc.getArray<string>('all').toJSON() as string[],
});

interface Troubles {
  readonly refuses?: boolean;
  readonly takesIds?: boolean;
  readonly takesRights?: boolean;
  readonly loses?: boolean;
}

async function story(
  seed: number,
  { refuses = false, loses = false, takesIds = false, takesRights = false }: Troubles,
): Promise<void> {
  const gen = prng.create(seed);
  const server = new ModelServer();
  const writers = Array.from({ length: WRITERS }, (_, i) => new Writer('abc'[i]!, gen, server));
  const connectAll = () => {
    for (const { net } of writers) {
      const isKnown = server.sessions.some(({ socket }) => socket === net.socket);
      if (!isKnown && !net.socket.isOver) server.connect(net.socket);
    }
  };
  const chance = (percent: number) => prng.real53(gen) * 100 < percent;
  const refuseOrReplace = () => {
    if (chance(10)) server.nextAnswer = 'Refused';
    else if (chance(5)) server.replace();
  };

  for (let step = 0; step < STEPS; step++) {
    connectAll();
    const writer = prng.oneOf(gen, writers);
    const session = server.sessions.find(({ socket }) => socket === writer.net.socket);
    if (chance(30)) writer.write();
    else if (session && chance(60)) server.deliver(session, prng.bool(gen) ? 'toServer' : 'toClient');
    else if (chance(50)) server.commit();
    else if (chance(40)) await vi.advanceTimersByTimeAsync(prng.int32(gen, 1, 400));
    else if (session && chance(20)) server.disconnect(session);
    else if (chance(10)) server.crash();
    else if (chance(20)) server.nextAnswer = prng.bool(gen) ? 'Busy' : 'Resync';
    else if (refuses) refuseOrReplace();
    if (chance(3)) server.publishHash();
    if (session && takesIds && chance(3)) server.takeClientId(session);
    if (session && takesRights && chance(10)) server.changeAccess(session, chance(60));
    if (loses && chance(1)) server.lose(prng.int32(gen, 1, 20));
    if (chance(2)) writer.document.acknowledgeRefusal();
    await turn();
  }

  server.nextAnswer = null;
  for (const session of server.sessions) server.changeAccess(session, true);
  // Longer than the longest pause before another try.
  for (let round = 0; round < 80; round++) {
    connectAll();
    for (const session of [...server.sessions]) {
      while (server.deliver(session, 'toServer') || server.deliver(session, 'toClient')) await turn();
    }
    server.commit();
    server.publishHash();
    await vi.advanceTimersByTimeAsync(500);
  }

  const onDisk = contentOf(server.doc);
  for (const { document, connection, tokens } of writers) {
    document.acknowledgeRefusal();
    expect([connection.status.kind, document.saveState.kind]).toEqual(['connected', 'saved']);
    expect(contentOf(document.doc)).toEqual(onDisk);
    if (!refuses && !loses && !takesRights) expect(document.drafts).toEqual([]);
    for (const [token, epoch] of tokens) {
      if (!loses && epoch === server.epoch && !onDisk.tokens[token])
        expect.unreachable(`${token} was saved and is not on disk`);
    }
  }
  // Nobody holds anything else than the server after a reconnect, but for what was kept from it.
  if (!refuses && !loses && !takesRights) expect(server.differences).toBe(0);
  // Nothing is written twice by being sent twice, or again under another id.
  expect(onDisk.all.filter((token, at) => onDisk.all.indexOf(token) !== at)).toEqual([]);
  for (const writer of writers) {
    // What was saved under an older epoch went with it, but not without a word to whoever had it on screen.
    for (const token of writer.tokens.keys()) {
      if (!writer.has(token)) expect.unreachable(`${token} is neither in the document nor in a draft`);
    }
  }
  const ids = writers.map(({ document }) => document.doc.clientID).sort();
  for (const { document } of writers) expect([...document.presence.states.keys()].sort()).toEqual(ids);
  for (const { connection } of writers) connection.close();
  expect(vi.getTimerCount()).toBe(0);
}

test.each(Array.from({ length: 25 }, (_, i) => 1 + i))(
  'S1: seed %i: over broken connections, crashes and waiting everything is saved, and nothing is a draft',
  (seed) => story(seed, {}),
);

test.each(Array.from({ length: 25 }, (_, i) => 1001 + i))(
  'S2: seed %i: with refusals and new epochs everything is saved or in a draft',
  (seed) => story(seed, { refuses: true }),
);

test.each(Array.from({ length: 25 }, (_, i) => 3001 + i))(
  'S2: seed %i: under another client id everything is written again, once, and nothing is a draft',
  (seed) => story(seed, { takesIds: true }),
);

test.each(Array.from({ length: 25 }, (_, i) => 4001 + i))(
  'G7: seed %i: while rights come and go everything is saved or in a draft',
  (seed) => story(seed, { takesRights: true, takesIds: seed % 2 === 0, refuses: seed % 5 === 0 }),
);

test.each(Array.from({ length: 25 }, (_, i) => 2001 + i))(
  'L3: seed %i: what the server loses is in its document or in a draft of whoever wrote it, saved or not',
  (seed) => story(seed, { loses: true, refuses: seed % 2 === 0 }),
);
