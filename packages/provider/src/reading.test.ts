// Reading writes nothing: not by what Yjs tidies up when it receives formatting, not where somebody writes who may not.

import { deflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { entries, opened, saved, turn, typed, writer } from '../test/fake-server.js';
import { comeBack, document, heard, heardOpen, join, onStage, refused, server, text, type } from '../test/stage.js';
import type { Draft } from './drafts.js';

onStage();

const untidyBase = () => {
  const ann = writer(7);
  ann.type('some text that is read');
  return ann;
};

/** Text that two people made bold at once, in the same places. */
function untidyUpdates(): Uint8Array[] {
  const ann = untidyBase();
  const bo = writer(8);
  Y.applyUpdate(bo.doc, ann.updates[0]!);
  const own = bo.updates.length;
  for (const [at, length] of [
    [0, 12],
    [3, 9],
    [5, 15],
  ] as const) {
    ann.doc.getText('t').format(at, length, { bold: true });
    bo.doc.getText('t').format(at, length, { bold: true });
  }
  return [...ann.updates, ...bo.updates.slice(own)];
}

/** How many updates of its own a plain Y.Doc makes of receiving these. */
function ownUpdatesOf(updates: readonly Uint8Array[]): number {
  const doc = new Y.Doc();
  doc.getText('t');
  let own = 0;
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== 'server') own += 1;
  });
  for (const update of updates) Y.applyUpdate(doc, update, 'server');
  return own;
}

describe('formatting that Yjs takes for redundant', () => {
  const updates = untidyUpdates();

  test('would be deleted by a plain Y.Doc that receives it', () => {
    expect(ownUpdatesOf(updates)).toBeGreaterThan(0);
  });

  test.each([
    ['a reader', 0],
    ['an editor', 1],
  ] as const)('is not, by %s: nothing is sent', async (_who, access) => {
    await server.accept();
    document.doc.getText('t');
    server.say(opened({ access, role: access === 0 ? 1 : 3, head: updates.length }));
    for (const [index, update] of updates.entries()) server.say(entries(index + 1, update));
    expect(typed(await heard())).toEqual([]);
    expect(document.saveState.kind).toBe(access === 0 ? 'read-only' : 'saved');
    expect(document.drafts).toEqual([]);
    const whole = new Y.Doc();
    const applyAll = () => {
      for (const update of updates) Y.applyUpdate(whole, update);
    };
    Y.transact(whole, applyAll, null, false);
    expect(document.doc.getText('t').toDelta()).toEqual(whole.getText('t').toDelta());
  });

  test('is not when it comes with a checkpoint, on top of a document that was shown', async () => {
    const whole = new Y.Doc();
    for (const update of updates) Y.applyUpdate(whole, update);
    await join({ head: 1 });
    document.doc.getText('t');
    server.say(entries(1, updates[0]!));
    await comeBack();
    const state = deflateSync(Y.encodeStateAsUpdate(whole));
    server.say(opened({ head: 9, held: 1, checkpointSeq: 9, checkpoint: state }));
    expect([typed(await heard()), text()]).toEqual([['Check'], 'some text that is read']);
  });

  test('is deleted by who makes it', async () => {
    await join();
    type('0123456789');
    const shared = document.doc.getText('t');
    shared.format(0, 10, { bold: true });
    shared.format(2, 3, { bold: null });
    shared.format(2, 3, { bold: true });
    let marks = 0;
    for (let item = shared._start; item !== null; item = item.right) {
      if (!item.deleted && item.content instanceof Y.ContentFormat) marks += 1;
    }
    expect(marks).toBe(2);
  });
});

describe('writing without the right to', () => {
  test('S2: stays in the Y.Doc it was written into, as a draft, and nothing is sent', async () => {
    const bo = writer(7);
    await join({ access: 0, role: 1 });
    server.say(entries(1, bo.type('shared')));
    const old = document.doc;
    const drafts: Draft[] = [];
    document.on('draft', (draft) => drafts.push(draft));
    type(' and mine');
    type(', more', old);
    expect(drafts).toMatchObject([{ doc: old, reason: 'This document can be read here, but not changed.' }]);
    expect(typed(await heard())).toEqual(['Close', 'Open']);
    server.say(opened({ channel: 2, access: 0, role: 1, head: 1, checkpointSeq: 1 }, bo.doc));
    expect([text(), text(old)]).toEqual(['shared', 'shared and mine, more']);
    expect(document.drafts).toEqual(drafts);
    expect([document.saveState.kind, typed(await heard())]).toEqual(['read-only', []]);
  });

  test('is told even when something was only deleted', async () => {
    const bo = writer(7);
    await join({ access: 0, role: 1, head: 1, checkpointSeq: 1, ...stateOf(bo.doc, bo.type('shared')) });
    document.doc.getText('t').delete(0, 3);
    expect(document.drafts.map(({ doc }) => text(doc))).toEqual(['red']);
    expect(typed(await heard())).toEqual(['Close', 'Open']);
  });
});

const stateOf = (doc: Y.Doc, _typed: Uint8Array) => ({ checkpoint: deflateSync(Y.encodeStateAsUpdate(doc)) });

const access = (role: number, mayWrite: 0 | 1, reason = '') =>
  ({ type: 'Access', channel: 1, role, access: mayWrite, reason }) as const;

describe('a role that changes', () => {
  test('is told, shown in the save state, and back again', async () => {
    await join();
    const told: unknown[] = [];
    document.on('access', (each) => told.push(each));
    expect([document.role, document.saveState.kind]).toEqual(['editor', 'saved']);
    server.say(access(1, 0, 'Bo made you a reader.'));
    expect(document.role).toBe('reader');
    expect(document.saveState).toEqual({ kind: 'read-only', reason: 'Bo made you a reader.' });
    server.say(access(4, 1));
    expect([document.role, document.saveState.kind]).toEqual(['owner', 'saved']);
    expect(told).toEqual([
      { role: 'reader', mayWrite: false, reason: 'Bo made you a reader.' },
      { role: 'owner', mayWrite: true, reason: '' },
    ]);
    type('again');
    expect(typed(await heard())).toEqual(['Update']);
    expect(document.drafts).toEqual([]);
  });

  test('G7: what has its number is saved, and without anything else there is no draft', async () => {
    await join();
    const { doc } = document;
    type('in time');
    await heard();
    server.say(access(1, 0));
    expect([document.drafts, document.saveState.kind]).toEqual([[], 'read-only']);
    server.say(saved(1, 1));
    expect([document.drafts, document.doc === doc, typed(await heard())]).toEqual([[], true, []]);
  });

  test('G7: what comes too late is a draft, not a refusal', async () => {
    await join();
    const { doc } = document;
    type('too late');
    await heard();
    server.say(access(1, 0, 'Bo made you a reader.'), refused(1, 'read-only'));
    expect(document.drafts).toMatchObject([{ doc, reason: 'Bo made you a reader.' }]);
    expect(document.saveState.kind).toBe('read-only');
    await heardOpen();
    server.say(opened({ channel: 2, access: 0, role: 1 }));
    expect([text(), text(doc)]).toEqual(['', 'too late']);
  });

  test('leaves what was not sent yet as a draft at once', async () => {
    await join();
    type('unsent');
    server.say(access(1, 0));
    expect(document.drafts.map((draft) => text(draft.doc))).toEqual(['unsent']);
    expect(typed(await heard())).toEqual(['Close', 'Open']);
  });

  test('leaves what was written offline as a draft when one comes back with less', async () => {
    await join();
    server.socket.breakOff();
    type('offline');
    await turn();
    const { doc } = document;
    await comeBack();
    server.say(opened({ access: 0, role: 1 }));
    expect(document.drafts).toMatchObject([{ doc }]);
    expect(typed(await heard())).toEqual(['Close', 'Open']);
    server.say(opened({ channel: 2, access: 0, role: 1 }));
    expect([text(), document.saveState.kind]).toEqual(['', 'read-only']);
  });
});
