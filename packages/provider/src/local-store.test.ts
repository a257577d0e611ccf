// What every local store has to do, on the one in IndexedDB and on the one that tests use.

import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { MemoryDisk } from '../test/memory-store.js';
import { IndexedDbStore } from './indexeddb-store.js';
import { type CopyChange, type LocalStore, NO_CHANGE, stepOf } from './local-store.js';

const place = { document: 'a/b', kind: 'content' } as const;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const entry = (outboxId: string, clientSeq: number, epoch = 1) => ({
  outboxId,
  clientSeq,
  epoch,
  update: bytes(clientSeq),
  changes: 1,
  sinceMs: clientSeq,
});
const draft = (id: string) => ({ id, code: 'malformed', reason: 'No.', atMs: 5, state: bytes(9) });
function written(id: string) {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, `words of ${id}`);
  return { ...draft(id), state: Y.encodeStateAsUpdate(doc) };
}
const copy = (fromSeq: number, toSeq: number, more: Partial<CopyChange> = {}): CopyChange => ({
  epoch: 1,
  fromSeq,
  toSeq,
  proven: { seq: toSeq, proof: bytes(toSeq) },
  updates: [bytes(fromSeq + 1, toSeq)],
  own: [],
  ...more,
});

type Work = () => Promise<void> | void;

/** The part of Web Locks that is used, for a Node that has none. */
class Locks {
  /** The end of whoever holds or waits last. */
  readonly #ends = new Map<string, Promise<void>>();
  waiting = 0;

  async request(name: string, ...[first, second]: [Work] | [{ signal: AbortSignal }, Work]): Promise<void> {
    const [signal, work] = typeof first === 'function' ? [null, first] : [first.signal, second!];
    const aborted = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    this.waiting += 1;
    await Promise.race([this.#ends.get(name), aborted]).finally(() => {
      this.waiting -= 1;
    });
    const end = Promise.resolve(work());
    this.#ends.set(name, end);
    await end;
  }
}
const locks = new Locks();
vi.stubGlobal('navigator', { locks });

let servers = 0;
describe.each<[string, () => (person: string) => LocalStore]>([
  [
    'IndexedDB',
    () => {
      servers += 1;
      const server = `server ${servers}`;
      return (person) => new IndexedDbStore({ server, person });
    },
  ],
  [
    'memory',
    () => {
      const disk = new MemoryDisk();
      return (person) => disk.page(person);
    },
  ],
])('a local store in %s', (_name, browser) => {
  test('keeps copy, unsent text and drafts beyond the page that wrote them', async () => {
    const open = browser();
    const page = open('ann');
    await page.write(place, { ...NO_CHANGE, copy: copy(0, 2), putEntries: [entry('o', 1)], putDrafts: [draft('d')] });
    expect(await page.write(place, { ...NO_CHANGE, copy: copy(2, 3), putEntries: [entry('o', 2)] })).toBe('written');
    page.letGo(['o']);
    expect(await open('ann').read(place)).toEqual({
      copies: [{ epoch: 1, seq: 3, proof: bytes(3), access: null, updates: [bytes(1, 2), bytes(3, 3)] }],
      unsent: [entry('o', 1), entry('o', 2)],
      drafts: [draft('d')],
    });
  });

  test('takes writes in their order, though nobody waits for one to end', async () => {
    const store = browser()('ann');
    const writes = [
      store.write(place, { ...NO_CHANGE, putEntries: [entry('o', 1), entry('o', 2)] }),
      store.write(place, { ...NO_CHANGE, copy: copy(0, 2), removeEntries: [entry('o', 1)] }),
      store.write(place, { ...NO_CHANGE, putEntries: [entry('p', 1)] }),
      store.write(place, { ...NO_CHANGE, copy: copy(2, 3), removeEntries: [entry('p', 1), entry('o', 3)] }),
      store.write(place, { ...NO_CHANGE, putEntries: [entry('o', 3)] }),
    ];
    expect(await Promise.all(writes)).toEqual(writes.map(() => 'written'));
    store.letGo(['o', 'p']);
    const { copies, unsent } = await store.read(place);
    expect([copies[0]!.updates.length, unsent]).toEqual([2, [entry('o', 2), entry('o', 3)]]);
    const last = store.write(place, { ...NO_CHANGE, putEntries: [entry('q', 1)] });
    await Promise.all([last, store.forget(place)]);
    store.letGo(['q']);
    expect((await store.read(place)).unsent).toEqual([]);
  });

  test('notes what one may do with the copy of that epoch, where there is one', async () => {
    const store = browser()('ann');
    const access = { epoch: 1, role: 'reader', mayWrite: false } as const;
    await store.write(place, { ...NO_CHANGE, access });
    expect((await store.read(place)).copies).toEqual([]);
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 1), access });
    await store.write(place, { ...NO_CHANGE, copy: copy(1, 2), access: { ...access, epoch: 2 } });
    expect((await store.read(place)).copies).toMatchObject([{ seq: 2, access: { role: 'reader', mayWrite: false } }]);
  });

  test('shows nobody what is of another person, document or kind (S4)', async () => {
    const open = browser();
    const ann = open('ann');
    await ann.write(place, { ...NO_CHANGE, copy: copy(0, 2), putEntries: [entry('o', 1)] });
    ann.letGo(['o']);
    const empty = { copies: [], unsent: [], drafts: [] };
    expect(await open('an').read(place)).toEqual(empty);
    expect(await open('anna').read(place)).toEqual(empty);
    expect(await open('ann').read({ ...place, kind: 'discussion' })).toEqual(empty);
    expect(await open('ann').read({ ...place, document: 'a' })).toEqual(empty);
    expect(await open('ann').read({ ...place, document: 'a/b/c' })).toEqual(empty);
  });

  test('removes what is named, and nothing else', async () => {
    const store = browser()('ann');
    const putEntries = [entry('o', 1), entry('o', 2), entry('p', 1)];
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 2), putEntries, putDrafts: [draft('d'), draft('e')] });
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 1, { epoch: 2 }) });
    const removeEntries = [entry('o', 1)];
    await store.write(place, { ...NO_CHANGE, removeEntries, removeDrafts: ['d'] });
    store.letGo(['o', 'p']);
    const left = await store.read(place);
    expect(left.copies.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(left.unsent).toEqual([entry('o', 2), entry('p', 1)]);
    expect(left.drafts).toEqual([draft('e')]);
  });

  test('lets the copy of an old epoch go once nobody needs it', async () => {
    const store = browser()('ann');
    const epochs = async () => (await store.read(place)).copies.map(({ epoch }) => epoch);
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 2), putEntries: [entry('o', 1), entry('p', 1, 2)] });
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 1, { epoch: 2 }), retireCopies: [{ epoch: 1, seq: 2 }] });
    expect(await epochs()).toEqual([1, 2]);
    const removeEntries = [entry('o', 1)];
    await store.write(place, { ...NO_CHANGE, removeEntries, retireCopies: [{ epoch: 1, seq: 1 }] });
    expect(await epochs()).toEqual([1, 2]);
    await store.write(place, { ...NO_CHANGE, retireCopies: [{ epoch: 1, seq: 2 }] });
    expect(await epochs()).toEqual([2]);
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 1), removeEntries: [entry('p', 1)] });
    expect((await store.read(place)).copies[0]!.updates).toEqual([bytes(1, 1)]);
  });

  test('takes no piece that the copy has a hole before, and all the rest of such a change', async () => {
    const store = browser()('ann');
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 2) });
    expect(await store.write(place, { ...NO_CHANGE, copy: copy(3, 4), putEntries: [entry('o', 1)] })).toBe('gap');
    store.letGo(['o']);
    const { copies, unsent } = await store.read(place);
    expect([copies[0]!.seq, copies[0]!.updates, unsent]).toEqual([2, [bytes(1, 2)], [entry('o', 1)]]);
  });

  test('leaves unsent text to the page that wrote it, while that is there (S4)', async () => {
    const open = browser();
    const [left, right] = [open('ann'), open('ann')];
    await left.write(place, { ...NO_CHANGE, putEntries: [entry('o', 1), entry('o', 2)] });
    await right.write(place, { ...NO_CHANGE, putEntries: [entry('p', 1)] });
    expect((await right.read(place)).unsent).toEqual([]);
    left.letGo(['o']);
    left.letGo(['o']);
    expect((await right.read(place)).unsent).toEqual([entry('o', 1), entry('o', 2)]);
  });

  test('forgets a document, or everything of a person, and nothing of others', async () => {
    const open = browser();
    const other = { ...place, document: 'c' };
    for (const person of ['ann', 'ben']) {
      const page = open(person);
      for (const where of [place, other]) await page.write(where, { ...NO_CHANGE, putEntries: [entry(person, 1)] });
      page.letGo([person]);
    }
    const counts = async () => {
      const all = [];
      for (const person of ['ann', 'ben']) {
        for (const where of [place, other]) all.push((await open(person).read(where)).unsent.length);
      }
      return all;
    };
    await open('ann').forget(place);
    expect(await counts()).toEqual([0, 1, 1, 1]);
    await open('ben').forgetAll();
    expect(await counts()).toEqual([0, 1, 0, 0]);
  });
});

describe('a copy', () => {
  const held = { seq: 5, proof: bytes(5), heldSeq: 7 };

  test('grows by what follows what it holds, and claims no more than is proven (J1)', () => {
    const step = stepOf(held, copy(7, 9, { proven: null }));
    expect(step).toEqual({ clear: false, append: [bytes(8, 9)], state: { seq: 5, proof: bytes(5), heldSeq: 9 } });
    expect(stepOf(held, copy(6, 9))!.state).toEqual({ seq: 9, proof: bytes(9), heldSeq: 9 });
  });

  test('does not grow by what another tab has written already, but for own text', () => {
    const step = stepOf(held, copy(5, 6, { own: [bytes(77)] }));
    expect(step).toEqual({ clear: false, append: [bytes(77)], state: { seq: 6, proof: bytes(6), heldSeq: 7 } });
  });

  test('is replaced by a whole one that holds as much, and not by an older one', () => {
    expect(stepOf(held, copy(-1, 7))).toMatchObject({ clear: true, state: { seq: 7, heldSeq: 7 } });
    expect(stepOf(held, copy(-1, 6))).toEqual({ clear: false, append: [], state: held });
    expect(stepOf(null, copy(-1, 6))).toMatchObject({ clear: true, state: { seq: 6, heldSeq: 6 } });
  });

  test('begins with the first entry, and with nothing else', () => {
    expect(stepOf(null, copy(0, 1))).toMatchObject({ append: [bytes(1, 1)], state: { seq: 1, heldSeq: 1 } });
    expect(stepOf(null, copy(1, 2))).toBeNull();
  });
});

describe('IndexedDbStore', () => {
  test('waits for a page that is being closed, and takes what it left', async () => {
    const open = () => new IndexedDbStore({ server: 'closing', person: 'ann' });
    const left = open();
    await left.write(place, { ...NO_CHANGE, putEntries: [entry('o', 1)] });
    const right = open();
    // The database is open: what is left to wait for is the page.
    expect((await right.read({ ...place, document: 'other' })).unsent).toEqual([]);
    const read = right.read(place);
    await vi.waitFor(() => expect(locks.waiting).toBe(1));
    left.letGo(['o']);
    expect((await read).unsent).toEqual([entry('o', 1)]);
  });

  test('gives a guest who signed in their unsent text and drafts, and no copy', async () => {
    const open = (person: string) => new IndexedDbStore({ server: 'inherit', person });
    await open('g-1').write(place, {
      ...NO_CHANGE,
      copy: copy(0, 1),
      putEntries: [entry('o', 1)],
      putDrafts: [draft('d')],
    });
    await open('g-2').write(place, { ...NO_CHANGE, putEntries: [entry('q', 1)] });
    vi.stubGlobal('navigator', {});
    await open('u-1').inherit('g-1');
    expect(await open('u-1').read(place)).toEqual({ copies: [], unsent: [entry('o', 1)], drafts: [draft('d')] });
    expect(await open('g-1').read(place)).toEqual({ copies: [], unsent: [], drafts: [] });
    expect((await open('g-2').read(place)).unsent).toHaveLength(1);
  });

  test('names the documents in which something is not finished', async () => {
    const store = new IndexedDbStore({ server: 'unfinished', person: 'ann' });
    const at = (document: string) => ({ document, kind: 'content' }) as const;
    await store.write(at('a'), { ...NO_CHANGE, copy: copy(0, 1) });
    await store.write(at('b'), { ...NO_CHANGE, putEntries: [entry('o', 1), entry('o', 2)] });
    await store.write(at('c'), { ...NO_CHANGE, putDrafts: [draft('d')] });
    expect(await store.unfinished()).toEqual([
      { ...at('c'), isUnsent: false },
      { ...at('b'), isUnsent: true },
    ]);
  });

  test('lists what was being written when it was asked', async () => {
    const store = new IndexedDbStore({ server: 'in turn', person: 'ann' });
    expect(await store.copies()).toEqual([]);
    const change = { ...NO_CHANGE, copy: copy(0, 2), putEntries: [entry('o', 1)], putDrafts: [written('d')] };
    const writing = store.write(place, change);
    const listed = await Promise.all([store.copies(), store.unfinished(), store.drafts()]);
    expect(listed.map(({ length }) => length)).toEqual([1, 1, 1]);
    await writing;
    store.letGo(['o']);
  });

  test('names the documents that can be opened from it, and every draft with where it is from', async () => {
    const store = new IndexedDbStore({ server: 'listed', person: 'ann' });
    const at = (document: string) => ({ document, kind: 'content' }) as const;
    await store.write(at('a'), { ...NO_CHANGE, copy: copy(0, 1) });
    const kept = written('d');
    await store.write(at('a'), { ...NO_CHANGE, copy: copy(0, 1, { epoch: 2 }), putDrafts: [kept] });
    const other = new IndexedDbStore({ server: 'listed', person: 'bo' });
    await other.write(at('c'), { ...NO_CHANGE, copy: copy(0, 1), putDrafts: [written('f')] });
    expect(await store.copies()).toEqual([at('a')]);
    const [{ draft: first, ...place }] = (await store.drafts()) as [Awaited<ReturnType<typeof store.drafts>>[number]];
    expect([place, first.doc.getText('t').toString()]).toEqual([at('a'), 'words of d']);
    await store.putDraft(at('b'), { ...first, id: 'e' });
    await store.removeDraft(at('a'), 'd');
    expect(await store.drafts()).toMatchObject([{ ...at('b'), draft: { id: 'e', reason: 'No.', atMs: 5 } }]);
    expect((await store.read(at('b'))).drafts).toEqual([{ ...kept, id: 'e' }]);
  });

  test('tells the text of a document as it can be opened from it', async () => {
    const store = new IndexedDbStore({ server: 'text', person: 'ann' });
    expect(await store.text(place)).toBeNull();
    await store.write(place, { ...NO_CHANGE, copy: copy(0, 1, { updates: [written('x').state] }) });
    expect((await store.text(place))?.getText('t').toString()).toBe('words of x');
  });

  test('writes all of a change or nothing', async () => {
    vi.stubGlobal('navigator', undefined);
    const store = new IndexedDbStore({ server: 'atomic', person: 'ann' });
    const unclonable = { ...draft('d'), state: (() => {}) as unknown as Uint8Array };
    const write = store.write(place, { ...NO_CHANGE, putEntries: [entry('o', 1)], putDrafts: [unclonable] });
    await expect(write).rejects.toThrow();
    expect((await store.read(place)).unsent).toEqual([]);
    await store.write(place, { ...NO_CHANGE, putEntries: [entry('o', 2)] });
    expect((await store.read(place)).unsent).toEqual([entry('o', 2)]);
  });

  test('opens again after it was closed', async () => {
    const store = new IndexedDbStore({ server: 'closed', person: 'ann' });
    await store.write(place, { ...NO_CHANGE, putEntries: [entry('o', 1)] });
    await store.close();
    expect((await store.read(place)).unsent).toHaveLength(1);
  });
});
