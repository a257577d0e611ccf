import type { Role } from '@weft/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { replaceAdminToken } from './admin-token.js';
import { type Identity, NOBODY } from './identity.js';
import { closedSettings, makeToken, nameOf, START_MS, startAccess, type TestAccess } from './test/access-harness.js';

const notes = nameOf('notes/a');
const address = '127.0.0.1';
afterEach(() => void vi.useRealTimers());

const signIn = async ({ access }: TestAccess, claims: Record<string, unknown> = {}, guest = ''): Promise<Identity> =>
  access.identify({ token: await makeToken({ claims }), guest });

/** Notes down what a watch tells. */
async function listen({ access }: TestAccess, who: Identity, link = '', document = notes) {
  const told: [Role | null, string][] = [];
  const watch = await access.watch(who, document, link, (role, reason) => void told.push([role, reason]));
  return { watch, told };
}

describe('who somebody is', () => {
  test('without proof they are nobody, and may nothing', async () => {
    const all = await startAccess();
    const nobody = await all.access.identify({ token: '', guest: '' });
    expect(nobody).toEqual(NOBODY);
    expect((await listen(all, nobody)).watch.role).toBeNull();
    expect([all.access.mayCreate(nobody, null), all.access.mayCreate(nobody, notes)]).toEqual([false, false]);
  });

  test('guests are let in, unless the configuration keeps them out, and with them every link of theirs', async () => {
    const all = await startAccess();
    const { guest, person } = await all.guests.make();
    expect(await all.access.identify({ token: '', guest })).toMatchObject({ kind: 'guest', person });
    const closed = await startAccess({ ...closedSettings, guests: false }, all.records);
    await expect(closed.access.identify({ token: '', guest })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const ann = await signIn(closed);
    await closed.sharing.create(notes, ann);
    const link = { do: 'make-link', role: 'reader', expiresAtMs: null, label: '' } as const;
    const secret = (await closed.sharing.change(notes, link, { identity: ann, address })) ?? '';
    expect((await listen(closed, NOBODY, secret)).watch.role).toBeNull();
    expect((await listen(closed, await signIn(closed, { sub: 'ben' }), secret)).watch.role).toBe('reader');
  });

  test('a guest is the same after a restart', async () => {
    const all = await startAccess();
    const { guest, person } = await all.guests.make();
    const again = await all.reopen();
    expect(await again.access.identify({ token: '', guest })).toMatchObject({ person });
    const open = await startAccess(null, all.records);
    expect(await open.access.identify({ token: '', guest })).toMatchObject({ person });
  });
});

describe('G7: a guest who signs in', () => {
  test('is the same person from then on, keeps what was theirs, and shows the guest alone no more', async () => {
    const all = await startAccess();
    const { guest, person } = await all.guests.make();
    const asGuest = await all.access.identify({ token: '', guest });
    await all.sharing.create(notes, asGuest);
    const [mine, others] = [await listen(all, await signIn(all)), await listen(all, await signIn(all, { sub: 'eve' }))];
    expect(mine.watch.role).toBeNull();
    const ann = await signIn(all, {}, guest);
    expect(all.access.isSame(ann.person, person)).toBe(true);
    // An open page of hers hears of it.
    expect(mine.told).toEqual([['owner', 'You are signed in now.']]);
    expect([others.watch.role, others.told]).toEqual([null, []]);
    await expect(all.access.identify({ token: '', guest })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await signIn(all, {}, guest);
    expect(all.notes.filter(({ action }) => action === 'guest-became-user')).toEqual([
      { action: 'guest-became-user', person: ann.person, detail: { guest: person } },
    ]);
    const again = await all.reopen();
    expect([again.access.isSame(ann.person, person), again.access.isSame('', person)]).toEqual([true, false]);
  });

  test('gives nothing to whoever else has the identity of the guest: they are sent out, and get none of the account', async () => {
    const all = await startAccess();
    const { guest } = await all.guests.make();
    const eve = await all.access.identify({ token: '', guest });
    await all.sharing.create(notes, await signIn(all));
    const ear = await listen(all, eve);
    const sentOut: boolean[] = [];
    all.access.onRevoked((isHit) => sentOut.push(isHit(eve)));
    const ann = await signIn(all, {}, guest);
    expect([sentOut, ear.watch.role, ear.told]).toEqual([[true], null, []]);
    expect((await listen(all, eve)).watch.role).toBeNull();
    expect((await listen(all, ann)).watch.role).toBe('owner');
  });

  test('becomes one person and no second', async () => {
    const all = await startAccess();
    const { guest, person } = await all.guests.make();
    const ann = await signIn(all, {}, guest);
    const eve = await signIn(all, { sub: 'eve' }, guest);
    expect([all.access.isSame(person, ann.person), all.access.isSame(person, eve.person)]).toEqual([true, false]);
    expect(all.access.isSame(ann.person, eve.person)).toBe(false);
  });

  test('is signed in also with a guest identity that is worth nothing, and while nothing can be written', async () => {
    const all = await startAccess();
    await signIn(all, {}, 'rubbish');
    expect(all.notes).toEqual([]);
    const { guest, person } = await all.guests.make();
    all.records.beforeWrite = () => Promise.reject(new Error('the disk is full'));
    const ann = await signIn(all, {}, guest);
    expect(all.access.isSame(person, ann.person)).toBe(true);
    await vi.waitFor(() => expect(all.said).toEqual([expect.stringContaining('the disk is full')]));
  });

  test('does not take more than a hundred guests along', async () => {
    const all = await startAccess();
    const persons: string[] = [];
    for (let n = 0; n < 101; n++) {
      const { guest, person } = await all.guests.make();
      persons.push(person);
      await signIn(all, {}, guest);
    }
    const { person } = await signIn(all);
    expect(persons.filter((one) => all.access.isSame(one, person))).toHaveLength(100);
  });
});

describe('what somebody may do', () => {
  test('defaults are for documents that there are', async () => {
    const defaults = { signedIn: 'commenter', guests: 'reader' } as const;
    const all = await startAccess({ ...closedSettings, defaults });
    all.documents.add(notes);
    const roleOf = async (who: Identity, document = notes) => (await listen(all, who, '', document)).watch.role;
    const ann = await signIn(all);
    expect([await roleOf(ann), await roleOf(ann, nameOf('none'))]).toEqual(['commenter', null]);
    expect([await roleOf(NOBODY), await roleOf(NOBODY, nameOf('none'))]).toEqual(['reader', null]);
  });

  test.each([
    ['nobody', [false, false, false, false]],
    ['admin', [false, false, false, true]],
    ['signed-in', [false, false, true, true]],
    ['anyone', [false, true, true, true]],
  ] as const)('create: %s', async (create, expected) => {
    const all = await startAccess({ ...closedSettings, create });
    const guest = await all.access.identify({ token: '', guest: (await all.guests.make()).guest });
    const everybody = [NOBODY, guest, await signIn(all), await signIn(all, { weft: { admin: true } })];
    expect(everybody.map((who) => all.access.mayCreate(who, null))).toEqual(expected);
    // A name of one's own takes a token that covers it, whatever the setting says.
    expect(everybody.map((who) => all.access.mayCreate(who, notes))).toEqual([false, false, false, true]);
    const host = await signIn(all, { weft: { roles: { 'notes/*': 'editor', 'read/*': 'reader' } } });
    const names = ['notes/x', 'notes/x/y', 'read/x'].map((name) => all.access.mayCreate(host, nameOf(name)));
    expect(names).toEqual([true, false, false]);
  });

  test('a document that is kept from somebody costs as many reads as one that is not there', async () => {
    const all = await startAccess();
    await all.sharing.create(notes, await signIn(all));
    const fresh = await all.reopen();
    const eve = await signIn(fresh, { sub: 'eve' });
    const reads: number[] = [];
    for (const document of [notes, nameOf('none'), notes, nameOf('none')]) {
      const before = all.records.reads;
      expect((await listen(fresh, eve, '', document)).watch.role).toBeNull();
      reads.push(all.records.reads - before);
    }
    expect(reads).toEqual([1, 1, 0, 0]);
  });
});

describe('a change is heard at once', () => {
  async function shared() {
    const all = await startAccess();
    const [ann, ben] = [await signIn(all), await signIn(all, { sub: 'ben', jti: 'of-ben' })];
    await all.sharing.create(notes, ann);
    const change = (command: Parameters<typeof all.sharing.change>[1]) =>
      all.sharing.change(notes, command, { identity: ann, address });
    return { all, ann, ben, change };
  }

  test('in the turn in which it is on disk, by everybody it concerns and nobody else', async () => {
    const { all, ann, ben, change } = await shared();
    const ears = [await listen(all, ben), await listen(all, ben), await listen(all, ann)] as const;
    let toldAtWrite: unknown;
    all.records.beforeWrite = () => {
      toldAtWrite = ears[0].told.length;
    };
    await change({ do: 'grant', person: ben.person, email: null, role: 'editor' });
    expect(toldAtWrite).toBe(0);
    const reason = 'Who may do what in this document was changed.';
    expect(ears.map(({ told }) => told)).toEqual([[['editor', reason]], [['editor', reason]], []]);
    ears[0].watch.end();
    await change({ do: 'remove', person: ben.person, email: null });
    expect(ears[0].told).toHaveLength(1);
    expect(ears[1].told.at(-1)).toEqual([null, reason]);
    expect([ears[1].watch.role, ears[2].watch.role]).toEqual([null, 'owner']);
  });

  test('also when it falls into the moment in which a watch begins', async () => {
    const { all, ben, change } = await shared();
    const fresh = await all.reopen();
    const read = fresh.records.get.bind(fresh.records);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isFirst = true;
    fresh.records.get = async (table, key) => {
      const value = await read(table, key);
      if (!isFirst) return value;
      isFirst = false;
      await held;
      return value;
    };
    const listening = listen(fresh, ben);
    await vi.waitFor(() => expect(isFirst).toBe(false));
    // The store is changed after it was read, and before the reader goes on.
    await change({ do: 'everyone', role: 'reader' });
    fresh.documents.add(notes);
    await fresh.forget(notes);
    release();
    expect((await listening).watch.role).toBe('reader');
  });

  test('of a link that is revoked, and of one that ends by itself, by one timer for all', async () => {
    vi.useFakeTimers({ now: START_MS });
    const { all, ben, change } = await shared();
    const link = (expiresAtMs: number | null) => change({ do: 'make-link', role: 'editor', expiresAtMs, label: '' });
    const [short, long, endless] = [
      (await link(START_MS + 1000)) ?? '',
      (await link(START_MS + 5000)) ?? '',
      (await link(null)) ?? '',
    ];
    const ears = [
      await listen(all, ben, long),
      await listen(all, ben, short),
      await listen(all, ben, endless),
    ] as const;
    expect(vi.getTimerCount()).toBe(1);
    const advance = (ms: number): void => {
      all.clock.nowMs += ms;
      vi.advanceTimersByTime(ms);
    };
    advance(999);
    expect(ears.map(({ watch }) => watch.role)).toEqual(['editor', 'editor', 'editor']);
    advance(1);
    expect(ears[1].told).toEqual([[null, 'The link that you came by has ended.']]);
    advance(4000);
    expect(ears.map(({ watch }) => watch.role)).toEqual([null, null, 'editor']);
    await change({ do: 'revoke-link', id: (await all.sharing.read(notes)).links.at(-1)!.id });
    expect(ears[2].watch.role).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of a revoked token and of a revoked person, before it is on disk, by watches and by sessions', async () => {
    const { all, ann, ben, change } = await shared();
    await change({ do: 'everyone', role: 'reader' });
    const [earOfAnn, earOfBen] = [await listen(all, ann), await listen(all, ben)];
    const hit: boolean[][] = [];
    all.access.onRevoked((isHit) => void hit.push([isHit(ann), isHit(ben), isHit(NOBODY)]));
    all.records.beforeWrite = () => new Promise(() => undefined);
    void all.revocations.revoke({ tokenId: ben.tokenId ?? '' });
    // Sessions end first: that the sign-in has ended is what they are told, and not that there is no such document.
    const toldBefore: number[] = [];
    all.access.onRevoked(() => void toldBefore.push(earOfAnn.told.length));
    void all.revocations.revoke({ person: ann.person });
    expect(toldBefore).toEqual([0]);
    expect([earOfBen.watch.role, earOfAnn.watch.role]).toEqual([null, null]);
    expect(earOfAnn.told).toEqual([[null, expect.stringContaining('Your sign-in was ended')]]);
    expect(hit[0]).toEqual([false, true, false]);
    expect(hit[1]).toEqual([true, true, false]);
    // Nothing that such a session still asks for is given.
    expect((await listen(all, ann)).watch.role).toBeNull();
    expect(all.access.mayCreate(ann, null)).toBe(false);
    await expect(change({ do: 'everyone', role: 'editor' })).rejects.toMatchObject({ code: 'NO_ACCESS' });
  });

  test.each([
    ['alone', 'fulfilled'],
    ['with others', 'rejected'],
  ])('of a document that was erased, also under somebody who was sharing it: a server %s', async (has, outcome) => {
    const { all, ann, change } = await shared();
    // A store that one server has alone compares nothing.
    if (has === 'alone') all.records.writeIf = (_, changes) => all.records.write(changes).then(() => true);
    all.documents.add(notes);
    const ear = await listen(all, ann);
    const held: (() => void)[] = [];
    all.records.beforeWrite = () => new Promise((resolve) => void held.push(resolve));
    const changing = change({ do: 'everyone', role: 'reader' });
    await vi.waitFor(() => expect(held).toHaveLength(1));
    all.records.beforeWrite = () => undefined;
    all.documents.delete(notes);
    await all.records.write([{ table: 'access', key: notes, value: null }]);
    const forgotten = all.forget(notes);
    held[0]!();
    const [changed] = await Promise.allSettled([changing, forgotten]);
    expect(changed.status).toBe(outcome);
    await forgotten;
    expect([ear.watch.role, (await listen(all, ann)).watch.role]).toEqual([null, null]);
    expect(all.records.tables.get('access')?.size).toBe(0);
  });

  test('and is let go of with its watch', async () => {
    const { all, ann } = await shared();
    const before = all.watched();
    const ears = [await listen(all, ann), await listen(all, ann)];
    expect(all.watched()).toBe(before + 2);
    for (const { watch } of ears) {
      watch.end();
      watch.end();
    }
    expect(all.watched()).toBe(before);
  });
});

describe('revoking', () => {
  const refused = { code: 'UNAUTHORIZED' };

  test('a token by its id leaves others of that person', async () => {
    const all = await startAccess();
    const one = await makeToken({ claims: { jti: 'one' } });
    const { tokenId } = await all.access.identify({ token: one, guest: '' });
    await all.revocations.revoke({ tokenId: tokenId ?? '' });
    await expect(all.access.identify({ token: one, guest: '' })).rejects.toMatchObject(refused);
    await signIn(all, { jti: 'two' });
    await expect((await all.reopen()).access.identify({ token: one, guest: '' })).rejects.toMatchObject(refused);
  });

  test('a person ends everything they were given until then, and nothing later', async () => {
    const all = await startAccess();
    const { person } = await signIn(all);
    all.clock.nowMs += 2500;
    await all.revocations.revoke({ person });
    for (const iat of [START_MS / 1000, START_MS / 1000 + 2, undefined]) {
      await expect(signIn(all, { iat })).rejects.toMatchObject(refused);
    }
    await signIn(all, { iat: START_MS / 1000 + 3 });
    await signIn(all, { sub: 'ben' });
    const again = await all.reopen();
    await expect(signIn(again)).rejects.toMatchObject(refused);
  });

  test('a guest, too, also one who has signed in', async () => {
    const all = await startAccess();
    const [one, other] = [await all.guests.make(), await all.guests.make()];
    await all.revocations.revoke({ person: one.person });
    await expect(all.access.identify({ token: '', guest: one.guest })).rejects.toMatchObject(refused);
    const asGuest = await all.access.identify({ token: '', guest: other.guest });
    await all.sharing.create(notes, asGuest);
    const ear = await listen(all, asGuest);
    const ann = await signIn(all, {}, other.guest);
    all.clock.nowMs += 1000;
    await all.revocations.revoke({ person: ann.person });
    expect(ear.watch.role).toBeNull();
  });

  test('is forgotten once nothing it is about can hold any more', async () => {
    const all = await startAccess();
    for (let n = 0; n < 50; n++) await all.revocations.revoke({ tokenId: `t-${n}` });
    expect(all.records.tables.get('revoked')?.size).toBe(50);
    all.clock.nowMs += 401 * 24 * 3_600_000;
    await all.revocations.revoke({ tokenId: 't-new' });
    expect([...(all.records.tables.get('revoked')?.keys() ?? [])]).toEqual(['token t-new']);
    expect([all.revocations.size, (await all.reopen()).revocations.size]).toEqual([1, 1]);
  });
});

describe('the admin token', () => {
  test('is kept as a hash, may everything, and ends with the next one', async () => {
    const all = await startAccess();
    expect(all.adminToken.exists).toBe(false);
    const token = await all.adminToken.replace();
    for (const value of all.records.tables.get('setting')!.values()) {
      expect(new TextDecoder().decode(value)).not.toContain(token.slice(3));
    }
    const again = await all.reopen();
    expect(again.adminToken.exists).toBe(true);
    const admin = await again.access.identify({ token, guest: '' });
    expect(admin).toMatchObject({ person: 'admin', kind: 'admin', expiresAtMs: Number.POSITIVE_INFINITY });
    const ear = await listen(again, admin);
    expect(ear.watch.role).toBe('admin');
    expect(again.access.mayCreate(admin, notes)).toBe(true);
    await again.sharing.create(notes, await signIn(again));
    await again.sharing.change(notes, { do: 'everyone', role: 'reader' }, { identity: admin, address });
    let ended = false;
    again.access.onRevoked((isHit) => {
      ended = isHit(admin);
    });
    const next = await again.adminToken.replace();
    expect([ear.watch.role, ended]).toEqual([null, true]);
    expect((await listen(again, admin)).watch.role).toBeNull();
    await expect(again.access.identify({ token, guest: '' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await again.access.identify({ token: next, guest: '' });
  });

  test('can be made by a command beside a store that nobody serves', async () => {
    const all = await startAccess();
    const token = await replaceAdminToken(all.records);
    expect(await (await all.reopen()).access.identify({ token, guest: '' })).toMatchObject({ kind: 'admin' });
  });
});
