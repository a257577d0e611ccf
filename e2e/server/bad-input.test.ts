// What no sound client sends. Each is answered with a code that says whether to come back, or with a refusal that says
// why; it ends that one session or stream alone, and a writer in another document never notices.

import { CloseCode, MAX_FRAME_BYTES, MAX_UPDATE_BYTES } from '@weft/protocol';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import {
  BareSocket,
  BareWeft,
  BareYjs,
  connect,
  newName,
  SYNC,
  sharedServer,
  textOf,
  until,
  updatesOf,
  webSocketUrl,
} from './harness.js';

const server = sharedServer();

/** Somebody who writes in another document before each test and must be saved after it, on the connection they had. */
let disturbances = 0;
let witness: ReturnType<ReturnType<typeof connect>['open']>;
beforeEach(async () => {
  const connection = connect(server.current, 'Witness');
  witness = connection.open(newName('undisturbed'));
  await witness.whenSynced();
  connection.on('status', (status) => {
    if (status.kind === 'waiting' || status.kind === 'stopped') disturbances += 1;
  });
  return async () => {
    witness.doc.getText('text').insert(0, 'as if nothing had happened');
    await witness.whenSaved();
    expect(witness.saveState.kind).toBe('saved');
  };
});
afterAll(() => {
  expect(disturbances).toBe(0);
  expect(server.current.stderr).toBe('');
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const [first, second, third] = updatesOf(
  (text) => text.insert(0, 'one'),
  (text) => text.insert(3, ' two'),
  (text) => text.insert(7, ' three'),
) as [Uint8Array, Uint8Array, Uint8Array];

describe('a weft connection', () => {
  test.each([
    ['an empty frame', bytes()],
    ['a tag nobody has', bytes(99, 1, 2, 3)],
    ['a tag of the other direction', bytes(64, 1)],
    ['a field that ends in the middle', bytes(1, 1, 200)],
    ['a number without an end', new Uint8Array(64).fill(255)],
    ['a string that is no UTF-8', bytes(1, 1, 2, 0xc3, 0x28, 0, 0)],
    ['noise', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)],
  ])('is closed with 4400 on %s', async (_, frame) => {
    const client = new BareWeft(server.current);
    await client.open(newName());
    await client.send(frame);
    expect(await client.closed).toMatchObject({ code: CloseCode.BadFrame });
  });

  test('is closed with 4400 on a text frame', async () => {
    const client = new BareWeft(server.current);
    await client.hello();
    await client.send('{"type":"Hello"}');
    expect(await client.closed).toMatchObject({ code: CloseCode.BadFrame });
  });

  test('is closed with 4400 when it says anything but Ping before Hello', async () => {
    const client = new BareWeft(server.current);
    await client.say({ type: 'Ping', nonce: 1 });
    expect(await client.next('Pong')).toMatchObject({ nonce: 1 });
    await client.say({ type: 'Update', channel: 1, clientSeq: 1, update: first });
    expect(await client.closed).toMatchObject({ code: CloseCode.BadFrame });
  });

  test.each([
    ['4406', 'an older', 1, CloseCode.VersionUnsupported],
    ['4512', 'a newer', 99, CloseCode.ServerOutdated],
  ])('is closed with %s when it speaks %s version', async (_number, _age, version, code) => {
    const client = new BareWeft(server.current);
    await client.say({ type: 'Hello', version, client: '', name: '', color: '', token: '', guest: '' });
    expect(await client.closed).toMatchObject({ code });
  });

  test('is closed with 4413 on a frame larger than the limit, after which a client does not come back by itself', async () => {
    const client = new BareWeft(server.current);
    await client.hello();
    await client.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await client.closed).toMatchObject({ code: CloseCode.TooMuch });
  });

  test('hears why an Open is turned down, and lives on', async () => {
    const client = new BareWeft(server.current);
    await client.hello();
    const open = {
      type: 'Open',
      kind: 0,
      clientId: 1,
      outboxId: 'a',
      epoch: 0,
      seq: 0,
      proof: new Uint8Array(),
      link: '',
    } as const;
    const turnedDown = async (init: object): Promise<object> => {
      await client.say({ ...open, ref: 5, document: newName(), ...init });
      return client.next('Closed');
    };
    const closed = { ref: 5, channel: 0 };
    expect(await turnedDown({ document: '../etc' })).toMatchObject({ ...closed, code: CloseCode.BadName });
    expect(await turnedDown({ document: 'Cafe\u0301' })).toMatchObject({
      ...closed,
      code: CloseCode.BadName,
      reason: expect.stringContaining('"Caf\u00e9"'),
    });
    expect(await turnedDown({ kind: 2 })).toMatchObject({ ...closed, code: CloseCode.BadFrame });
    expect(await turnedDown({ outboxId: '' })).toMatchObject({ ...closed, code: CloseCode.BadFrame });
    expect(await turnedDown({ outboxId: 'x'.repeat(65) })).toMatchObject({ ...closed, code: CloseCode.BadFrame });
    const name = newName();
    await client.say({ ...open, ref: 6, document: name });
    expect(await client.next('Opened')).toMatchObject({ ref: 6 });
    expect(await turnedDown({ document: name })).toMatchObject({ ...closed, code: CloseCode.BadFrame });
  });

  test('may open 1,000 documents and no more', async () => {
    const client = new BareWeft(server.current);
    await client.hello();
    const open = {
      type: 'Open',
      kind: 0,
      clientId: 1,
      outboxId: 'a',
      epoch: 0,
      seq: 0,
      proof: new Uint8Array(),
      link: '',
    } as const;
    for (let ref = 1; ref <= 1001; ref++) await client.say({ ...open, ref, document: newName('crowd') });
    expect(await client.next('Closed')).toMatchObject({ ref: 1001, code: CloseCode.TooMuch });
  });

  test('speaks into the void about a channel that is not open', async () => {
    const client = new BareWeft(server.current);
    const { channel } = await client.open(newName());
    const other = channel + 1000;
    await client.say(
      { type: 'Update', channel: other, clientSeq: 1, update: first },
      { type: 'Resume', channel: other, fromClientSeq: 1 },
      { type: 'Presence', channel: other, clientSeq: 0, state: '{}' },
      { type: 'Close', channel: other },
      { type: 'Ping', nonce: 42 },
    );
    expect(await client.next('Pong')).toEqual({ type: 'Pong', nonce: 42 });
    await client.say({ type: 'Close', channel }, { type: 'Update', channel, clientSeq: 1, update: first });
    await client.say({ type: 'Ping', nonce: 43 });
    expect(await client.next('Pong')).toEqual({ type: 'Pong', nonce: 43 });
  });

  test('has no caret by a state that is no object, too deep or too long', async () => {
    const name = newName();
    const ann = connect(server.current, 'Ann').open(name);
    await ann.whenSynced();
    const client = new BareWeft(server.current);
    const { channel } = await client.open(name, { clientId: 77 });
    for (const state of [
      '7',
      '{',
      '[[[[]]]]',
      `{"a":${'['.repeat(50)}${']'.repeat(50)}}`,
      `{"a":"${'x'.repeat(5000)}"}`,
    ]) {
      await client.say({ type: 'Presence', channel, clientSeq: 0, state });
    }
    await client.say({
      type: 'Presence',
      channel,
      clientSeq: 0,
      state: '{"cursor":null,"user":{"name":"Forged","role":"admin"}}',
    });
    await expect
      .poll(() => ann.presence.getStates().get(77), { timeout: 10_000 })
      .toEqual({ cursor: null, user: { person: '', name: 'Bare', color: '#2a6f97', role: 'editor' } });
  });
});

describe('S1: a weft stream', () => {
  test.each([
    ['nothing at all', bytes()],
    ['noise', Uint8Array.from({ length: 300 }, (_, i) => (i * 31) % 256)],
    ['an update cut short', first.slice(0, -3)],
    ['an update with something after it', Uint8Array.from([...first, 1])],
    ['a claim of 2^50 structs', bytes(1, 255, 255, 255, 255, 255, 255, 255, 3, 1, 0)],
  ])('is refused as malformed on %s, and goes on after Resume', async (_, update) => {
    const name = newName();
    const client = new BareWeft(server.current);
    const { channel } = await client.open(name);
    await client.say({ type: 'Update', channel, clientSeq: 1, update });
    expect(await client.next('Refused')).toMatchObject({ channel, clientSeq: 1, code: 'malformed' });
    // Discarded until Resume; and never called saved.
    await client.say({ type: 'Update', channel, clientSeq: 2, update: first });
    await client.say({ type: 'Resume', channel, fromClientSeq: 3 });
    await client.say({ type: 'Update', channel, clientSeq: 3, update: first });
    expect(await client.next('Saved')).toMatchObject({ channel, clientSeq: 3, seq: 1 });
    expect((await coldJoinWeft(server.current.url, name)).text).toBe('one');
  });

  test('is refused as too large beyond the limit of an update', async () => {
    const name = newName();
    const client = new BareWeft(server.current);
    const { channel } = await client.open(name);
    const [update] = updatesOf((text) => text.insert(0, 'x'.repeat(MAX_UPDATE_BYTES)));
    await client.say({ type: 'Update', channel, clientSeq: 1, update: update! });
    expect(await client.next('Refused')).toMatchObject({ channel, clientSeq: 1, code: 'too-large' });
    expect((await coldJoinWeft(server.current.url, name)).head).toBe(0);
  });

  test('I7: with a gap it is asked again three times, then refused', async () => {
    const name = newName();
    const client = new BareWeft(server.current);
    const { channel } = await client.open(name);
    for (let clientSeq = 1; clientSeq <= 3; clientSeq++) {
      await client.say({ type: 'Update', channel, clientSeq, update: third });
      const resync = await client.next('Resync');
      expect(resync).toMatchObject({ channel, clientSeq });
      expect(Y.decodeStateVector(resync.stateVector).size).toBe(0);
      await client.say({ type: 'Resume', channel, fromClientSeq: clientSeq + 1 });
    }
    await client.say({ type: 'Update', channel, clientSeq: 4, update: third });
    expect(await client.next('Refused')).toMatchObject({ channel, clientSeq: 4, code: 'cannot-merge' });
    expect((await coldJoinWeft(server.current.url, name)).head).toBe(0);
  });

  test('I7: with a gap that the answer fills it goes on', async () => {
    const name = newName();
    const client = new BareWeft(server.current);
    const { channel } = await client.open(name);
    await client.say({ type: 'Update', channel, clientSeq: 1, update: first });
    await client.say({ type: 'Update', channel, clientSeq: 3, update: third });
    const { clientSeq } = await client.next('Resync');
    expect(clientSeq).toBe(3);
    const whole = Y.mergeUpdates([first, second, third]);
    await client.say({ type: 'Resume', channel, fromClientSeq: 4 });
    await client.say({ type: 'Update', channel, clientSeq: 4, update: whole });
    await until(async () => (await coldJoinWeft(server.current.url, name)).text === 'one two three', 'all is there');
  });
});

describe('a stock connection', () => {
  test.each([
    ['an empty frame', bytes()],
    ['a sync message nobody has', bytes(0, 9, 0)],
    ['a length beyond the end', bytes(0, 2, 200, 1)],
    ['noise for an update', bytes(0, 2, 5, 9, 9, 9, 9, 9)],
    ['noise for awareness', bytes(1, 3, 5, 1, 255)],
    ['noise for a state vector', bytes(0, 0, 3, 9, 9, 9)],
  ])('is closed with 4400 on %s', async (_, frame) => {
    const client = new BareYjs(server.current, newName());
    await client.next(SYNC.step1);
    await client.send(frame);
    expect(await client.closed).toMatchObject({ code: CloseCode.BadFrame });
  });

  test('is closed with 4400 on a text frame, and with 4413 on one larger than the limit', async () => {
    const talker = new BareSocket(webSocketUrl(server.current, `/yjs/${newName()}`));
    await talker.send('hello');
    expect(await talker.closed).toMatchObject({ code: CloseCode.BadFrame });
    const shouter = new BareSocket(webSocketUrl(server.current, `/yjs/${newName()}`));
    await shouter.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await shouter.closed).toMatchObject({ code: CloseCode.TooMuch });
  });

  test('lives on when it speaks of what this server does not know', async () => {
    const client = new BareYjs(server.current, newName());
    await client.sync(SYNC.step1, bytes(0));
    await client.next(SYNC.step2);
    await client.send(bytes(102, 1, 2, 3));
    await client.sync(SYNC.update, first);
    expect(await client.next(SYNC.update)).toEqual(first);
  });

  test('I7: with a gap it is asked for everything; what it can give then is taken', async () => {
    const name = newName();
    const client = new BareYjs(server.current, name);
    await client.next(SYNC.step1);
    await client.sync(SYNC.step2, bytes(0, 0));
    await client.sync(SYNC.update, third);
    expect(Y.decodeStateVector(await client.next(SYNC.step1)).size).toBe(0);
    await client.sync(SYNC.step2, Y.mergeUpdates([first, second, third]));
    await until(async () => (await coldJoinWeft(server.current.url, name)).text === 'one two three', 'all is there');
  });
});

test('after all this the documents of others are as they were written', async () => {
  const name = newName();
  const ann = connect(server.current, 'Ann').open(name);
  ann.doc.getText('text').insert(0, 'sound');
  await ann.whenSaved();
  expect((await coldJoinWeft(server.current.url, name)).text).toBe(textOf(ann.doc));
});
