import type { Message, ServerMessage } from '@weft/protocol';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, proofOf, saved, turn, typed, welcome, writer } from '../test/fake-server.js';
import {
  comeBack,
  connection,
  document,
  heard,
  heardOpen,
  join,
  onStage,
  refused,
  START_MS,
  server,
  text,
  type,
} from '../test/stage.js';
import type { Draft } from './drafts.js';

onStage();

test('S2: after a refusal the text is a draft and a new Y.Doc with a new clientID is made from the server', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('shared. ')));
  const old = document.doc;
  const docs: Y.Doc[] = [];
  const drafts: Draft[] = [];
  document.on('doc', (doc) => docs.push(doc));
  document.on('draft', (draft) => drafts.push(draft));
  type('mine. ');
  await heard();

  server.say(refused(1));
  expect(document.saveState).toEqual({ kind: 'refused', code: 'cannot-merge', reason: 'No.', changes: 1 });
  expect(drafts).toEqual([{ id: expect.any(String), code: 'cannot-merge', reason: 'No.', atMs: START_MS, doc: old }]);
  expect([document.doc, document.synced]).toEqual([old, false]);
  const [close, reopen] = await heard();
  expect(close).toEqual({ type: 'Close', channel: 1 });
  expect(reopen).toMatchObject({ type: 'Open', ref: 2, clientId: 102, epoch: 0, seq: 0 });

  // Until the new one is complete, the editor goes on in the old one, and that belongs to the draft.
  type('more. ');
  expect(await heard()).toEqual([]);
  expect(document.saveState).toMatchObject({ kind: 'refused', changes: 2 });
  server.say(opened({ channel: 2, head: 1 }));
  expect(docs).toEqual([]);
  server.say({ ...entries(1, ...bo.updates), channel: 2 } as ServerMessage);
  expect(docs).toEqual([document.doc]);
  expect([text(), text(old), document.doc.clientID]).toEqual(['shared. ', 'shared. mine. more. ', 102]);
  expect(document.drafts).toEqual(drafts);
  expect(document.saveState).toMatchObject({ kind: 'refused', changes: 2 });

  // The old one is nobody's any more, the new one is written as ever.
  type('later', old);
  expect(document.saveState).toMatchObject({ kind: 'refused', changes: 2 });
  document.acknowledgeRefusal();
  expect(document.saveState.kind).toBe('saved');
  type('again');
  expect(await heard()).toMatchObject([{ type: 'Update', channel: 2, clientSeq: 1 }]);
});

test('S2: each stream after a refusal has an outbox id of its own', async () => {
  const crypto = server.connect({ random: Math.random });
  const other = crypto.open('a');
  server.socket.open();
  const first = await heardOpen();
  server.say(welcome(), opened());
  type('x', other.doc);
  await turn();
  server.say(refused(1));
  const second = await heardOpen();
  expect(second.outboxId).not.toBe(first.outboxId);
  crypto.close();
});

test('S2: a refusal while the connection breaks is still a refusal, and the new Y.Doc comes later', async () => {
  await join();
  type('mine');
  await turn();
  server.say(refused(1));
  expect(await comeBack()).toMatchObject({ clientId: 102, epoch: 0, seq: 0 });
  expect(document.saveState.kind).toBe('refused');
  server.say(opened());
  expect([text(), document.doc.clientID, document.drafts.length]).toEqual(['', 102, 1]);
});

test('S2: two refusals make two drafts, and the state tells the sum', async () => {
  await join();
  type('one');
  await turn();
  server.say(refused(1));
  await heardOpen();
  server.say(opened({ channel: 2 }));
  type('two');
  await turn();
  server.say(refused(1, 'malformed', 2));
  await heardOpen();
  server.say(opened({ channel: 3 }));
  expect(document.saveState).toMatchObject({ kind: 'refused', code: 'malformed', changes: 2 });
  expect(document.drafts.map(({ doc }) => text(doc))).toEqual(['one', 'two']);
});

test('S2: a refusal acknowledged while the old Y.Doc is still shown lasts until the new one is', async () => {
  await join();
  type('mine');
  await turn();
  server.say(refused(1));
  document.acknowledgeRefusal();
  type(' and more');
  expect(document.saveState).toMatchObject({ kind: 'refused', changes: 2 });
  await heardOpen();
  server.say(opened({ channel: 2 }));
  expect(document.saveState.kind).toBe('saved');
});

test('S2: whenSaved waits through a refusal until it is acknowledged', async () => {
  await join();
  type('mine');
  await turn();
  let isSaved = false;
  const waiting = document.whenSaved().then(() => {
    isSaved = true;
  });
  server.say(refused(1));
  await heardOpen();
  server.say(opened({ channel: 2 }));
  await turn();
  expect(isSaved).toBe(false);
  document.acknowledgeRefusal();
  await waiting;
});

test('an update larger than the server takes is refused here, before the server closes the connection over it', async () => {
  await server.accept();
  server.say(welcome({ maxUpdateBytes: 1000 }), opened());
  await server.heard();
  type('x'.repeat(2000));
  expect(typed(await heard())).toEqual(['Close', 'Open']);
  expect(document.saveState).toMatchObject({ kind: 'refused', code: 'too-large', changes: 1 });
  expect(document.drafts).toHaveLength(1);
});

test('S2: under another epoch nothing is merged: unsaved text is a draft, the document is the server’s', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('old. ')));
  type('unsaved');
  await turn();
  const old = document.doc;
  await comeBack();
  const restored = writer(8);
  restored.type('restored');
  server.say(opened({ epoch: 2, head: 1, checkpointSeq: 1 }, restored.doc));
  expect(document.drafts).toMatchObject([{ doc: old }]);
  const [close, reopen] = await heard();
  expect(close).toEqual({ type: 'Close', channel: 1 });
  expect(reopen).toMatchObject({ type: 'Open', clientId: 102, epoch: 0, seq: 0 });
  server.say(opened({ channel: 2, epoch: 2, head: 1, checkpointSeq: 1 }, restored.doc));
  expect([text(), text(old)]).toEqual(['restored', 'old. unsaved']);
  expect(document.saveState.kind).toBe('saved');
  expect(await heard()).toEqual([]);
});

test('S2: under another epoch without unsaved text there is no draft, unless something is written meanwhile', async () => {
  await join();
  await comeBack();
  server.say(opened({ epoch: 2 }));
  expect(document.drafts).toEqual([]);
  type('typed into the old one');
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 1 });
  await server.heard();
  server.say(opened({ channel: 2, epoch: 2 }));
  expect(document.drafts.map(({ doc }) => text(doc))).toEqual(['typed into the old one']);
  expect(text()).toBe('');
});

test('S2: an epoch that changed while everything is asked for again is noticed, too', async () => {
  const bo = writer(7);
  await join();
  bo.type('a');
  server.say(entries(1, bo.type('b')));
  expect(await heardOpen()).toMatchObject({ ref: 2, epoch: 0, seq: 0, clientId: 101 });
  server.say(opened({ channel: 2, epoch: 5 }));
  expect(await heardOpen()).toMatchObject({ ref: 3, clientId: 102 });
});

describe('L3: a server that lost text', () => {
  /** Ann has everything saved; then the server comes back and answers as `answer` says. */
  async function comeBackTo(answer: Partial<Message<ServerMessage, 'Opened'>>, left?: Y.Doc): Promise<Y.Doc> {
    const bo = writer(7);
    await join();
    server.say(entries(1, bo.type('by bo. ')));
    type('by ann');
    await server.heard();
    server.say(saved(1, 2));
    expect(document.saveState.kind).toBe('saved');
    const old = document.doc;
    expect(await comeBack()).toMatchObject({ epoch: 1, seq: 2, proof: proofOf(2) });
    server.say(opened(answer, left));
    return old;
  }

  test('saved text that is not in the new epoch is a draft, and nothing of it is sent', async () => {
    const left = writer(7);
    left.type('by bo. ');
    const old = await comeBackTo({ epoch: 1_800_000_000, head: 1, checkpointSeq: 1 }, left.doc);
    expect(await heard()).toMatchObject([{ type: 'Close' }, { type: 'Open', epoch: 0, seq: 0, clientId: 102 }]);
    // The editor goes on in the old one until the new one is complete.
    expect(text()).toBe('by bo. by ann');
    server.say(opened({ channel: 2, epoch: 1_800_000_000, head: 1, checkpointSeq: 1 }, left.doc));
    expect(text()).toBe('by bo. ');
    expect(document.drafts).toMatchObject([{ doc: old, reason: expect.stringContaining('lacks text') }]);
    expect(text(old)).toBe('by bo. by ann');
    expect([document.saveState.kind, await heard()]).toEqual(['saved', []]);
  });

  test('a new epoch that has everything is taken without a word', async () => {
    const old = await comeBackTo({ epoch: 9, head: 2 });
    await heard();
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(old));
    server.say(opened({ channel: 2, epoch: 9, head: 2, checkpointSeq: 2 }, copy));
    expect([text(), document.drafts, document.doc === old]).toEqual(['by bo. by ann', [], false]);
  });

  test('a server that does not know what is held here, in the same epoch, does not get the text mixed with its own', async () => {
    const other = writer(8);
    other.type('other text');
    const old = await comeBackTo({ held: 0, head: 7, checkpointSeq: 7 }, other.doc);
    expect(typed(await heard())).toEqual(['Close', 'Open']);
    server.say(opened({ channel: 2, held: 0, head: 7, checkpointSeq: 7 }, other.doc));
    expect([text(), text(old)]).toEqual(['other text', 'by bo. by ann']);
    expect(document.drafts).toMatchObject([{ doc: old }]);
  });
});

test('S3: a clientID is made anew for every Y.Doc and never taken along', async () => {
  document.close();
  const ids = Array.from({ length: 5 }, () => {
    const again = connection.open('a');
    again.close();
    return again.doc.clientID;
  });
  expect(new Set(ids).size).toBe(5);
});
