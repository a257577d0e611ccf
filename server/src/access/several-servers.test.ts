// Access at two servers that have one store: what one of them writes holds at the other, and neither overwrites the other.

import type { Role } from '@weft/protocol';
import { expect, test, vi } from 'vitest';
import { SyncError } from '../sync-error.js';
import { AuditLog } from './audit.js';
import { type Identity, NOBODY } from './identity.js';
import { Revocations } from './revocations.js';
import { SharedTickets } from './shared-tickets.js';
import { makeToken, nameOf, START_MS, startAccess, type TestAccess, TestRecords } from './test/access-harness.js';
import { Tickets } from './tickets.js';

const notes = nameOf('notes/a');
const address = '127.0.0.1';

async function startTwo() {
  const records = new TestRecords();
  return { records, a: await startAccess(undefined, records), b: await startAccess(undefined, records) };
}

const signIn = async ({ access }: TestAccess, sub = 'ann', guest = ''): Promise<Identity> =>
  access.identify({ token: await makeToken({ claims: { sub, jti: sub } }), guest });

async function listen({ access }: TestAccess, who: Identity, link = '') {
  const told: (Role | null)[] = [];
  const watch = await access.watch(who, notes, link, (role) => void told.push(role));
  return { watch, told };
}

const grant = (who: Identity, role: 'reader' | 'editor') =>
  ({ do: 'grant', person: who.person, email: null, role }) as const;

test('a role that is given, changed and taken at one server holds for who is at the other', async () => {
  const { a, b } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  await a.sharing.create(notes, ann);
  const { watch, told } = await listen(b, ben);
  expect(watch.role).toBeNull();
  await a.sharing.change(notes, grant(ben, 'editor'), { identity: ann, address });
  await vi.waitFor(() => expect(told).toEqual(['editor']));
  await a.sharing.change(notes, grant(ben, 'reader'), { identity: ann, address });
  await a.sharing.change(notes, { do: 'remove', person: ben.person, email: null }, { identity: ann, address });
  await vi.waitFor(() => expect(told).toEqual(['editor', 'reader', null]));
  expect(watch.role).toBeNull();
});

test('what is taken back of an erased document is not that of another one, which was made at the other server since', async () => {
  const { a, b, records } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  await a.sharing.create(notes, ann);
  records.documents.delete(notes);
  records.beforeWrite = async () => {
    records.beforeWrite = () => undefined;
    await records.write([{ table: 'access', key: notes, value: null }]);
    await b.sharing.create(notes, ben);
  };
  await a.forget(notes);
  for (const { sharing } of [a, b]) expect((await sharing.read(notes)).owner).toBe(ben.person);
});

test('who changes who may do what in a document that another server erases in that moment leaves nothing of it', async () => {
  const { a, b, records } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  const token = await makeToken({ claims: { sub: 'host', jti: 'host', weft: { roles: { '**': 'owner' } } } });
  const host = await a.access.identify({ token, guest: '' });
  const refusal = { code: 'NO_ACCESS' };
  for (const isKept of [false, true]) {
    records.documents.add(notes);
    if (isKept) await b.sharing.create(notes, ben);
    await a.sharing.read(notes);
    records.beforeWrite = async () => {
      records.beforeWrite = () => undefined;
      records.documents.delete(notes);
      await records.write([{ table: 'access', key: notes, value: null }]);
    };
    const granted = a.sharing.change(notes, grant(ann, 'editor'), { identity: host, address });
    await expect(granted).rejects.toMatchObject(refusal);
    expect(records.documents.has(notes)).toBe(false);
    records.documents.add(notes);
    records.beforeWrite = () => void records.documents.delete(notes);
    await expect(a.trash.put(notes, { person: ann.person })).rejects.toMatchObject(refusal);
    records.beforeWrite = () => undefined;
    expect(await records.list('access')).toEqual([]);
    for (const { sharing, trash } of [a, b])
      expect([await sharing.read(notes), await trash.read(notes)]).toMatchObject([{ owner: null, people: [] }, null]);
  }
  await b.sharing.create(notes, ben);
  expect((await a.sharing.read(notes)).owner).toBe(ben.person);
});

test('of two who change a sharing at two servers at once both changes are there, and who is no owner any more changes nothing', async () => {
  const { a, b } = await startTwo();
  const ann = await signIn(a);
  await a.sharing.create(notes, ann);
  await b.sharing.read(notes);
  const people = await Promise.all(['ben', 'cleo', 'dan', 'eve'].map((sub) => signIn(a, sub)));
  await Promise.all(
    people.map((who, index) =>
      [a, b][index % 2]!.sharing.change(notes, grant(who, 'reader'), { identity: ann, address }),
    ),
  );
  for (const { sharing } of [a, b]) {
    const { people: shared, version } = await sharing.read(notes);
    expect(shared.map(({ person }) => person).sort()).toEqual(people.map(({ person }) => person).sort());
    expect(version).toBe(5);
  }
  const outcomes = await Promise.allSettled([
    a.sharing.change(notes, { do: 'give-ownership', person: people[0]!.person }, { identity: ann, address }),
    b.sharing.change(notes, { do: 'give-ownership', person: people[1]!.person }, { identity: ann, address }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await a.sharing.read(notes)).toEqual(await b.sharing.read(notes));
});

test('of two who make one document at two servers at once one owns it', async () => {
  const { a, b } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  const outcomes = await Promise.allSettled([a.sharing.create(notes, ann), b.sharing.create(notes, ben)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('what is revoked at one server lets nobody in at the other, and those who are there hear of it', async () => {
  const { a, b } = await startTwo();
  const ben = await signIn(b, 'ben');
  await b.sharing.create(notes, ben);
  const { told } = await listen(b, ben);
  const ended: string[] = [];
  b.access.onRevoked((isHit, reason) => void (isHit(ben) && ended.push(reason)));
  await a.revocations.revoke({ person: ben.person });
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(told).toEqual([null]);
  await expect(signIn(b, 'ben')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('G7: who a guest has become at one server is who they are at the other', async () => {
  const { a, b } = await startTwo();
  const { guest, person } = await a.guests.make();
  const asGuest = await b.access.identify({ token: '', guest });
  await b.sharing.create(notes, asGuest);
  const ann = await signIn(a, 'ann', guest);
  await vi.waitFor(() => expect(b.access.isSame(person, ann.person)).toBe(true));
  await expect(b.access.identify({ token: '', guest })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect((await listen(b, ann)).watch.role).toBe('owner');
});

test('the first admin token is made by one server, and a new one ends it at the other', async () => {
  const { a, b } = await startTwo();
  const made = await Promise.all([a.adminToken.makeFirst(), b.adminToken.makeFirst()]);
  const [first, ...others] = made.filter((token) => token !== null);
  expect(others).toEqual([]);
  for (const { access } of [a, b])
    expect(await access.identify({ token: first!, guest: '' })).toMatchObject({ kind: 'admin' });
  const second = await a.adminToken.replace();
  await vi.waitFor(() => b.access.identify({ token: second, guest: '' }));
  await expect(b.access.identify({ token: first!, guest: '' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('a ticket of one server is good at the other, once, for half a minute', async () => {
  const records = new TestRecords();
  const clock = { nowMs: START_MS };
  const [a, b] = [0, 1].map(() => {
    const now = (): number => clock.nowMs;
    return new SharedTickets(new Tickets(now), records, now);
  }) as [SharedTickets, SharedTickets];
  const ann = { ...NOBODY, person: 'u-ann', kind: 'user' } as const;
  const scope = { document: notes, linkHash: null };
  const { ticket } = await a.make(ann, scope);
  const shown = await Promise.all([a, b, b, a].map((server) => server.redeem(ticket)));
  expect(shown.filter((identity) => identity !== null)).toEqual([{ ...ann, scope }]);
  const late = await a.make(ann);
  clock.nowMs += 30_000;
  expect(await b.redeem(late.ticket)).toBeNull();
  await a.make(ann);
  clock.nowMs += 30_000;
  await b.make(ann);
  expect(await records.list('ticket')).toHaveLength(1);
});

test('what two servers note at once makes one audit log, whose chain holds', async () => {
  const records = new TestRecords();
  const [a, b] = [await AuditLog.open(records), await AuditLog.open(records)];
  for (let n = 0; n < 20; n++) {
    a.note({ action: 'kicked', person: `a${n}` });
    b.note({ action: 'kicked', person: `b${n}` });
    // Some together, some apart.
    if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([a.settled(), b.settled()]);
  const { records: noted, damaged } = await a.read({ after: 0, limit: 100, document: null });
  expect(damaged).toEqual([]);
  expect(noted.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  for (const letter of ['a', 'b']) {
    const of = noted.map(({ person }) => person).filter((person) => person.startsWith(letter));
    expect(of).toEqual(Array.from({ length: 20 }, (_, n) => `${letter}${n}`));
  }
});

const revokedAt = (issuedAtMs: number): Identity => ({ ...NOBODY, person: 'ben', issuedAtMs });

async function startRevoking() {
  const records = new TestRecords();
  const clock = { nowMs: START_MS };
  const options = { records, longestMs: 1000, canonical: (person: string) => person, now: () => clock.nowMs };
  return { records, clock, a: await Revocations.load(options), b: await Revocations.load(options) };
}

test('what is revoked here and not on disk yet holds, also when something older of another server is heard of', async () => {
  const { records, clock, a, b } = await startRevoking();
  await a.revoke({ person: 'ben' });
  clock.nowMs += 500;
  records.beforeWrite = () => Promise.reject(new Error('the disk is full'));
  await expect(b.revoke({ person: 'ben' })).rejects.toThrow('the disk is full');
  await b.written('person ben');
  expect(b.covers(revokedAt(START_MS + 400))).toBe(true);
});

test('what was revoked anew at another server is not forgotten with what has ended', async () => {
  const { records, clock, a, b } = await startRevoking();
  await a.revoke({ person: 'ben' });
  await b.written('person ben');
  clock.nowMs += 1000;
  await b.revoke({ person: 'ben' });
  await a.revoke({ person: 'cleo' });
  const started = await Revocations.load({
    records,
    longestMs: 1000,
    canonical: (person) => person,
    now: () => clock.nowMs,
  });
  expect(started.covers(revokedAt(START_MS + 900))).toBe(true);
});

test('a record that cannot be read keeps no other from being heard, and what was revoked in it holds', async () => {
  const { records, a, b } = await startTwo();
  const [ann, ben] = [await signIn(b, 'ann'), await signIn(b, 'ben')];
  const ended: string[] = [];
  b.access.onRevoked((isHit) => void ended.push(...[ann, ben].filter(isHit).map(({ person }) => person)));
  records.damaged.add('g-1').add(`person ${ben.person}`);
  const listeners = [...records.listeners];
  // It was away for so long that anything may have been written.
  records.listeners.clear();
  records.tables.set('alias', new Map([['g-1', new Uint8Array()]]));
  await a.revocations.revoke({ person: ben.person });
  await a.revocations.revoke({ person: ann.person });
  for (const listener of listeners) await listener(null);
  expect(new Set(ended)).toEqual(new Set([ann.person, ben.person]));
  for (const sub of ['ann', 'ben']) await expect(signIn(b, sub)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(b.said.join(' ')).toContain('g-1');
  expect(b.said.join(' ')).toContain(ben.person);
  // What is not damaged, and yet not read, is told again.
  records.faults.push(silent());
  await expect(listeners[1]!({ table: 'revoked', key: `person ${ann.person}` })).rejects.toMatchObject(SILENT);
});

const SILENT = { code: 'STORE_SILENT' } as const;
const silent = (): SyncError => new SyncError(SILENT.code, 'The database does not answer.');

test('a sharing that is damaged does not hide that another one could not be asked for: it is heard again', async () => {
  const { records, a, b } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  const [, hear] = [...records.listeners];
  const told: string[] = [];
  for (const name of ['a', 'b', 'c'].map(nameOf)) {
    await a.sharing.create(name, ann);
    await a.sharing.change(name, grant(ben, 'editor'), { identity: ann, address });
    await b.access.watch(ben, name, '', (role) => void told.push(`${name} ${role}`));
  }
  // It was away for so long that anything may have been written.
  records.listeners.delete(hear!);
  for (const name of ['a', 'b', 'c'].map(nameOf)) {
    await a.sharing.change(name, { do: 'remove', person: ben.person, email: null }, { identity: ann, address });
  }
  records.damaged.add('a');
  // The admin token is asked for first.
  const { get } = records;
  const silentKeys = new Set(['b']);
  records.get = (table, key) => (silentKeys.has(key) ? Promise.reject(silent()) : get.call(records, table, key));
  await expect(hear!(null)).rejects.toMatchObject(SILENT);
  expect(told).toEqual(['c null']);
  expect(b.said.join(' ')).toContain('record a is damaged');
  silentKeys.clear();
  await hear!(null);
  expect(told).toEqual(['c null', 'b null']);
});

test('who was left out by a record that is gone hears of it also where it could not be asked for at first', async () => {
  const { records, a, b } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  await a.sharing.create(notes, ann);
  await a.sharing.change(notes, grant(ben, 'editor'), { identity: ann, address });
  const { told } = await listen(b, ben);
  const [, hear] = [...records.listeners];
  records.listeners.clear();
  await records.write([{ table: 'access', key: notes, value: null }]);
  records.faults.push(silent());
  await expect(hear!({ table: 'access', key: notes })).rejects.toMatchObject(SILENT);
  await hear!({ table: 'access', key: notes });
  expect(told).toEqual([null]);
});

test('G7: whose guest signed in elsewhere hears of it also where the store falls silent while all of them are read', async () => {
  const { records, b } = await startTwo();
  const { guest, person } = await b.guests.make();
  const asGuest = await b.access.identify({ token: '', guest });
  const ended: string[] = [];
  b.access.onRevoked((isHit) => void (isHit(asGuest) && ended.push(person)));
  const [, hear] = [...records.listeners];
  records.listeners.clear();
  const others = Array.from({ length: 1000 }, (_, n) => [`z${n}`, new TextEncoder().encode('u-x')] as const);
  records.tables.set('alias', new Map([[person, new TextEncoder().encode('u-ann')], ...others]));
  const { list } = records;
  records.list = (table, options) =>
    options?.after === undefined ? list.call(records, table, options) : Promise.reject(silent());
  await expect(hear!(null)).rejects.toMatchObject(SILENT);
  records.list = list;
  await hear!(null);
  expect(ended).toEqual([person]);
});

test('a record that is none is told of once, and what comes after it is heard', async () => {
  const { records, a, b } = await startTwo();
  const [ann, ben] = [await signIn(a), await signIn(b, 'ben')];
  await a.sharing.create(notes, ann);
  await a.sharing.change(notes, grant(ben, 'editor'), { identity: ann, address });
  const { told } = await listen(b, ben);
  const [, hear] = [...records.listeners];
  records.listeners.clear();
  const garbage = new TextEncoder().encode('not a record');
  const others = ['null', '{"format":1}', '7'].map((text) => new TextEncoder().encode(text));
  const putAndHear = async (table: 'access' | 'revoked', key: string, value: Uint8Array): Promise<void> => {
    await records.write([{ table, key, value }]);
    await hear!({ table, key });
    await hear!(null);
  };
  for (const value of [garbage, ...others]) {
    b.said.length = 0;
    await putAndHear('access', notes, value);
    expect(b.said.join(' ')).toContain('cannot be read');
  }
  // Of whom something was revoked is known.
  await putAndHear('revoked', `person ${ann.person}`, garbage);
  await expect(signIn(b, 'ann')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await putAndHear('revoked', `person ${ben.person}`, others[0]!);
  expect(told).toEqual([null]);
});

test('tickets that nobody showed are swept, however many there are, and one that is none does no harm', async () => {
  const records = new TestRecords();
  const tickets = new SharedTickets(new Tickets(() => START_MS), records, () => START_MS);
  const kept = (untilMs: number) => new TextEncoder().encode(JSON.stringify({ identity: NOBODY, untilMs }));
  const all = Array.from({ length: 1500 }, (_, n) => [`${1e6 + n}`, kept(START_MS + 1000)] as const);
  const ended = [['x', kept(START_MS - 1)] as const, ['y', new Uint8Array(3)] as const];
  records.tables.set('ticket', new Map([...all, ...ended]));
  const { ticket } = await tickets.make(NOBODY);
  const left = records.tables.get('ticket')!;
  expect([left.size, left.has('x'), left.has('y')]).toEqual([1501, false, false]);
  for (const key of left.keys()) if (!all.some(([other]) => other === key)) left.set(key, new Uint8Array(3));
  expect(await tickets.redeem(ticket)).toBeNull();
});

test('who was overtaken, and then cannot read the end of the audit log, notes on once it can', async () => {
  const records = new TestRecords();
  const complaints: string[] = [];
  const [a, b] = [
    await AuditLog.open(records),
    await AuditLog.open(records, { complain: (sentence) => complaints.push(sentence) }),
  ];
  a.note({ action: 'kicked', person: 'a1' });
  await a.settled();
  records.faults.push(new Error('out of memory'), new Error('out of memory'));
  b.note({ action: 'kicked', person: 'b1' });
  await b.settled();
  b.note({ action: 'kicked', person: 'b2' });
  await b.settled();
  const { records: noted } = await a.read({ after: 0, limit: 100, document: null });
  expect(noted.map(({ n, person }) => `${n} ${person}`)).toEqual(['1 a1', '2 b1', '3 b2']);
  expect(complaints).toEqual([]);
});
