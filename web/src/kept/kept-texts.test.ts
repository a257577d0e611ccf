import type { Draft, SharedDocument } from '@weft/provider';
import type { IndexedDbStore } from '@weft/provider/indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import type { OpenDocuments } from '../document/open-documents.js';
import { KeptTexts } from './kept-texts.js';

vi.mock('@weft/model', () => ({ firstLines: () => 'First line\nSecond' }));
vi.mock('../document/documents-api.js', () => ({ createDocument: async () => 'new' }));

const person = { name: 'Ann', color: '#aa0000' };
const draftOf = (id: string, atMs: number): Draft => ({
  id,
  code: 'malformed',
  reason: 'No.',
  atMs,
  doc: { getMap: () => new Map([['title', ` Title of ${id} `]]) } as unknown as Draft['doc'],
});

/** A browser with a store, and one document open. */
class Stage {
  readonly stored = new Map<string, { document: string; draft: Draft }>();
  drafts: Draft[] = [];
  comes: 'written' | 'nothing-new' | 'does-not-fit' = 'written';
  mayWrite = true;
  synced: Promise<void> = Promise.resolve();
  isStorageRefused = false;
  readonly opened: string[] = [];
  readonly left: string[] = [];

  readonly shared = (name: string) =>
    ({
      name,
      access: { mayWrite: this.mayWrite },
      drafts: this.drafts,
      whenSynced: () => this.synced,
      whenSaved: () => Promise.resolve(),
      bringIn: () => this.comes,
      dismissDraft: (draft: Draft) => {
        this.drafts = this.drafts.filter((each) => each !== draft);
        this.stored.delete(draft.id);
      },
      takeBackDraft: (draft: Draft) => this.drafts.push(draft),
    }) as unknown as SharedDocument;

  isOpen = false;
  readonly documents = {
    get drafts() {
      return [];
    },
    named: (name: string) => (this.isOpen ? this.shared(name) : null),
    open: (name: string) => {
      this.isOpen = true;
      this.opened.push(name);
      return this.shared(name);
    },
    leave: ({ name }: SharedDocument) => {
      this.isOpen = false;
      this.left.push(name);
    },
  } as unknown as OpenDocuments;

  readonly store = {
    drafts: async () => {
      if (this.isStorageRefused) throw new Error('refused');
      return [...this.stored.values()].map(({ document, draft }) => ({ kind: 'content', document, draft }));
    },
    putDraft: async ({ document }: { document: string }, draft: Draft) =>
      this.stored.set(draft.id, { document, draft }),
    removeDraft: async (_place: object, id: string) => this.stored.delete(id),
  } as unknown as IndexedDbStore;

  readonly texts = new KeptTexts(
    this.store,
    () => (this.isOpen ? this.documents : null),
    () => this.documents,
  );

  keep(document: string, draft: Draft): void {
    this.stored.set(draft.id, { document, draft });
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.keep('a', draftOf('old', 1));
  stage.keep('b', draftOf('new', 2));
});

test('lists what is kept, the newest first, with a title and its first lines', async () => {
  const list = await stage.texts.list();
  expect(list.map(({ document, title, firstLines }) => [document, title, firstLines])).toEqual([
    ['b', 'Title of new', 'First line Second'],
    ['a', 'Title of old', 'First line Second'],
  ]);
  stage.isStorageRefused = true;
  expect(await stage.texts.list()).toEqual([]);
});

test('what was put back is kept no more, and the document goes on out of sight', async () => {
  const [newest] = await stage.texts.list();
  stage.drafts = [newest!.draft];
  expect(await stage.texts.putBack(newest!, person)).toEqual({ done: true });
  expect([...stage.stored.keys(), stage.drafts, stage.left]).toEqual(['old', [], ['b']]);
});

test.each([
  ['does-not-fit', 'It does not fit into the document any more'],
  ['nothing-new', 'Everything in it is in the document already.'],
] as const)('what %s stays kept, and that is said', async (comes, sentence) => {
  stage.comes = comes;
  const [newest] = await stage.texts.list();
  const result = await stage.texts.putBack(newest!, person);
  expect(result).toMatchObject({ done: false, sentence: expect.stringContaining(sentence) });
  expect(result).toMatchObject({ sentence: expect.stringMatching(/It is still kept here\.$/) });
  expect([[...stage.stored.keys()], stage.left]).toEqual([['old', 'new'], ['b']]);
});

test('where one may only read, or the document cannot be opened, the text stays kept', async () => {
  const [newest] = await stage.texts.list();
  stage.mayWrite = false;
  expect(await stage.texts.putBack(newest!, person)).toMatchObject({
    done: false,
    sentence: expect.stringMatching(/only read/),
  });
  stage.synced = Promise.reject(new Error('closed'));
  expect(await stage.texts.putBack(newest!, person)).toMatchObject({
    done: false,
    sentence: expect.stringMatching(/cannot be opened/),
  });
  await expect(stage.texts.makeDocument(newest!, person)).rejects.toThrow('It is still kept here.');
  expect([...stage.stored.keys()]).toEqual(['old', 'new']);
});

test('a server that does not answer is not waited for for ever', async () => {
  vi.useFakeTimers();
  const [newest] = await stage.texts.list();
  stage.synced = new Promise(() => {});
  const result = stage.texts.putBack(newest!, person);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toMatchObject({ done: false, sentence: expect.stringMatching(/^The server cannot be reached/) });
  expect([stage.left, vi.getTimerCount()]).toEqual([['b'], 0]);
  vi.useRealTimers();
});

test('a document is made of a text, which is kept until that is saved', async () => {
  const [newest] = await stage.texts.list();
  expect(await stage.texts.makeDocument(newest!, person)).toBe('new');
  expect([stage.opened, stage.left, [...stage.stored.keys()]]).toEqual([['new'], ['new'], ['old']]);
});

test('what no document can be made of stays kept', async () => {
  stage.comes = 'does-not-fit';
  const [newest] = await stage.texts.list();
  await expect(stage.texts.makeDocument(newest!, person)).rejects.toThrow(/No document can be made of it.*still kept/);
  expect([...stage.stored.keys()]).toEqual(['old', 'new']);
});

test('throwing away is undone for a minute, where the document is open as well', async () => {
  vi.useFakeTimers();
  const [newest, oldest] = await stage.texts.list();
  await stage.texts.throwAway(newest!);
  expect([stage.texts.thrown, [...stage.stored.keys()]]).toEqual([[newest], ['old']]);
  await stage.texts.takeBack(newest!);
  expect([stage.texts.thrown, [...stage.stored.keys()]]).toEqual([[], ['old', 'new']]);

  stage.isOpen = true;
  stage.drafts = [oldest!.draft];
  await stage.texts.throwAway(oldest!);
  expect(stage.drafts).toEqual([]);
  await stage.texts.takeBack(oldest!);
  expect(stage.drafts).toEqual([oldest!.draft]);
  await stage.texts.throwAway(oldest!);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stage.texts.thrown).toEqual([]);
  vi.useRealTimers();
});
