import { CloseCode, type Message, type ServerMessage } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { entries, FakeServer, opened, saved, turn, typed, welcome, writer } from '../test/fake-server.js';
import type { Connection } from './connection.js';
import type { SaveState } from './save-state.js';
import type { Draft, SharedDocument } from './shared-document.js';

let server: FakeServer;
let connection: Connection;
let document: SharedDocument;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
  connection = server.connect();
  let clientId = 100;
  document = connection.open('a', { clientId: () => ++clientId });
});

afterEach(() => {
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const text = (doc: Y.Doc = document.doc) => doc.getText('t').toString();
const type = (words: string, doc: Y.Doc = document.doc) => doc.getText('t').insert(text(doc).length, words);
const textOf = (...updates: Uint8Array[]) => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return text(doc);
};

/** What the client sent, without carets: those have tests of their own. */
const heard = async () => (await server.heard()).filter((message) => message.type !== 'Presence');
const open = async () => {
  const message = (await heard()).find((each) => each.type === 'Open');
  if (message?.type !== 'Open') throw new Error('no Open');
  return message;
};
const refused = (clientSeq: number, code = 'cannot-merge'): ServerMessage => ({
  type: 'Refused',
  channel: 1,
  clientSeq,
  code,
  reason: 'No.',
});

/** Connects and opens the document as an empty one. */
async function join(fields: Partial<Message<ServerMessage, 'Opened'>> = {}): Promise<void> {
  await server.accept();
  server.say(opened(fields));
  await server.heard();
}

/** Breaks the connection and lets the client come back; returns its new Open. */
async function comeBack() {
  server.socket.breakOff();
  connection.retryNow();
  server.socket.open();
  server.say(welcome());
  return open();
}

// ---- joining

test('the first Open holds nothing and carries the ids of the Y.Doc and the outbox', async () => {
  server.socket.open();
  expect(await open()).toMatchObject({ document: 'a', clientId: 101, epoch: 0, seq: 0, outboxId: '80'.repeat(16) });
});

test('a checkpoint and the entries after it make the document; then it is synced', async () => {
  const bo = writer(7);
  bo.type('one ');
  const checkpoint = opened({ head: 3, checkpointSeq: 1 }, bo.doc);
  const synced: boolean[] = [];
  document.on('synced', (is) => synced.push(is));
  await server.accept();
  server.say(checkpoint);
  expect([text(), document.synced]).toEqual(['one ', false]);
  expect(document.saveState).toEqual({ kind: 'saving', changes: 0, sinceMs: 1_000_000 });
  server.say(entries(2, bo.type('two '), bo.type('three')));
  expect([text(), document.synced]).toEqual(['one two three', true]);
  expect(document.saveState).toEqual({ kind: 'saved', atMs: null });
  expect(synced).toEqual([true]);
  await document.whenSynced();
});

test('a document that does not exist yet is synced at once', async () => {
  const waiting = document.whenSynced();
  await join();
  await waiting;
  expect([document.synced, text()]).toEqual([true, '']);
});

test('J1: after a pause the client asks for what follows its last applied entry', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a'), bo.type('b')), entries(3, bo.type('c')));
  expect(await comeBack()).toMatchObject({ clientId: 101, epoch: 1, seq: 3, outboxId: '80'.repeat(16) });
  expect(document.synced).toBe(false);
  server.say(opened({ channel: 9, head: 4, checkpointSeq: 3 }));
  server.say({ ...entries(4, bo.type('d')), channel: 9 } as ServerMessage);
  expect([text(), document.synced]).toEqual(['abcd', true]);
});

test('J1: deletes made meanwhile arrive, though they change no state vector', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('hello')));
  await comeBack();
  bo.doc.getText('t').delete(1, 4);
  server.say(opened({ head: 2, checkpointSeq: 1 }), entries(2, bo.updates.at(-1)!));
  expect(text()).toBe('h');
});

test('J1: a client that was away for long gets a checkpoint on top of what it has', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('hello')));
  type(' from ann');
  await comeBack();
  bo.doc.getText('t').delete(0, 2);
  server.say(opened({ head: 40, checkpointSeq: 40 }, bo.doc));
  expect([text(), document.synced]).toEqual(['llo from ann', true]);
  server.say(entries(41, bo.type('!')));
  expect(text()).toContain('!');
});

test('a hole in the entries is not applied: the connection begins anew', async () => {
  const bo = writer(7);
  await join();
  bo.type('lost');
  server.say(entries(2, bo.type('!')));
  expect([text(), connection.status.kind]).toEqual(['', 'waiting']);
  connection.retryNow();
  server.socket.open();
  expect(await open()).toMatchObject({ epoch: 1, seq: 0 });
});

test('entries that are there already are skipped, and a frame that overlaps is applied from where it is new', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a'), bo.type('b')));
  let transactions = 0;
  document.doc.on('afterTransaction', () => {
    transactions += 1;
  });
  server.say(entries(1, ...bo.updates));
  expect(transactions).toBe(0);
  server.say(entries(2, bo.updates[1]!, bo.type('c'), bo.type('d')));
  expect([text(), transactions]).toEqual(['abcd', 1]);
});

test('something pending after an update is an alarm: everything is asked for again, the Y.Doc stays', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a')));
  const { doc } = document;
  type('mine', doc);
  await server.heard();
  bo.type('b');
  server.say(entries(2, bo.type('c')));
  expect(document.saveState.kind).not.toBe('saved');
  expect(await heard()).toMatchObject([
    { type: 'Close', channel: 1 },
    { type: 'Open', ref: 2, epoch: 0, seq: 0 },
  ]);
  server.say(opened({ channel: 2, head: 3, checkpointSeq: 3 }, bo.doc));
  expect([document.synced, document.doc]).toEqual([true, doc]);
  expect(document.drafts).toEqual([]);
  expect(await heard()).toMatchObject([{ type: 'Update', channel: 2, clientSeq: 1 }]);
});

test('an alarm that repeats itself is tried again only after a pause', async () => {
  const bo = writer(7);
  bo.type('a');
  const gap = bo.type('b');
  await server.accept();
  server.say(opened({ head: 1 }), entries(1, gap));
  expect(typed(await heard())).toEqual(['Close', 'Open']);
  server.say(opened({ channel: 2, head: 1 }), { ...entries(1, gap), channel: 2 } as ServerMessage);
  expect(typed(await heard())).toEqual(['Close']);
  expect(document.saveState).toEqual({ kind: 'offline', changes: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(typed(await heard())).toEqual(['Open']);
});

// ---- writing

test('what is written is sent at the end of the turn, as one update, and saved when the server says so', async () => {
  await join();
  type('hel');
  type('lo');
  expect(document.saveState).toEqual({ kind: 'saving', changes: 2, sinceMs: 1_000_000 });
  const [update, ...rest] = await heard();
  if (update?.type !== 'Update') throw new Error('no Update');
  expect([update.channel, update.clientSeq, rest]).toEqual([1, 1, []]);
  expect(textOf(update.update)).toBe('hello');
  const savedPromise = document.whenSaved();
  server.say(saved(1, 1, 5_000));
  expect(document.saveState).toEqual({ kind: 'saved', atMs: 5_000 });
  await savedPromise;
});

test('saved is told only when every change is', async () => {
  await join();
  const told: SaveState[] = [];
  document.on('save', (state) => told.push(state));
  type('a');
  await turn();
  type('b');
  await turn();
  server.say(saved(1, 1, 5));
  expect(document.saveState.kind).toBe('saving');
  server.say(saved(2, 2, 6));
  expect(told).toMatchObject([
    { kind: 'saving', changes: 1 },
    { kind: 'saving', changes: 2 },
    { kind: 'saving', changes: 1 },
    { kind: 'saved', atMs: 6 },
  ]);
});

test('what comes from the server is not sent back', async () => {
  await join();
  server.say(entries(1, writer(7).type('x')));
  expect(await heard()).toEqual([]);
  expect(document.saveState.kind).toBe('saved');
});

test('an author whose own entries come only as Saved has no hole', async () => {
  await join();
  type('mine');
  await turn();
  server.say(saved(1, 1));
  server.say(entries(2, writer(7).type('yours')));
  expect([text().length, connection.status.kind]).toEqual([9, 'connected']);
  expect(await comeBack()).toMatchObject({ seq: 2 });
});

test('what is written before the first answer leaves after it', async () => {
  type('early');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
  expect(typed(await server.accept())).toEqual(['Hello', 'Open']);
  server.say(opened());
  expect(await heard()).toMatchObject([{ type: 'Update', clientSeq: 1 }]);
});

test('S1: after a reconnect what is on disk is dropped and the rest sent again under its numbers', async () => {
  await join();
  for (const letter of 'abc') {
    type(letter);
    await turn();
  }
  const sent = await heard();
  server.socket.breakOff();
  expect(document.saveState).toEqual({ kind: 'offline', changes: 3 });
  type('d');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 4 });
  connection.retryNow();
  await server.accept();
  server.say(opened({ savedClientSeq: 1, head: 1 }));
  const again = await heard();
  expect(again.slice(0, 2)).toEqual(sent.slice(1));
  expect(again[2]).toMatchObject({ type: 'Update', clientSeq: 4 });
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 3 });
  server.say(entries(1, (sent[0] as Message<(typeof sent)[0], 'Update'>).update));
  expect(document.synced).toBe(true);
});

test('S1: when everything turns out to be on disk, it is saved, and nothing is sent again', async () => {
  await join();
  type('a');
  await turn();
  await comeBack();
  server.say(opened({ savedClientSeq: 1, head: 1, checkpointSeq: 0 }));
  expect(document.saveState.kind).toBe('saving');
  server.say(entries(1, Y.encodeStateAsUpdate(document.doc)));
  expect(document.saveState).toEqual({ kind: 'saved', atMs: 1_000_000 });
  expect(await heard()).toEqual([]);
});

test('messages of one turn share frames of at most 64 KiB', async () => {
  await join();
  const other = connection.open('b');
  await open();
  server.say(opened({ channel: 2 }));
  await server.heard();
  const before = server.socket.frames.length;
  type('x'.repeat(40_000));
  type('y'.repeat(40_000), other.doc);
  await turn();
  const frames = server.socket.frames.slice(before).map(({ length }) => length);
  expect(frames).toHaveLength(2);
  type('small');
  type('small', other.doc);
  await turn();
  expect(server.socket.frames.length).toBe(before + 3);
});

test('no more than 256 updates are under way; the rest follows as room is made', async () => {
  await join();
  for (let i = 0; i < 300; i++) {
    type('x');
    await turn();
  }
  expect(await heard()).toHaveLength(256);
  server.say(saved(100, 100));
  expect(await heard()).toMatchObject([{ type: 'Update', clientSeq: 300 }]);
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 200 });
});

test('S1: after Busy it waits, says so, and sends everything unsaved again from the first', async () => {
  await join();
  type('a');
  await turn();
  type('b');
  const sent = await heard();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 2_000 });
  expect(document.saveState).toEqual({ kind: 'busy', changes: 2 });
  type('c');
  await vi.advanceTimersByTimeAsync(1_999);
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  const again = await heard();
  expect(again[0]).toEqual({ type: 'Resume', channel: 1, fromClientSeq: 1 });
  expect(again.slice(1, 3)).toEqual(sent);
  expect(again[3]).toMatchObject({ type: 'Update', clientSeq: 3 });
  expect(document.saveState).toEqual({ kind: 'busy', changes: 3 });
  server.say(saved(1, 1));
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 2 });
  server.say(saved(3, 3));
  type('d');
  expect(typed(await heard())).toEqual(['Update']);
});

test('S1: a Saved that overtakes Busy moves the point to resume from', async () => {
  await join();
  type('a');
  await turn();
  type('b');
  await turn();
  server.say({ type: 'Busy', channel: 1, clientSeq: 2, retryAfterMs: 100 }, saved(1, 1));
  await server.heard();
  await vi.advanceTimersByTimeAsync(100);
  expect(await heard()).toMatchObject([
    { type: 'Resume', fromClientSeq: 2 },
    { type: 'Update', clientSeq: 2 },
  ]);
});

test('S1: after Resync one update with everything the server lacks takes the place of all unsaved ones', async () => {
  await join();
  for (const letter of 'abc') {
    type(letter);
    await turn();
  }
  const [first] = await heard();
  if (first?.type !== 'Update') throw new Error('no Update');
  const has = new Y.Doc();
  Y.applyUpdate(has, first.update);
  server.say({ type: 'Resync', channel: 1, clientSeq: 2, stateVector: Y.encodeStateVector(has) });
  const [resume, update, ...rest] = await heard();
  if (update?.type !== 'Update') throw new Error('no Update');
  expect([resume, update.clientSeq, rest]).toEqual([{ type: 'Resume', channel: 1, fromClientSeq: 4 }, 4, []]);
  Y.applyUpdate(has, update.update);
  expect([text(has), has.store.pendingStructs]).toEqual(['abc', null]);
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 3 });
  server.say(saved(4, 2));
  expect(document.saveState.kind).toBe('saved');
});

test('a server that lost entries is told of them again by Resync, and nothing counts as saved until then', async () => {
  const bo = writer(7);
  await join();
  server.say(entries(1, bo.type('a'), bo.type('b'), bo.type('c')));
  await comeBack();
  const has = new Y.Doc();
  Y.applyUpdate(has, bo.updates[0]!);
  server.say(opened({ head: 1, checkpointSeq: 0 }), entries(1, bo.updates[0]!), {
    type: 'Resync',
    channel: 1,
    clientSeq: 0,
    stateVector: Y.encodeStateVector(has),
  });
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 1 });
  const [resume, update] = await heard();
  if (update?.type !== 'Update') throw new Error('no Update');
  expect(resume).toEqual({ type: 'Resume', channel: 1, fromClientSeq: 1 });
  Y.applyUpdate(has, update.update);
  expect(text(has)).toBe('abc');
  server.say(saved(1, 2));
  // The numbers go on from what the server has, not from what the client had.
  server.say(entries(3, bo.type('d')));
  expect([text(), document.saveState.kind]).toEqual(['abcd', 'saved']);
});

test('a Resync while it waits ends the waiting', async () => {
  await join();
  type('a');
  await turn();
  await server.heard();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 60_000 });
  server.say({ type: 'Resync', channel: 1, clientSeq: 1, stateVector: Uint8Array.of(0) });
  expect(typed(await heard())).toEqual(['Resume', 'Update']);
});

test('a connection that breaks while it waits forgets the waiting', async () => {
  await join();
  type('a');
  await turn();
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 60_000 });
  await comeBack();
  server.say(opened());
  expect(typed(await heard())).toEqual(['Update']);
  expect(document.saveState.kind).toBe('saving');
});

// ---- refusals and epochs

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
  expect(drafts).toEqual([{ reason: 'No.', atMs: 1_000_000, doc: old }]);
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
  const first = await open();
  server.say(welcome(), opened());
  type('x', other.doc);
  await turn();
  server.say(refused(1));
  const second = await open();
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
  await open();
  server.say(opened({ channel: 2 }));
  type('two');
  await turn();
  server.say({ ...refused(1, 'malformed'), channel: 2 } as ServerMessage);
  await open();
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
  await open();
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
  await open();
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
  expect(await open()).toMatchObject({ ref: 2, epoch: 0, seq: 0, clientId: 101 });
  server.say(opened({ channel: 2, epoch: 5 }));
  expect(await open()).toMatchObject({ ref: 3, clientId: 102 });
});

test('S3: a clientID is made anew for every Y.Doc and never taken along', async () => {
  const ids = [document.doc.clientID];
  for (let i = 0; i < 5; i++) {
    document.close();
    document = connection.open('a');
    ids.push(document.doc.clientID);
  }
  expect(new Set(ids).size).toBe(6);
});

// ---- rights and ends

test('a document that may only be read says so, and counts as saved', async () => {
  await join({ access: 0 });
  expect(document.saveState).toMatchObject({ kind: 'read-only' });
  await document.whenSaved();
  await comeBack();
  server.say(opened({ access: 1 }));
  expect(document.saveState.kind).toBe('saved');
});

test('a document turned down with 44xx ends, with its reason', async () => {
  const ends: unknown[] = [];
  document.on('closed', (end) => ends.push(end));
  const waiting = document.whenSynced();
  await server.accept();
  server.say({ type: 'Closed', ref: 1, channel: 0, code: CloseCode.BadName, reason: 'Not a name.' });
  expect(ends).toEqual([{ code: CloseCode.BadName, reason: 'Not a name.' }]);
  expect(document.saveState).toEqual({ kind: 'read-only', reason: 'Not a name.' });
  await expect(waiting).rejects.toThrow('Not a name.');
  await expect(document.whenSaved()).rejects.toThrow('closed');
  server.socket.breakOff();
  connection.retryNow();
  expect(typed(await server.accept())).toEqual(['Hello']);
});

test('a document closed with 45xx is opened again, first at once and then after pauses', async () => {
  await join();
  type('a');
  await turn();
  await server.heard();
  const closeIt = (channel: number) =>
    server.say({ type: 'Closed', ref: 0, channel, code: CloseCode.InternalError, reason: 'Oops.' });
  closeIt(1);
  expect(typed(await heard())).toEqual(['Open']);
  server.say(opened({ channel: 2, head: 9 }));
  await server.heard();
  closeIt(2);
  expect(await heard()).toEqual([]);
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 3, epoch: 1, seq: 0 }]);
  server.say(opened({ channel: 3 }));
  closeIt(3);
  expect(typed(await heard())).toEqual(['Open']);
});

test('an Open that is turned down with 45xx is tried again, first at once and then after pauses', async () => {
  await server.accept();
  const turnDown = (ref: number) =>
    server.say({ type: 'Closed', ref, channel: 0, code: CloseCode.InternalError, reason: 'Oops.' });
  turnDown(1);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 2 }]);
  turnDown(2);
  expect(await heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await heard()).toMatchObject([{ type: 'Open', ref: 3 }]);
  server.say(opened());
  expect(document.saveState.kind).toBe('saved');
});

test('a document that is refused and then closed keeps the refusal until it is acknowledged', async () => {
  await join();
  type('a');
  await turn();
  server.say(refused(1, 'read-only'));
  const { ref } = await open();
  server.say({ type: 'Closed', ref, channel: 0, code: CloseCode.TooMuch, reason: 'Too many documents.' });
  expect(document.saveState).toMatchObject({ kind: 'refused', code: 'read-only' });
  document.acknowledgeRefusal();
  expect(document.saveState).toEqual({ kind: 'read-only', reason: 'Too many documents.' });
});

test('closing a document sends what is left and leaves; its Y.Doc may still be used', async () => {
  await join();
  const waiting = document.whenSaved();
  await waiting;
  type('bye');
  const never = document.whenSaved();
  document.on('save', () => expect.unreachable('told after it was closed'));
  document.close();
  document.close();
  expect(typed(server.socket.heard())).toEqual(['Update', 'Close']);
  await expect(never).rejects.toThrow('closed');
  type('!');
  document.presence.setLocalStateField('cursor', { anchor: 1 });
  expect(await server.heard()).toEqual([]);
  expect(text()).toBe('bye!');
  expect(connection.status.kind).toBe('connected');
});

test('a stopped connection leaves its documents offline, with their changes', async () => {
  await join();
  type('a');
  await turn();
  server.socket.breakOff(CloseCode.TooMuch, 'no');
  expect(connection.status.kind).toBe('stopped');
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
});
