import type { ClientMessage, Message } from '@weft/protocol';
import { stateDigest } from '@weft/protocol';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { checked, entries, opened, saved, typed, writer } from '../test/fake-server.js';
import {
  comeBack,
  connection,
  document,
  heard,
  join,
  onStage,
  server,
  text,
  textOf,
  type,
  updateOf,
} from '../test/stage.js';

onStage();

const bo = () => writer(7);
const stateOf = () => document.saveState;

/** Comes back having entry 1, to a server at `head`. */
async function comeBackTo(head = 1): Promise<readonly ClientMessage[]> {
  await comeBack();
  server.say(opened({ head, checkpointSeq: 1 }));
  return heard();
}

async function read(update: Uint8Array): Promise<void> {
  await join();
  server.say(entries(1, update));
}

const questionIn = (messages: readonly ClientMessage[]) =>
  messages.find((message): message is Message<ClientMessage, 'Check'> => message.type === 'Check')!;

test('J2: who comes back with something asks whether the server holds the same, and calls nothing saved before', async () => {
  const peer = bo();
  await read(peer.type('hello'));
  expect(stateOf().kind).toBe('saved');
  const question = questionIn(await comeBackTo());
  const stateVector = Y.encodeStateVector(peer.doc);
  expect(question).toMatchObject({ channel: 1, seq: 1, digest: stateDigest(stateVector, Uint8Array.of(0)) });
  expect([stateOf().kind, document.synced]).toEqual(['saving', true]);
  const promise = document.whenSaved();
  server.say(checked(1));
  await promise;
  expect(stateOf().kind).toBe('saved');
  expect(await heard()).toEqual([]);
});

test('who comes with nothing does not ask: all there is was sent just now', async () => {
  await join({ head: 0 });
  expect([typed(await heard()), stateOf().kind]).toEqual([[], 'saved']);
});

test('it is asked with nothing unsaved: what is typed meanwhile is saved first', async () => {
  await read(bo().type('hello'));
  await comeBack();
  type('!');
  server.say(opened({ head: 1, checkpointSeq: 1 }));
  expect(typed(await heard())).toEqual(['Update']);
  server.say(saved(1, 2));
  expect(questionIn(await heard())).toMatchObject({ seq: 2 });
  expect(stateOf().kind).toBe('saving');
  server.say(checked(2));
  expect(stateOf().kind).toBe('saved');
});

test('deletions count as much as text', async () => {
  const peer = bo();
  await read(peer.type('hello'));
  const before = questionIn(await comeBackTo()).digest;
  server.say(checked(1));
  peer.doc.getText('t').delete(0, 2);
  server.say(entries(2, peer.updates.at(-1)!));
  await comeBack();
  server.say(opened({ head: 2, checkpointSeq: 2 }));
  expect(questionIn(await heard()).digest).not.toEqual(before);
});

test('what the server turns out to lack is said, sent and asked about again; Saved is not said meanwhile', async () => {
  await read(bo().type('hello'));
  // As after a fault: it is in the Y.Doc, and no outbox knows of it.
  const lost = writer(9);
  Y.applyUpdate(document.doc, lost.type(' lost'), replicaOf());
  await comeBackTo();
  const told: string[] = [];
  document.on('save', ({ kind }) => told.push(kind));
  server.say(checked(1, 2, textDoc('hello')));
  expect(stateOf()).toEqual({ kind: 'busy', reason: 'differs', changes: 1 });
  const sent = await heard();
  expect(typed(sent)).toEqual(['Update']);
  expect(textOf(writer(7).type('hello'), updateOf(sent).update)).toContain(' lost');
  server.say(saved(1, 2));
  expect(stateOf()).toEqual({ kind: 'busy', reason: 'differs', changes: 0 });
  expect(questionIn(await heard())).toMatchObject({ seq: 2 });
  server.say(checked(2));
  expect(stateOf().kind).toBe('saved');
  expect(told).toEqual(['busy', 'busy', 'saved']);
  expect(document.drafts).toEqual([]);
});

test('what the page turns out to lack comes anew, on top of what it has', async () => {
  const peer = bo();
  await read(peer.type('hello'));
  peer.type(' world');
  await comeBackTo();
  server.say(checked(1, 2, peer.doc));
  // All its deletions: there is nothing else to send.
  expect(typed(await heard())).toEqual(['Update']);
  server.say(saved(1, 1));
  await heard();
  server.say(checked(1, 2, peer.doc));
  const again = await heard();
  expect(again).toMatchObject([{ type: 'Close' }, { type: 'Open', epoch: 0, seq: 0, clientId: 101 }]);
  expect(stateOf().kind).toBe('busy');
  server.say(opened({ channel: 1, head: 1, checkpointSeq: 1 }, peer.doc));
  expect(text()).toBe('hello world');
  await heard();
  server.say(checked(1));
  expect([stateOf().kind, document.drafts]).toEqual(['saved', []]);
});

test('where neither helps, a new Y.Doc takes its place, and what it showed is a draft', async () => {
  const peer = bo();
  await read(peer.type('hello'));
  await comeBackTo();
  const before = document.doc;
  server.say(checked(1, 2, peer.doc));
  await heard();
  server.say(saved(1, 1));
  await heard();
  server.say(checked(1, 2, peer.doc));
  await heard();
  server.say(opened({ head: 1, checkpointSeq: 1 }, peer.doc));
  await heard();
  server.say(checked(1, 2, peer.doc));
  expect(await heard()).toMatchObject([{ type: 'Close' }, { type: 'Open', seq: 0, clientId: 102 }]);
  server.say(opened({ head: 1, checkpointSeq: 1 }, peer.doc));
  expect(typed(await heard())).toEqual([]);
  expect([document.doc === before, text(), stateOf().kind, document.drafts.length]).toEqual([
    false,
    'hello',
    'saved',
    1,
  ]);
});

test('while something is being written the server cannot tell: then what it acknowledged is saved, and it is asked later', async () => {
  await read(bo().type('hello'));
  await comeBackTo();
  server.say(checked(1, 0));
  expect(stateOf().kind).toBe('saved');
  await vi.advanceTimersByTimeAsync(1_999);
  expect(await heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(typed(await heard())).toEqual(['Check']);
  server.say(checked(1));
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await heard()).filter((message) => message.type === 'Check')).toEqual([]);
});

test('an answer to an older question is none', async () => {
  await read(bo().type('hello'));
  await comeBackTo();
  server.say(checked(0));
  expect(stateOf().kind).toBe('saving');
});

test('while it cannot tell it is asked less and less often', async () => {
  await read(bo().type('hello'));
  await comeBackTo();
  /** How often it is asked in that time, on a connection that stays. */
  const askedWithin = async (ms: number): Promise<number> => {
    let asked = 0;
    for (let leftMs = ms; leftMs > 0; leftMs -= 10_000) {
      await vi.advanceTimersByTimeAsync(Math.min(leftMs, 10_000));
      for (const message of await heard()) {
        if (message.type === 'Ping') server.say({ type: 'Pong', nonce: message.nonce });
        asked += message.type === 'Check' ? 1 : 0;
      }
    }
    return asked;
  };
  for (const waitMs of [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000]) {
    server.say(checked(1, 0));
    expect([await askedWithin(waitMs - 1), await askedWithin(1)]).toEqual([0, 1]);
  }
});

describe('who may only read', () => {
  /** Comes back as a reader, having entry 1; returns what was asked. */
  async function readAgain(): Promise<readonly ClientMessage[]> {
    await comeBack();
    server.say(opened({ head: 1, checkpointSeq: 1, access: 0, role: 1 }));
    return heard();
  }

  test('asks, too, and waits for no answer', async () => {
    await read(bo().type('hello'));
    expect(typed(await readAgain())).toEqual(['Check']);
    expect(stateOf().kind).toBe('read-only');
    await document.whenSaved();
    server.say(checked(1));
    expect(typed(await heard())).toEqual([]);
  });

  test('is given anew what they lack, and sends nothing', async () => {
    const peer = bo();
    await read(peer.type('hello'));
    peer.type(' world');
    await readAgain();
    server.say(checked(1, 2, peer.doc));
    expect(await heard()).toMatchObject([{ type: 'Close' }, { type: 'Open', epoch: 0, seq: 0, clientId: 101 }]);
    server.say(opened({ head: 1, checkpointSeq: 1, access: 0, role: 1 }, peer.doc));
    expect(text()).toBe('hello world');
    expect(typed(await heard())).toEqual(['Check']);
    server.say(checked(1));
    expect([stateOf().kind, document.drafts]).toEqual(['read-only', []]);
  });

  test('goes on from a new Y.Doc when that does not help, and what it showed is a draft', async () => {
    const peer = bo();
    await read(peer.type('hello'));
    Y.applyUpdate(document.doc, writer(9).type(' never sent'), replicaOf());
    await readAgain();
    server.say(checked(1, 2, peer.doc));
    await heard();
    server.say(opened({ head: 1, checkpointSeq: 1, access: 0, role: 1 }, peer.doc));
    await heard();
    server.say(checked(1, 2, peer.doc));
    expect(await heard()).toMatchObject([{ type: 'Close' }, { type: 'Open', seq: 0, clientId: 102 }]);
    server.say(opened({ head: 1, checkpointSeq: 1, access: 0, role: 1 }, peer.doc));
    expect([text(), document.drafts.length]).toEqual(['hello', 1]);
  });

  test('may know of deletions that nobody has told the server, and is given everything once for that, not each time', async () => {
    const peer = bo();
    await read(peer.type('hello'));
    // As when a value takes the place of another: each Y.Doc deletes that by itself.
    const silent = new Y.Doc();
    Y.applyUpdate(silent, peer.updates[0]!);
    silent.getText('t').delete(0, 1);
    Y.applyUpdate(document.doc, Y.encodeStateAsUpdate(silent, Y.encodeStateVector(silent)), replicaOf());
    await readAgain();
    server.say(checked(1, 2, peer.doc));
    expect(typed(await heard())).toEqual(['Close', 'Open']);
    server.say(opened({ head: 1, checkpointSeq: 1, access: 0, role: 1 }, peer.doc));
    expect(typed(await heard())).toEqual(['Check']);
    for (let times = 0; times < 3; times++) {
      server.say(checked(1, 2, peer.doc));
      expect([typed(await heard()), document.drafts, document.channel.differs]).toEqual([[], [], false]);
      expect(typed(await readAgain())).toEqual(['Check']);
    }
  });
});

test('a connection that breaks before the answer asks anew', async () => {
  await read(bo().type('hello'));
  expect(typed(await comeBackTo())).toEqual(['Check']);
  expect(typed(await comeBackTo())).toEqual(['Check']);
  connection.close();
});

/** What updates from the server are applied with: an update with this origin is nobody's writing. */
const replicaOf = (): unknown => document.channel.replica;

function textDoc(words: string): Y.Doc {
  const peer = writer(7);
  peer.type(words);
  return peer.doc;
}
