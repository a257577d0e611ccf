import { expect, test } from 'vitest';
import { NOBODY } from './identity.js';
import { decodeSharing, encodeSharing, MAX_LINKS, MAX_PEOPLE, NOT_SHARED, type Sharing } from './sharing-record.js';
import { Sharings } from './sharings.js';
import { makeToken, nameOf, START_MS, startAccess, TestRecords } from './test/access-harness.js';

const notes = nameOf('notes/a');
const id = (letter: string): string => `u-${letter.repeat(22)}`;
const [ann, ben, cleo] = ['a', 'b', 'c'].map((letter) => ({
  ...NOBODY,
  person: id(letter),
  kind: 'user' as const,
  email: `${letter}@example.org`,
})) as [typeof NOBODY, typeof NOBODY, typeof NOBODY];
const address = '127.0.0.1';

/** A document of Ann's. */
async function stage() {
  const all = await startAccess();
  await all.sharing.create(notes, ann);
  const roleOf = async (who = ben, link = '') => (await all.access.watch(who, notes, link, () => undefined)).role;
  const change = (command: Parameters<typeof all.sharing.change>[1], identity = ann) =>
    all.sharing.change(notes, command, { identity, address });
  return { ...all, roleOf, change };
}

test('whoever makes a document owns it, and nobody else does by trying again', async () => {
  const { sharing, roleOf } = await stage();
  expect([await roleOf(ann), await roleOf(ben)]).toEqual(['owner', null]);
  await sharing.create(notes, ann);
  await expect(sharing.create(notes, ben)).rejects.toMatchObject({ code: 'NO_ACCESS' });
  await sharing.create(nameOf('other'), NOBODY);
  expect((await sharing.read(nameOf('other'))).owner).toBeNull();
});

test('people get a role by their id or their verified address, another one, and none again', async () => {
  const { roleOf, change, notes: audit } = await stage();
  await change({ do: 'grant', person: ben.person, email: null, role: 'reader' });
  expect(await roleOf()).toBe('reader');
  await change({ do: 'grant', person: ben.person, email: null, role: 'editor' });
  await change({ do: 'grant', person: null, email: ' C@Example.org', role: 'commenter' });
  expect([await roleOf(ben), await roleOf(cleo)]).toEqual(['editor', 'commenter']);
  expect(await roleOf({ ...cleo, email: null })).toBeNull();
  await change({ do: 'remove', person: ben.person, email: null });
  await change({ do: 'remove', person: null, email: 'c@example.org' });
  expect([await roleOf(ben), await roleOf(cleo)]).toEqual([null, null]);
  expect(audit.map(({ action, detail }) => [action, detail?.whom])).toEqual([
    ['person-granted', ben.person],
    ['person-granted', ben.person],
    ['person-granted', ' C@Example.org'],
    ['person-removed', ben.person],
    ['person-removed', 'c@example.org'],
  ]);
});

test('everyone is who is signed in, and nobody else', async () => {
  const { roleOf, change } = await stage();
  await change({ do: 'everyone', role: 'commenter' });
  expect([await roleOf(ben), await roleOf(NOBODY)]).toEqual(['commenter', null]);
  expect(await roleOf({ ...NOBODY, person: 'g-x', kind: 'guest' })).toBeNull();
  await change({ do: 'everyone', role: null });
  expect(await roleOf(ben)).toBeNull();
});

test('a link gives its role to whoever has its secret, until it ends or is revoked', async () => {
  const { access, roleOf, change, sharing, clock, records } = await stage();
  const expiresAtMs = START_MS + 1000;
  const secret = (await change({ do: 'make-link', role: 'editor', expiresAtMs, label: ' For\u202e Ben\n ' })) ?? '';
  expect(secret).toMatch(/^wl_[\w-]{43}$/);
  expect(new TextDecoder().decode(records.tables.get('access')?.get(notes))).not.toContain(secret.slice(3));
  const [link] = (await sharing.read(notes)).links;
  expect(link).toMatchObject({ role: 'editor', label: 'For Ben', createdBy: ann.person, createdAtMs: START_MS });
  expect([await roleOf(ben, secret), await roleOf(NOBODY, secret)]).toEqual(['editor', 'editor']);
  for (const wrong of [link!.id, link!.hash, secret.slice(0, -1), secret.toLowerCase(), `${secret}A`, 'wl_', '*']) {
    expect(await roleOf(ben, wrong)).toBeNull();
  }
  expect((await access.watch(ben, nameOf('notes/b'), secret, () => undefined)).role).toBeNull();
  clock.nowMs = expiresAtMs;
  expect(await roleOf(ben, secret)).toBeNull();
  const other = (await change({ do: 'make-link', role: 'reader', expiresAtMs: null, label: '' })) ?? '';
  expect((await sharing.read(notes)).links).toHaveLength(1);
  expect(await roleOf(ben, other)).toBe('reader');
  await change({ do: 'revoke-link', id: (await sharing.read(notes)).links[0]!.id });
  expect(await roleOf(ben, other)).toBeNull();
});

test('the highest role counts, wherever it is from', async () => {
  const { access, roleOf, change } = await stage();
  const secret = (await change({ do: 'make-link', role: 'commenter', expiresAtMs: null, label: '' })) ?? '';
  await change({ do: 'everyone', role: 'reader' });
  expect(await roleOf(ben, secret)).toBe('commenter');
  await change({ do: 'grant', person: ben.person, email: null, role: 'editor' });
  expect(await roleOf(ben, secret)).toBe('editor');
  const token = await makeToken({ claims: { weft: { roles: { 'notes/*': 'owner' } } } });
  expect(await roleOf(await access.identify({ token, guest: '' }), secret)).toBe('owner');
});

test('an owner gives a document away and stays an editor', async () => {
  const { roleOf, change } = await stage();
  await change({ do: 'grant', person: ben.person, email: null, role: 'reader' });
  await change({ do: 'give-ownership', person: ben.person });
  expect([await roleOf(ann), await roleOf(ben)]).toEqual(['editor', 'owner']);
  await expect(change({ do: 'everyone', role: 'reader' })).rejects.toMatchObject({ code: 'NO_ACCESS' });
});

test('nobody but an owner or an admin changes anything', async () => {
  const { sharing, change, notes: audit } = await stage();
  await change({ do: 'grant', person: ben.person, email: null, role: 'editor' });
  const before = await sharing.read(notes);
  for (const who of [ben, cleo, NOBODY]) {
    for (const command of [
      { do: 'grant', person: who.person, email: null, role: 'editor' },
      { do: 'remove', person: ann.person, email: null },
      { do: 'everyone', role: 'editor' },
      { do: 'make-link', role: 'editor', expiresAtMs: null, label: '' },
      { do: 'give-ownership', person: ben.person },
    ] as const) {
      await expect(change(command, who)).rejects.toMatchObject({ code: 'NO_ACCESS' });
    }
  }
  expect(await sharing.read(notes)).toBe(before);
  expect(audit).toHaveLength(1);
});

test.each([
  { do: 'grant', person: 'admin', email: null, role: 'editor' },
  { do: 'grant', person: null, email: null, role: 'editor' },
  { do: 'grant', person: id('b'), email: 'b@example.org', role: 'editor' },
  { do: 'grant', person: null, email: 'no address', role: 'editor' },
  { do: 'grant', person: id('b'), email: null, role: 'owner' as 'editor' },
  { do: 'grant', person: id('b'), email: null, role: 'admin' as 'editor' },
  { do: 'everyone', role: 'owner' as 'editor' },
  { do: 'make-link', role: 'owner' as 'editor', expiresAtMs: null, label: '' },
  { do: 'make-link', role: 'editor', expiresAtMs: START_MS, label: '' },
  { do: 'make-link', role: 'editor', expiresAtMs: Number.NaN, label: '' },
  { do: 'revoke-link', id: 'none' },
  { do: 'give-ownership', person: '' },
] as const)('%j makes no sense, and changes nothing', async (command) => {
  const { change, sharing } = await stage();
  const before = await sharing.read(notes);
  await expect(change(command)).rejects.toMatchObject({ code: 'BAD_SHARING' });
  expect(await sharing.read(notes)).toBe(before);
});

test('there is an end to people and links of one document', async () => {
  const person = (n: number): string => `u-${String(n).padStart(22, '0')}`;
  const full: Sharing = {
    ...NOT_SHARED,
    owner: ann.person,
    people: Array.from({ length: MAX_PEOPLE }, (_, n) => {
      return { person: person(n), email: null, role: 'reader', grantedBy: ann.person, grantedAtMs: 1 };
    }),
    links: Array.from({ length: MAX_LINKS }, (_, n) => {
      const made = { createdBy: ann.person, createdAtMs: 1, label: 'x'.repeat(100), expiresAtMs: null };
      return { ...made, id: `l${n}`, hash: 'h'.repeat(43), role: 'reader' };
    }),
  };
  const { records, change, forget, documents } = await stage();
  const value = encodeSharing(full);
  expect(value.length).toBeLessThan(200_000);
  await records.write([{ table: 'access', key: notes, value }]);
  documents.add(notes);
  await forget(notes);
  const link = { do: 'make-link', role: 'reader', expiresAtMs: null, label: '' } as const;
  await expect(change({ do: 'grant', person: null, email: 'x@y', role: 'reader' })).rejects.toThrow(
    'at most 500 people',
  );
  await expect(change(link)).rejects.toThrow('at most 100 links');
  await change({ do: 'grant', person: person(1), email: null, role: 'editor' });
  await change({ do: 'revoke-link', id: 'l7' });
  await change(link);
});

test('50 changes at once are made one after the other, and each is on disk before it is answered', async () => {
  const { change, sharing, records, reopen } = await stage();
  let writing = 0;
  let most = 0;
  records.beforeWrite = async () => {
    most = Math.max(most, ++writing);
    await new Promise((resolve) => setImmediate(resolve));
    writing--;
  };
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      change({ do: 'grant', person: null, email: `${n}@example.org`, role: 'reader' }),
    ),
  );
  expect(most).toBe(1);
  const { people, version } = await sharing.read(notes);
  expect([people.length, version]).toEqual([50, 51]);
  expect(await (await reopen()).sharing.read(notes)).toEqual(await sharing.read(notes));
});

test('a change that is not written is not made, nor told, and those after it are', async () => {
  const { access, change, records, roleOf } = await stage();
  const told: unknown[] = [];
  await access.watch(ben, notes, '', (role) => void told.push(role));
  records.beforeWrite = () => {
    throw new Error('the disk is gone');
  };
  const grant = { do: 'grant', person: ben.person, email: null, role: 'reader' } as const;
  await expect(change(grant)).rejects.toThrow('the disk is gone');
  expect([told, await roleOf()]).toEqual([[], null]);
  records.beforeWrite = () => undefined;
  await change(grant);
  expect([told, await roleOf()]).toEqual([['reader'], 'reader']);
});

test('what is kept in memory has a limit, and a record of a later version is not guessed at', async () => {
  const records = new TestRecords();
  const sharings = new Sharings(
    records,
    async () => true,
    () => undefined,
    () => false,
    20_000,
  );
  for (let n = 0; n < 1000; n++) await sharings.read(nameOf(`none/${n}`));
  expect(sharings.keptBytes).toBeLessThanOrEqual(20_000);
  const before = records.reads;
  await sharings.read(nameOf('none/999'));
  expect(records.reads).toBe(before);
  await sharings.read(nameOf('none/0'));
  expect(records.reads).toBe(before + 1);
  expect(() => decodeSharing('notes/a', new TextEncoder().encode('{"format":2}'))).toThrow('format 2');
});
