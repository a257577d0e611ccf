import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Session } from './session.js';

const somebody = {
  kind: 'user',
  person: 'u-ann',
  name: 'Ann',
  email: null,
  color: null,
  mayCreate: true,
  isOpen: false,
};
const nobody = { ...somebody, kind: 'nobody', person: '', name: null, mayCreate: false };
const guest = { ...nobody, kind: 'guest', person: 'g-1' };

/** A server that says of whoever asks what `me` is, and what it was asked. */
const server = { me: somebody as object, asked: [] as string[] };
const kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

beforeEach(() => {
  kept.clear();
  server.asked = [];
  const answers: Record<string, () => object> = {
    '/api/v1/me': () => server.me,
    '/api/v1/guests': () => ({ guest: 'signed guest', person: 'g-1' }),
    '/api/v1/tickets': () => ({ ticket: 'a ticket' }),
    '/auth/sign-out': () => ({}),
  };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const shown = (init.headers as Record<string, string>)['Weft-Guest'];
    server.asked.push(shown ? `${path} as ${shown}` : path);
    return Response.json(answers[path]!());
  });
});
afterEach(() => vi.unstubAllGlobals());

test('a browser without an identity becomes a guest, and stays that one', async () => {
  server.me = nobody;
  const session = new Session(storage);
  await session.load();
  expect([session.guest, kept.get('weft.guest')]).toEqual(['signed guest', 'signed guest']);
  expect(session.me?.kind).toBe('guest');
  expect(await session.ticket()).toBe('');

  server.me = guest;
  const later = new Session(storage);
  await later.load();
  expect(later.guest).toBe('signed guest');
  expect(server.asked).toEqual(['/api/v1/me', '/api/v1/guests', '/api/v1/me as signed guest']);
});

test('an identity the server does not know any more is replaced', async () => {
  server.me = nobody;
  kept.set('weft.guest', 'of a store that is gone');
  const session = new Session(storage);
  await session.load();
  expect(session.guest).toBe('signed guest');
});

test('who is signed in shows a ticket for each connection, and the guest they were until that is known', async () => {
  server.me = somebody;
  kept.set('weft.guest', 'signed guest');
  const session = new Session(storage);
  await session.load();
  expect([session.isSignedIn, session.guest]).toEqual([true, 'signed guest']);
  expect(await session.ticket()).toBe('a ticket');
  session.guestIsKnownAs('g-1');
  expect(session.guest).toBe('signed guest');
  session.guestIsKnownAs('u-ann');
  expect([session.guest, kept.has('weft.guest')]).toEqual(['', false]);
});

test('a sign-in that ended meanwhile is noticed, and nobody goes on as a guest unasked', async () => {
  server.me = somebody;
  const session = new Session(storage);
  await session.load();
  expect(await session.ticket()).toBe('a ticket');
  server.me = nobody;
  await expect(session.ticket()).rejects.toThrow('Your sign-in has ended.');
  expect([session.hasEnded, session.isSignedIn]).toEqual([true, true]);
  server.me = somebody;
  expect(await session.ticket()).toBe('a ticket');
  expect(session.hasEnded).toBe(false);
});

test('an answer of another kind is not believed', async () => {
  server.me = { kind: 'emperor' };
  await expect(new Session(storage).load()).rejects.toThrow('could not be understood');
});

test('who is turned away learns whether they are still who they were', async () => {
  server.me = somebody;
  const session = new Session(storage);
  await session.load();
  await session.askAgain();
  expect([session.hasEnded, session.isSignedIn]).toEqual([false, true]);
  server.me = nobody;
  await session.askAgain();
  expect([session.hasEnded, session.isSignedIn]).toEqual([true, true]);
});

test('whose this browser is, is known also where the server cannot be asked', async () => {
  server.me = nobody;
  const first = new Session(storage);
  expect(first.whose).toBeNull();
  await first.load();
  expect([first.whose, first.me?.person]).toEqual(['g-1', 'g-1']);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  const later = new Session(storage);
  await expect(later.load()).rejects.toThrow();
  expect([later.whose, later.wasGuest]).toEqual(['g-1', null]);
});

test('who signs in is known to have been the guest, until they sign out', async () => {
  server.me = nobody;
  await new Session(storage).load();
  server.me = somebody;
  const session = new Session(storage);
  await session.load();
  expect([session.whose, session.wasGuest]).toEqual(['u-ann', 'g-1']);
  expect(new Session(storage).whose).toBe('u-ann');
  await session.signOut();
  expect([session.whose, new Session(storage).whose]).toEqual([null, null]);
});
