import type { Connection, Draft, LocalState, SaveState, SharedDocument } from '@weft/provider';
import { expect, test } from 'vitest';
import { OpenDocuments } from './open-documents.js';

const person = { name: 'Noor', color: '#d1495b' };
const offline: SaveState = { kind: 'offline', changes: 3 };
const saved: SaveState = { kind: 'saved', atMs: 1 };

/** A document that is saved when told. */
class FakeDocument {
  saveState: SaveState = saved;
  drafts: Draft[] = [];
  local: LocalState = 'none';
  isClosed = false;
  localState: unknown = { user: person };
  readonly presence = {
    setLocalState: (state: unknown) => {
      this.localState = state;
    },
  };
  #resolve = () => {};
  readonly #saved = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  whenSaved = () => this.#saved;
  whenSynced = () => this.synced;
  synced = Promise.resolve();
  close = () => {
    this.isClosed = true;
  };
  save(): Promise<void> {
    this.saveState = saved;
    this.#resolve();
    return this.#saved;
  }
}

function setUp() {
  const made: FakeDocument[] = [];
  const connection = {
    open: (name: string) => {
      const document = new FakeDocument(name);
      made.push(document);
      return document;
    },
  };
  return { made, documents: new OpenDocuments(connection as unknown as Connection, { of: () => '' }) };
}
const fake = (document: SharedDocument) => document as unknown as FakeDocument;

test('a saved document is closed when its page is left', () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  documents.leave(shared);
  expect(fake(shared).isClosed).toBe(true);
  expect(documents.hasUnsaved).toBe(false);
});

test('an unsaved one stays open, unseen by the others, until it is saved', async () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  fake(shared).saveState = offline;
  documents.leave(shared);
  expect([fake(shared).isClosed, fake(shared).localState, documents.hasUnsaved]).toEqual([false, null, true]);
  await fake(shared).save();
  expect([fake(shared).isClosed, documents.hasUnsaved]).toEqual([true, false]);
});

test('coming back to it finds it as it was left, and saving it then does not close it', async () => {
  const { made, documents } = setUp();
  const shared = documents.open('a', person);
  fake(shared).saveState = offline;
  documents.leave(shared);
  expect(documents.open('a', person)).toBe(shared);
  expect(fake(shared).localState).toEqual({ user: person });
  await fake(shared).save();
  expect(fake(shared).isClosed).toBe(false);
  expect(made).toHaveLength(1);
});

test('leaving asks while there is a draft that was neither copied nor dismissed', () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  const [first, second] = [{}, {}] as [Draft, Draft];
  fake(shared).drafts.push(first, second);
  expect(documents.hasUnsaved).toBe(true);
  documents.settle([second]);
  expect(documents.hasUnsaved).toBe(true);
  documents.settle(shared.drafts);
  expect(documents.hasUnsaved).toBe(false);
  documents.leave(shared);
  expect(fake(shared).isClosed).toBe(true);
});

test('a saved document with a draft is kept when its page is left, and shown again with it', async () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  fake(shared).drafts.push({} as Draft);
  documents.leave(shared);
  await fake(shared).save();
  expect([fake(shared).isClosed, documents.hasUnsaved]).toEqual([false, true]);
  expect(documents.open('a', person)).toBe(shared);
});

test('leaving does not ask about what this browser keeps, and asks as soon as it cannot', () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  fake(shared).saveState = offline;
  fake(shared).drafts.push({} as Draft);
  fake(shared).local = 'kept';
  expect([documents.wouldLoseAny, documents.hasUnsaved]).toEqual([false, true]);
  for (const local of ['full', 'unavailable', 'loading', 'none'] as const) {
    fake(shared).local = local;
    expect(documents.wouldLoseAny).toBe(true);
  }
});

test('a document whose unsaved text is kept is sent all the same when its page is left', async () => {
  const { documents } = setUp();
  const shared = documents.open('a', person);
  Object.assign(fake(shared), { saveState: offline, local: 'kept' });
  documents.leave(shared);
  expect(fake(shared).isClosed).toBe(false);
  await fake(shared).save();
  expect(fake(shared).isClosed).toBe(true);
});

test('what an earlier page left is sent out of sight, and goes on when its page is opened meanwhile', async () => {
  const { made, documents } = setUp();
  documents.finish('a');
  documents.finish('a');
  const [a] = made;
  a!.saveState = offline;
  await a!.synced;
  expect([made.length, a!.localState, a!.isClosed]).toEqual([1, null, false]);
  await a!.save();
  expect(a!.isClosed).toBe(true);

  documents.finish('b');
  const shown = documents.open('b', person);
  expect(fake(shown)).toBe(made[1]);
  await made[1]!.synced;
  documents.finish('b');
  expect([fake(shown).isClosed, made.length]).toEqual([false, 2]);
});
