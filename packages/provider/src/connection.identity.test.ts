// Who one is: shown with each connection, renewed before it ends, and kept apart from whoever comes after.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { FakeServer, opened, saved, typed, welcome } from '../test/fake-server.js';
import type { Connection, ConnectionOptions } from './connection.js';

const START_MS = 1_000_000;
let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
  server = new FakeServer();
});

afterEach(() => {
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Gives `t1`, `t2`, … or what the list says; null is a failure. */
function tokens(list: (string | null)[] = []) {
  let given = 0;
  const asked = vi.fn(async () => {
    given += 1;
    const token = list.length > 0 ? list.shift() : `t${given}`;
    if (token === null || token === undefined) throw new Error('the sign-in page is away: secret');
    return token;
  });
  return asked;
}

async function connect(options: Partial<ConnectionOptions>): Promise<void> {
  connection = server.connect(options);
  await wait(0);
}

const identity = (expiresAtMs: number, person = 'u-ann') => ({ person, name: 'Ann', color: '#aa0000', expiresAtMs });
const identityMessage = (expiresAtMs: number, person?: string) =>
  ({ type: 'Identity', ...identity(expiresAtMs, person) }) as const;
const status = () => connection.status;

/** Lets time pass, and what was promised in it happen. */
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** The same on a connection that stands: something is heard now and then. */
async function stay(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await wait(Math.min(left, 10_000));
    server.say({ type: 'Pong', nonce: 0 });
  }
}

async function heard() {
  await wait(0);
  return server.heard();
}

describe('what is shown', () => {
  test('a token and a guest, once, in the first Hello', async () => {
    await connect({ token: 'jwt', guest: 'g.signed' });
    expect(await server.accept()).toMatchObject([{ type: 'Hello', token: 'jwt', guest: 'g.signed' }]);
    connection.setPerson({ name: 'Anna', color: '#00aa00' });
    expect(await heard()).toMatchObject([{ type: 'Hello', name: 'Anna', token: '', guest: '' }]);
  });

  test('a token of its own for each connection, asked for before there is one', async () => {
    const token = tokens();
    await connect({ token });
    expect([server.sockets.length, token.mock.calls.length]).toEqual([1, 1]);
    expect(await server.accept()).toMatchObject([{ token: 't1' }]);
    server.socket.breakOff();
    await wait(1000);
    expect(await server.accept()).toMatchObject([{ token: 't2' }]);
  });

  test('the secret of a link, with the document', async () => {
    await connect({});
    connection.open('a', { link: 'sesame' });
    connection.open('b');
    expect(await server.accept()).toMatchObject([{ type: 'Hello' }, { link: 'sesame' }, { link: '' }]);
  });

  test('nothing without a token: asking for one is tried again, and that is shown', async () => {
    const token = tokens([null, null, 't3']);
    await connect({ token });
    expect(status()).toMatchObject({ kind: 'waiting', lacks: 'token' });
    expect(JSON.stringify(status())).not.toContain('secret');
    await wait(2000);
    expect([server.sockets.length, token.mock.calls.length]).toEqual([1, 3]);
    expect(await server.accept()).toMatchObject([{ token: 't3' }]);
    expect(status()).toEqual({ kind: 'connected', renewalFails: false });
  });

  test('an answer that does not come is not waited for', async () => {
    const token = vi.fn(() => new Promise<string>(() => {}));
    await connect({ token });
    expect(status().kind).toBe('connecting');
    await wait(29_999);
    expect(status().kind).toBe('connecting');
    await wait(1);
    expect(status()).toMatchObject({ kind: 'waiting', lacks: 'token' });
    await wait(500);
    expect([status().kind, token.mock.calls.length]).toEqual(['connecting', 2]);
  });

  test('what comes after close is thrown away', async () => {
    let give = (_token: string): void => {};
    await connect({ token: () => new Promise((resolve) => (give = resolve)) });
    connection.close();
    give('late');
    await wait(0);
    expect([server.sockets, status().kind]).toEqual([[], 'closed']);
  });
});

describe('who one is taken for', () => {
  test('is told with Welcome and with each renewal', async () => {
    const told: unknown[] = [];
    await connect({ token: tokens() });
    connection.on('identity', (each) => told.push(each));
    expect(connection.identity).toBeNull();
    server.socket.open();
    server.say(welcome(identity(START_MS + 600_000)));
    server.say(identityMessage(START_MS + 900_000), identityMessage(START_MS + 900_000));
    expect(told).toEqual([identity(START_MS + 600_000), identity(START_MS + 900_000)]);
    expect(connection.identity).toEqual(told[1]);
  });

  test('is renewed half a minute before the end', async () => {
    await connect({ token: tokens(), guest: 'g' });
    server.socket.open();
    server.say(welcome(identity(START_MS + 600_000)));
    await heard();
    await stay(569_999);
    expect(typed(await heard()).filter((type) => type === 'Renew')).toEqual([]);
    await wait(1);
    expect(await heard()).toContainEqual({ type: 'Renew', token: 't2', guest: 'g' });
    server.say(identityMessage(START_MS + 1_200_000));
    await stay(600_000);
    expect(await heard()).toContainEqual({ type: 'Renew', token: 't3', guest: 'g' });
  });

  test('is renewed when the server asks, once', async () => {
    await connect({ token: tokens() });
    await server.accept();
    server.say({ type: 'Renew', withinMs: 60_000 }, { type: 'Renew', withinMs: 60_000 });
    expect(await heard()).toEqual([{ type: 'Renew', token: 't2', guest: '' }]);
  });

  test('is not renewed all the time by a clock that is ahead', async () => {
    const token = tokens();
    await connect({ token });
    server.socket.open();
    server.say(welcome(identity(START_MS - 3_600_000)));
    await stay(29_000);
    expect(token).toHaveBeenCalledTimes(1);
  });

  test('a renewal that fails, or shows the same again, is tried again and shown', async () => {
    const token = tokens(['t1', null, 't1', 't2']);
    await connect({ token });
    await server.accept();
    server.say({ type: 'Renew', withinMs: 60_000 });
    await wait(0);
    expect(status()).toEqual({ kind: 'connected', renewalFails: true });
    server.say({ type: 'Renew', withinMs: 60_000 });
    await wait(2000);
    expect(token).toHaveBeenCalledTimes(4);
    expect(await heard()).toEqual([{ type: 'Renew', token: 't2', guest: '' }]);
    server.say(identityMessage(START_MS + 1_000_000));
    expect(status()).toEqual({ kind: 'connected', renewalFails: false });
  });

  test('a token that cannot change is not asked for', async () => {
    await connect({ token: 'jwt' });
    server.socket.open();
    server.say(welcome(identity(START_MS + 40_000)), { type: 'Renew', withinMs: 40_000 });
    await heard();
    await wait(12_000);
    expect(await heard()).toEqual([]);
  });

  test('a renewal that is under way ends with its connection', async () => {
    const gives: ((token: string) => void)[] = [];
    await connect({ token: () => new Promise((resolve) => gives.push(resolve)) });
    gives[0]!('t1');
    await wait(0);
    await server.accept();
    server.say({ type: 'Renew', withinMs: 60_000 });
    await wait(0);
    server.socket.breakOff();
    await wait(1000);
    gives[2]!('t3');
    gives[1]!('t2');
    await wait(0);
    expect(await server.accept()).toMatchObject([{ type: 'Hello', token: 't3' }]);
    expect(await heard()).toEqual([]);
  });
});

describe('4401: what was shown is not accepted', () => {
  test('stops a connection whose token cannot change', async () => {
    await connect({ token: 'jwt' });
    server.socket.open();
    server.socket.breakOff(4401, 'Sign in again.');
    expect(status()).toEqual({ kind: 'stopped', code: 4401, reason: 'Sign in again.' });
  });

  test('is followed by another token, if there is one', async () => {
    await connect({ token: tokens(['old', 'new']) });
    server.socket.open();
    server.socket.breakOff(4401);
    expect(status()).toMatchObject({ kind: 'waiting', lacks: 'token' });
    await wait(1000);
    expect(await server.accept()).toMatchObject([{ token: 'new' }]);
  });

  test('stops when the same is given again, before anything is shown twice', async () => {
    await connect({ token: tokens(['old', 'old', 'new']) });
    server.socket.open();
    server.socket.breakOff(4401, 'Sign in again.');
    await wait(10_000);
    expect([server.sockets.length, status()]).toEqual([1, { kind: 'stopped', code: 4401, reason: 'Sign in again.' }]);
    connection.retryNow();
    await wait(0);
    expect(await server.accept()).toMatchObject([{ token: 'new' }]);
  });

  test('stops after three others', async () => {
    const token = tokens();
    await connect({ token });
    for (let tries = 1; tries <= 4; tries++) {
      server.socket.open();
      server.socket.breakOff(4401);
      await wait(5000);
    }
    expect([server.sockets.length, token.mock.calls.length, status().kind]).toEqual([4, 4, 'stopped']);
  });
});

describe('S2: somebody else', () => {
  /** Ann has one change saved and one not; then the connection comes back, and the server says who that is now. */
  async function comeBackAs(person: string, options: Partial<ConnectionOptions>, before = 'u-ann') {
    await connect(options);
    let clientId = 100;
    const document = connection.open('a', { clientId: () => ++clientId });
    server.socket.open();
    server.say(welcome(identity(0, before)), opened());
    document.doc.getText('t').insert(0, 'saved. ');
    const [update] = (await heard()).filter((message) => message.type === 'Update');
    server.say(saved(1, 1));
    const old = document.doc;
    server.socket.breakOff();
    old.getText('t').insert(7, 'not saved.');
    await wait(1000);
    server.socket.open();
    server.say(welcome(identity(0, person)));
    const text = new Y.Doc();
    Y.applyUpdate(text, update!.update);
    const open = (await heard()).findLast((message) => message.type === 'Open');
    return { document, old, text, open };
  }

  test('gets a Y.Doc of their own, and what the one before had not saved is a draft', async () => {
    const { document, old, text, open } = await comeBackAs('u-bo', { token: tokens() });
    expect(document.drafts).toMatchObject([{ doc: old, reason: expect.stringContaining('somebody else') }]);
    // The Open that left with Hello, for the Y.Doc of the one before, is answered first, and closed.
    server.say(opened({ ref: 2, channel: 8, head: 1, checkpointSeq: 1 }, text));
    const [close, reopen] = await heard();
    expect([open, close, reopen]).toMatchObject([
      { ref: 2, clientId: 101 },
      { type: 'Close', channel: 8 },
      { type: 'Open', clientId: 102, epoch: 0, seq: 0 },
    ]);
    server.say(opened({ ref: 3, channel: 9, head: 1, checkpointSeq: 1 }, text));
    expect(document.doc.getText('t').toString()).toBe('saved. ');
    expect(typed(await heard()).filter((type) => type === 'Update')).toEqual([]);
  });

  test('who has signed in as the guest they were goes on with what the guest had not saved, under a new id', async () => {
    const options = { token: tokens(), guest: 'g.signed' };
    const { document, text } = await comeBackAs('u-ann', options, 'g-1');
    server.say(opened({ ref: 2, channel: 8, head: 1, checkpointSeq: 1 }, text));
    await heard();
    server.say(opened({ ref: 3, channel: 9, head: 1, checkpointSeq: 1 }, text));
    expect([document.doc.getText('t').toString(), document.drafts]).toEqual(['saved. not saved.', []]);
    const updates = (await heard()).filter((message) => message.type === 'Update');
    for (const { update } of updates) for (const { id } of Y.decodeUpdate(update).structs) expect(id.client).toBe(102);
    expect(updates).toHaveLength(1);
  });

  test('the same person goes on as ever', async () => {
    const { document, old } = await comeBackAs('u-ann', { token: tokens() });
    server.say(opened({ ref: 2, channel: 8, head: 1, held: 1, checkpointSeq: 1 }));
    expect([document.doc === old, document.drafts]).toEqual([true, []]);
    expect(typed(await heard())).toContain('Update');
  });
});
