import type { Role } from '@weft/protocol';
import { describe, expect, test, vi } from 'vitest';
import { IN_TRASH } from './access-errors.js';
import { type Identity, NOBODY } from './identity.js';
import {
  closedSettings,
  makeToken,
  nameOf,
  START_MS,
  startAccess,
  type TestAccess,
  TestRecords,
} from './test/access-harness.js';

const notes = nameOf('notes/a');
const address = '127.0.0.1';

const signIn = async ({ access }: TestAccess, sub: string, more: object = {}): Promise<Identity> =>
  access.identify({ token: await makeToken({ claims: { sub, jti: sub, ...more } }), guest: '' });

async function watched({ access }: TestAccess, who: Identity, link = '') {
  const told: [Role | null, string][] = [];
  const watch = await access.watch(who, notes, link, (role, reason) => void told.push([role, reason]));
  return { watch, told };
}

/** Ann's document, which Ben writes in, everyone reads, and a guest has a link to. */
async function stage(records = new TestRecords()) {
  const parts = await startAccess({ ...closedSettings, defaults: { signedIn: 'reader', guests: null } }, records);
  const [ann, ben] = [await signIn(parts, 'ann'), await signIn(parts, 'ben')];
  parts.documents.add(notes);
  await parts.sharing.create(notes, ann);
  const by = { identity: ann, address };
  await parts.sharing.change(notes, { do: 'grant', person: ben.person, email: null, role: 'editor' }, by);
  const link = await parts.sharing.change(
    notes,
    { do: 'make-link', role: 'commenter', expiresAtMs: null, label: '' },
    by,
  );
  return { ...parts, ann, ben, by, link: link! };
}

describe('a document in the trash', () => {
  test('is nobody’s to open, in the turn in which it goes there, and everybody’s as before once it is back', async () => {
    const parts = await stage();
    const { ann, ben, link, trash, trasher } = parts;
    const host = await signIn(parts, 'host', { weft: { admin: true } });
    const patterned = await signIn(parts, 'pat', { weft: { roles: { '**': 'editor' } } });
    const everybody = [
      await watched(parts, ann),
      await watched(parts, ben),
      await watched(parts, NOBODY, link),
      await watched(parts, host),
      await watched(parts, patterned),
      await watched(parts, await signIn(parts, 'cleo')),
    ];
    const before = everybody.map(({ watch }) => watch.role);
    expect(before).toEqual(['owner', 'editor', 'commenter', 'admin', 'editor', 'reader']);
    const trashed = await trash.put(notes, trasher(ann, notes, address));
    expect(trashed).toEqual({ atMs: START_MS, by: ann.person });
    expect(everybody.map(({ told }) => told)).toEqual(before.map(() => [[null, IN_TRASH]]));
    expect(everybody.map(({ watch }) => [watch.role, watch.trashedRole])).toEqual(before.map((role) => [null, role]));
    expect(await trash.read(notes)).toEqual(trashed);
    const stranger = await watched(parts, NOBODY);
    expect([stranger.watch.role, stranger.watch.trashedRole]).toEqual([null, null]);

    await trash.takeOut(notes, trasher(ann, notes, address));
    expect(everybody.map(({ watch }) => [watch.role, watch.trashedRole])).toEqual(before.map((role) => [role, null]));
    expect(await trash.read(notes)).toBeNull();
    expect(parts.notes.slice(-2)).toEqual([
      { action: 'document-trashed', person: ann.person, document: notes, address },
      { action: 'document-untrashed', person: ann.person, document: notes, address },
    ]);
  });

  test('went there by its owner or an admin, and comes back by one of them', async () => {
    const parts = await stage();
    const { ann, ben, trash, trasher } = parts;
    await expect(trash.put(notes, trasher(ben, notes, address))).rejects.toMatchObject({ code: 'NO_ACCESS' });
    await expect(trash.takeOut(notes, trasher(ann, notes, address))).rejects.toMatchObject({ code: 'NOT_IN_TRASH' });
    await trash.put(notes, trasher(ann, notes, address));
    await expect(trash.put(notes, trasher(ann, notes, address))).rejects.toMatchObject({ code: 'IN_TRASH' });
    await expect(trash.takeOut(notes, trasher(ben, notes, address))).rejects.toMatchObject({ code: 'NO_ACCESS' });
    const host = await signIn(parts, 'host', { weft: { admin: true } });
    await trash.takeOut(notes, trasher(host, notes, address));
    expect((await watched(parts, ben)).watch.role).toBe('editor');
  });

  test('is shared with nobody else there, and stays there over a start', async () => {
    const parts = await stage();
    const { ann, by, sharing, trash, trasher } = parts;
    await trash.put(notes, trasher(ann, notes, address));
    await expect(sharing.change(notes, { do: 'everyone', role: 'editor' }, by)).rejects.toMatchObject({
      code: 'NO_ACCESS',
    });
    const again = await parts.reopen();
    expect((await watched(again, ann)).watch).toMatchObject({ role: null, trashedRole: 'owner' });
    expect([...(await again.trash.list(() => undefined)).keys()]).toEqual([notes]);
    await again.trash.takeOut(notes, again.trasher(ann, notes, address));
    expect((await watched(again, ann)).watch.role).toBe('owner');
    expect(await again.sharing.read(notes)).not.toHaveProperty('trashed');
  });

  test('is there only once that is on disk', async () => {
    const parts = await stage();
    const { ann, records, trash, trasher } = parts;
    const { told, watch } = await watched(parts, ann);
    records.beforeWrite = () => {
      throw new Error('the disk is gone');
    };
    await expect(trash.put(notes, trasher(ann, notes, address))).rejects.toThrow('the disk is gone');
    expect([told, watch.role]).toEqual([[], 'owner']);
  });

  test('is there at every server that has the store', async () => {
    const records = new TestRecords();
    const a = await stage(records);
    const b = await startAccess(undefined, records);
    const { told, watch } = await watched(b, a.ben);
    await a.trash.put(notes, a.trasher(a.ann, notes, address));
    await vi.waitFor(() => expect(told).toEqual([[null, IN_TRASH]]));
    expect(watch.trashedRole).toBe('editor');
    await b.trash.takeOut(notes, b.trasher(a.ann, notes, address));
    expect(watch.role).toBe('editor');
    await vi.waitFor(async () => expect((await watched(a, a.ben)).watch.role).toBe('editor'));
  });

  test('is erased or brought back, whichever came first, and never both', async () => {
    const { ann, forget, documents, records, trash, trasher } = await stage();
    const by = trasher(ann, notes, address);
    await trash.put(notes, by);
    const erase = async (): Promise<boolean> => {
      documents.delete(notes);
      await records.write([{ table: 'access', key: notes, value: null }]);
      await forget(notes);
      return true;
    };
    const [erased, back] = await Promise.allSettled([trash.erase(notes, () => true, erase), trash.takeOut(notes, by)]);
    expect(erased).toMatchObject({ value: true });
    expect(back).toMatchObject({ reason: { code: 'NO_ACCESS' } });
    expect(await trash.read(notes)).toBeNull();
  });

  test('that was brought back is not erased, nor one that came there anew', async () => {
    const { ann, clock, trash, trasher } = await stage();
    const by = trasher(ann, notes, address);
    const { atMs } = await trash.put(notes, by);
    const erase = vi.fn(async () => true);
    const [, erased] = await Promise.all([trash.takeOut(notes, by), trash.erase(notes, () => true, erase)]);
    expect(erased).toBe(false);
    clock.nowMs += 1000;
    await trash.put(notes, by);
    expect(await trash.erase(notes, (trashed) => trashed.atMs === atMs, erase)).toBe(false);
    expect(erase).not.toHaveBeenCalled();
  });
});

test('where nobody owns anything everybody may put a document there, and bring it back', async () => {
  const parts = await startAccess(null);
  const { access, documents, trash, trasher } = parts;
  documents.add(notes);
  const [one, other] = [await watched(parts, NOBODY), await watched(parts, NOBODY)];
  expect([one.watch.role, access.isOpen]).toEqual(['editor', true]);
  await trash.put(notes, trasher(NOBODY, notes, address));
  expect(other.told).toEqual([[null, IN_TRASH]]);
  const again = await parts.reopen();
  expect((await watched(again, NOBODY)).watch).toMatchObject({ role: null, trashedRole: 'editor' });
  await trash.takeOut(notes, trasher(NOBODY, notes, address));
  await vi.waitFor(() => expect([one.watch.role, other.watch.role]).toEqual(['editor', 'editor']));
});
