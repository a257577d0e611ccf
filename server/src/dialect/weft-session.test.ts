import { CloseCode, type Message, PROTOCOL_VERSION, type ServerMessage, stateDigest } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { caretsSettled, SessionBench, settled, statesIn, type WeftClient } from '../../test/session-bench.js';
import { Allowance } from './allowance.js';

let bench: SessionBench;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  bench = await SessionBench.start();
  bench.access.issue('ann', 'u-ann');
  bench.access.issue('eve', 'u-eve');
  bench.access.set('plan', 'u-ann', 'editor');
});
afterEach(async () => {
  vi.useRealTimers();
  await bench.close();
});

const typesOf = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);

/** The messages of one type, in order. */
const only = <Type extends ServerMessage['type']>(messages: readonly ServerMessage[], type: Type) =>
  messages.filter((message) => message.type === type) as Message<ServerMessage, Type>[];

async function enter(token: string, document = 'plan', kind = 0): Promise<{ client: WeftClient; channel: number }> {
  const client = bench.weft();
  const channel = await client.open(token, document, kind);
  if (channel === null) throw new Error(`${token} was not let in`);
  return { client, channel };
}

/** What others are shown, newest last. */
const shownTo = (client: WeftClient): unknown[] =>
  only(client.heard(), 'Presence').flatMap(({ entries }) => [...statesIn(entries).values()]);

describe('what is held', () => {
  const digestOf = (doc: Y.Doc): Uint8Array => {
    const stateVector = Y.encodeStateVector(doc);
    return stateDigest(stateVector, Y.encodeStateAsUpdate(doc, stateVector).subarray(1));
  };

  test('J2: whoever asks at rest is told whether it is the same, with all deletions', async () => {
    const { client, channel } = await enter('ann');
    const doc = new Y.Doc();
    doc.clientID = client.doc.clientID;
    doc.getText('t').insert(0, 'hello');
    doc.getText('t').delete(1, 2);
    client.write(channel, Y.encodeStateAsUpdate(doc));
    await settled();
    client.heard();
    const asked = (seq: number, digest: Uint8Array) => {
      client.say({ type: 'Check', channel, seq, digest });
      return only(client.heard(), 'Checked');
    };
    const none = new Uint8Array();
    expect(asked(1, digestOf(doc))).toEqual([{ type: 'Checked', channel, seq: 1, verdict: 1, stateVector: none }]);
    const held = Y.encodeStateVector(doc);
    doc.getText('t').delete(0, 1);
    expect(asked(1, digestOf(doc))).toEqual([{ type: 'Checked', channel, seq: 1, verdict: 2, stateVector: held }]);
    expect(asked(0, digestOf(doc))).toMatchObject([{ seq: 0, verdict: 0, stateVector: none }]);
    client.write(channel, Y.encodeStateAsUpdate(doc));
    expect(asked(1, digestOf(doc))).toMatchObject([{ verdict: 0 }]);
    await settled();
    expect(asked(2, digestOf(doc))).toMatchObject([{ verdict: 1 }]);
  });

  test('whoever has it worked out over and over is told to ask later; what is known already is told', async () => {
    const { client, channel } = await enter('ann');
    const allowed = vi.spyOn(Allowance.prototype, 'takeDigest');
    /** Whether it may be worked out, and told; the verdict. */
    const asked = (mayTake: boolean, mayTell = mayTake): [number[], unknown] => {
      allowed.mockReset().mockReturnValueOnce(mayTake).mockReturnValueOnce(mayTell);
      client.say({ type: 'Check', channel, seq: 1, digest: new Uint8Array(16) });
      const answers = only(client.heard(), 'Checked').map(({ verdict, stateVector }) => [
        verdict,
        stateVector.length > 0,
      ]);
      return [allowed.mock.calls.map(([work]) => work), answers];
    };
    client.doc.getText('t').insert(0, 'hello');
    client.doc.getText('t').delete(1, 2);
    client.write(channel, Y.encodeStateAsUpdate(client.doc));
    await settled();
    client.heard();
    // One client and one range of deletions are to be written down; then it is there, and what is told is a state vector.
    const { length } = Y.encodeStateVector(client.doc);
    expect(asked(false)).toEqual([[2], [[0, false]]]);
    expect(asked(true)).toEqual([[2, length], [[2, true]]]);
    expect(asked(true, false)).toEqual([[0, length], [[0, false]]]);
    expect(asked(true)).toEqual([[0, length], [[2, true]]]);
    allowed.mockRestore();
  });
});

describe('who one is', () => {
  test('Welcome says it, and what comes after Hello waits for it in order', async () => {
    const client = bench.weft();
    bench.access.hold();
    client.say(client.hello('ann'), client.openMessage('plan'));
    client.say({ type: 'Ping', nonce: 7 });
    await settled();
    expect(client.heard()).toEqual([]);
    bench.access.letGo();
    await settled();
    const heard = client.heard();
    expect(typesOf(heard)).toEqual(['Welcome', 'Pong', 'Opened']);
    expect(heard[0]).toMatchObject({ person: 'u-ann', name: 'u-ann', color: '#2a6f97', expiresAtMs: 0 });
    expect(heard[2]).toMatchObject({ role: 3, access: 1 });
  });

  test.each([
    ['older', -1, CloseCode.VersionUnsupported, 'This page is older than the server. Reload it.'],
    ['newer', +1, CloseCode.ServerOutdated, 'The server is older than this page. It goes on once that is updated.'],
  ])('a client that speaks a version that is %s is told so, and what becomes of it', async (_, by, code, reason) => {
    const client = bench.weft();
    client.say({ ...client.hello('ann'), version: PROTOCOL_VERSION + by } as ReturnType<typeof client.hello>);
    await settled();
    expect([client.heard(), client.closed]).toEqual([[], { code, reason }]);
  });

  test('a Ping is answered before it is known who asks, and nothing else is', async () => {
    const client = bench.weft();
    client.say({ type: 'Ping', nonce: 7 });
    expect(client.heard()).toEqual([{ type: 'Pong', nonce: 7 }]);
    client.say(client.openMessage('plan'));
    expect(client.closed?.code).toBe(CloseCode.BadFrame);
  });

  test('of what one says again and again of oneself the first counts, and a moment later the newest', async () => {
    const client = bench.weft();
    client.say(client.hello('', 'Before'));
    await settled();
    const identify = vi.spyOn(bench.access, 'identify');
    const name = (): string | undefined => bench.sessions.list()[0]?.name;
    const names = new Set<string | undefined>();
    for (let times = 0; times < 1000; times++) {
      client.say(client.hello('', `Says ${times}`), { type: 'Renew', token: '', guest: '' });
      await settled();
      names.add(name());
    }
    expect([names.size, identify.mock.calls.length]).toEqual([2, 2]);
    vi.advanceTimersByTime(1000);
    await settled();
    expect([name(), identify.mock.calls.length]).toEqual(['Says 999', 3]);
  });

  test('who shows nothing chooses a name, who is signed in does not', async () => {
    bench.access.issue('green', 'u-green', { name: 'Gre\u202een', color: '#00AA00' });
    const named = async (token: string): Promise<unknown> => {
      const client = bench.weft();
      client.say(client.hello(token, 'Somebody Else'));
      await settled();
      const { person, name, color } = only(client.heard(), 'Welcome')[0]!;
      return { person, name, color };
    };
    expect(await named('')).toEqual({ person: '', name: 'Somebody Else', color: '#2a6f97' });
    expect(await named('green')).toEqual({ person: 'u-green', name: 'Green', color: '#00aa00' });
  });

  test('what is not accepted closes with 4401, and nothing of what came with it is looked at', async () => {
    const client = bench.weft();
    client.say(client.hello('made up'), client.openMessage('plan'));
    await settled();
    expect(client.closed).toMatchObject({ code: CloseCode.Unauthorized });
    expect([client.heard(), bench.access.asked]).toEqual([[], 0]);
  });

  test('little waits for it: more bytes or more messages close the connection', async () => {
    bench.access.hold();
    const [bytes, messages] = [bench.weft(), bench.weft()];
    for (const client of [bytes, messages]) client.say(client.hello('ann'));
    for (let i = 0; i < 4; i++) {
      bytes.say({ type: 'Update', channel: 1, clientSeq: 1, update: new Uint8Array(300_000) });
    }
    for (let i = 0; i < 2; i++) {
      messages.say(...Array.from({ length: 9000 }, () => ({ type: 'Ping', nonce: 1 }) as const));
    }
    expect([bytes.closed?.code, messages.closed?.code]).toEqual([CloseCode.TooMuch, CloseCode.TooMuch]);
    const large = bench.weft();
    large.sendFrame(new Uint8Array(1024 * 1024 + 1));
    expect(large.closed?.code).toBe(CloseCode.TooMuch);
    bench.access.letGo();
    await settled();
    expect(bench.sessions.list()).toEqual([]);
  });

  test('a connection that ends before it is known leaves nothing behind', async () => {
    const client = bench.weft();
    bench.access.hold();
    client.say(client.hello('ann'), client.openMessage('plan'));
    client.leave();
    bench.access.letGo();
    await settled();
    expect([client.heard(), bench.sessions.list(), bench.access.watches.size]).toEqual([[], [], 0]);
  });

  test('one person has so many sessions and no more', async () => {
    await bench.close();
    bench = await SessionBench.start({ sessionsPerPerson: 1, sessionsPerDocument: 1 });
    bench.access.issue('ann', 'u-ann');
    bench.access.issue('bob', 'u-bob');
    for (const person of ['u-ann', 'u-bob']) bench.access.set('plan', person, 'reader');
    await enter('ann');
    const second = bench.weft();
    const other = bench.weft();
    await second.open('ann', 'plan');
    other.say(other.hello('bob'), other.openMessage('plan'));
    await settled();
    expect(second.closed?.code).toBe(CloseCode.TooMany);
    expect(other.heard().at(-1)).toMatchObject({ type: 'Closed', ref: 1, code: CloseCode.TooMany });
  });
});

describe('what one may do', () => {
  test('forbidden and absent are answered alike, and neither opens a room', async () => {
    await enter('ann');
    const eve = bench.weft();
    eve.say(eve.hello('eve'));
    await settled();
    eve.heard();
    const answers: unknown[] = [];
    for (const document of ['plan', 'nowhere']) {
      for (const kind of [0, 1]) {
        const asked = bench.access.asked;
        eve.say(eve.openMessage(document, { kind }));
        await settled();
        answers.push([eve.heard(), bench.access.asked - asked]);
      }
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject([[{ type: 'Closed', ref: 1, channel: 0, code: CloseCode.NoAccess }], 1]);
    expect(bench.access.watches.size).toBe(1);
  });

  test('A19: what a reader sends is answered from the role alone and never read', async () => {
    bench.access.set('plan', 'u-eve', 'reader');
    const { client, channel } = await enter('eve');
    for (const update of [client.typed('x'), Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255)]) {
      client.write(channel, update);
      expect(client.heard()).toMatchObject([{ type: 'Refused', code: 'read-only' }]);
      client.say({ type: 'Resume', channel, fromClientSeq: client.clientSeq });
    }
    await settled();
    expect(await bench.entries('plan')).toBe(0);
  });

  test('a commenter writes the discussion and not the text', async () => {
    bench.access.set('plan', 'u-eve', 'commenter');
    const text = await enter('eve', 'plan', 0);
    const discussion = await enter('eve', 'plan', 1);
    for (const { client, channel } of [text, discussion]) client.write(channel);
    await settled();
    expect(typesOf(text.client.heard())).toEqual(['Refused']);
    expect(typesOf(discussion.client.heard())).toEqual(['Saved']);
    expect([await bench.entries('plan'), await bench.entries('plan', 'discussion')]).toEqual([0, 1]);
  });

  test('entries are written with the person of the session', async () => {
    const { client, channel } = await enter('ann');
    client.write(channel);
    await settled();
    const view = await bench.log.view({ document: 'plan' as never, kind: 'content' });
    expect((await view.entriesAfter(0)).map(({ author }) => author)).toEqual(['u-ann']);
  });

  test('a change of role is told, shown to others, and holds from then on', async () => {
    const { client, channel } = await enter('ann');
    bench.access.set('plan', 'u-eve', 'reader');
    const eve = await enter('eve');
    client.showCaret(channel, { cursor: 1 });
    await caretsSettled();
    expect(shownTo(eve.client).at(-1)).toMatchObject({ user: { person: 'u-ann', role: 'editor' } });
    bench.access.set('plan', 'u-ann', 'commenter', 'The owner said so.');
    expect(client.heard()).toMatchObject([
      { type: 'Presence' },
      { type: 'Access', channel, role: 2, access: 0, reason: 'The owner said so.' },
    ]);
    client.write(channel);
    bench.access.set('plan', 'u-ann', 'owner');
    client.say({ type: 'Resume', channel, fromClientSeq: 1 });
    client.say({ type: 'Update', channel, clientSeq: 1, update: client.typed('y') });
    await caretsSettled();
    expect(typesOf(client.heard())).toEqual(['Refused', 'Access', 'Resync', 'Presence']);
    expect(shownTo(eve.client).at(-1)).toMatchObject({ user: { role: 'owner' } });
  });

  test('G7: what has its number stands and is acknowledged, what comes later is refused', async () => {
    const { client, channel } = await enter('ann');
    bench.holdDisk();
    client.write(channel);
    await settled();
    bench.access.set('plan', 'u-ann', 'reader');
    client.write(channel);
    bench.letDisk();
    await settled();
    const heard = client.heard();
    expect(heard).toMatchObject([
      { type: 'Access', role: 1, access: 0 },
      { type: 'Refused', clientSeq: 2, code: 'read-only' },
      { type: 'Saved', clientSeq: 1, seq: 1 },
    ]);
    expect(await bench.entries('plan')).toBe(1);
  });

  test('who loses every role is out at once: told of what was being written, and of nothing else', async () => {
    bench.access.set('plan', 'u-eve', 'editor');
    const ann = await enter('ann');
    const eve = await enter('eve');
    ann.client.showCaret(ann.channel, { cursor: 1 });
    await caretsSettled();
    expect(shownTo(eve.client)).toHaveLength(1);
    ann.client.heard();

    bench.holdDisk();
    ann.client.write(ann.channel);
    await settled();
    bench.access.set('plan', 'u-ann', null, 'Taken back.');
    expect(ann.client.heard()).toMatchObject([{ type: 'Access', role: 0, access: 0, reason: 'Taken back.' }]);
    eve.client.write(eve.channel);
    ann.client.write(ann.channel);
    ann.client.showCaret(ann.channel, { cursor: 2 });
    // Nobody gets in again meanwhile.
    ann.client.say(ann.client.openMessage('plan', { ref: 2 }));
    bench.letDisk();
    await caretsSettled();
    expect(ann.client.heard()).toMatchObject([
      { type: 'Closed', ref: 2, channel: 0, code: CloseCode.NoAccess },
      { type: 'Saved', clientSeq: 1, seq: 0, proof: new Uint8Array() },
      { type: 'Closed', ref: 0, channel: ann.channel, code: CloseCode.NoAccess, reason: 'Taken back.' },
    ]);
    expect(await bench.entries('plan')).toBe(2);
    expect(shownTo(eve.client)).toEqual([null]);
    expect([bench.access.watches.size, bench.sessions.list().map(({ documents }) => documents)]).toEqual([
      1,
      [[], ['plan']],
    ]);
  });

  test('who loses every role while the document is being opened is not let in', async () => {
    const client = bench.weft();
    client.say(client.hello('ann'));
    await settled();
    client.heard();
    client.say(client.openMessage('plan'));
    // The role is known, the room is not there yet.
    await Promise.resolve().then(() => Promise.resolve());
    bench.access.set('plan', 'u-ann', null);
    await settled();
    expect(client.heard()).toMatchObject([{ type: 'Closed', ref: 1, code: CloseCode.NoAccess }]);
    expect(bench.access.watches.size).toBe(0);
  });

  test('who leaves is no longer watched', async () => {
    const { client, channel } = await enter('ann');
    client.say({ type: 'Close', channel });
    expect([bench.access.watches.size, bench.sessions.list()[0]?.documents]).toEqual([0, []]);
    const other = await enter('ann');
    other.client.leave();
    expect(bench.access.watches.size).toBe(0);
  });
});

describe('what one showed ends', () => {
  const withToken = async (expiresInMs: number) => {
    bench.access.issue('short', 'u-ann', { expiresAtMs: Date.now() + expiresInMs });
    return enter('short');
  };

  test('it is renewed by the same person, and what a newer one says holds at once', async () => {
    const { client, channel } = await withToken(3_600_000);
    bench.access.issue('newer', 'u-ann', { name: 'Ann', expiresAtMs: Date.now() + 7_200_000 });
    bench.access.set('plan', 'u-ann', 'reader');
    client.heard();
    client.say({ type: 'Renew', token: 'newer', guest: '' });
    await settled();
    expect(client.heard()).toMatchObject([{ type: 'Identity', person: 'u-ann', name: 'Ann' }]);
    expect(bench.access.watches.size).toBe(1);
    bench.access.set('plan', 'u-ann', 'editor');
    expect(client.heard()).toMatchObject([{ type: 'Access', channel, role: 3, access: 1 }]);
    expect(bench.noted.map(({ action }) => action)).toEqual(['let-in', 'renewed']);
  });

  test('a token of lower rights lowers them', async () => {
    // Roles that come from the token itself.
    const { client, channel } = await withToken(3_600_000);
    bench.access.issue('lower', 'u-ann', { expiresAtMs: Date.now() + 7_200_000 });
    const watch = bench.access.watch.bind(bench.access);
    bench.access.watch = async (...args) => ({ ...(await watch(...args)), role: 'reader' });
    client.say({ type: 'Renew', token: 'lower', guest: '' });
    await settled();
    expect(client.heard()).toMatchObject([{ type: 'Access', channel, role: 1, access: 0 }, { type: 'Identity' }]);
    client.write(channel);
    expect(typesOf(client.heard())).toEqual(['Refused']);
  });

  test.each(['eve', 'made up', ''])(
    'what is shown of somebody else, or nobody (%j), closes with 4401',
    async (token) => {
      const { client } = await withToken(3_600_000);
      client.say({ type: 'Renew', token, guest: '' });
      await settled();
      expect(client.closed?.code).toBe(CloseCode.Unauthorized);
      expect([bench.access.watches.size, bench.sessions.list()]).toEqual([0, []]);
    },
  );

  test('of many at once the newest is looked at, one at a time', async () => {
    const { client } = await withToken(3_600_000);
    let asked = 0;
    const identify = bench.access.identify.bind(bench.access);
    bench.access.identify = (credentials) => {
      asked += 1;
      return identify(credentials);
    };
    bench.access.hold();
    for (let i = 0; i < 100; i++) client.say({ type: 'Renew', token: 'made up', guest: '' });
    client.say({ type: 'Renew', token: 'short', guest: '' });
    expect(asked).toBe(1);
    bench.access.letGo();
    await settled();
    // The first one was of no use, and ended it.
    expect([asked, client.closed?.code]).toEqual([1, CloseCode.Unauthorized]);
  });

  test('after the end it reads, writes nothing, and writes again once it is renewed', async () => {
    const arrive = vi.spyOn(bench.sessions, 'arrive');
    const { client, channel } = await withToken(3_600_000);
    // When this happens is the business of live-sessions.test.ts.
    arrive.mock.calls[0]![1].suspend();
    client.write(channel);
    expect(client.heard()).toMatchObject([
      { type: 'Access', channel, role: 3, access: 0 },
      { type: 'Refused', code: 'read-only' },
    ]);
    bench.access.issue('newer', 'u-ann', { expiresAtMs: Date.now() + 7_200_000 });
    client.say({ type: 'Renew', token: 'newer', guest: '' });
    await settled();
    client.say({ type: 'Resume', channel, fromClientSeq: 1 });
    client.clientSeq = 0;
    client.write(channel, Uint8Array.of(0, 0));
    await settled();
    expect(typesOf(client.heard())).toEqual(['Identity', 'Access', 'Saved']);
  });

  test('who is revoked is closed in the same turn', async () => {
    const ann = await enter('ann');
    bench.access.set('plan', 'u-eve', 'reader');
    const eve = await enter('eve');
    ann.client.heard();
    bench.access.revoke('u-ann', 'Your sign-in was taken back.');
    // Not that the document is not theirs any more: whoever signs in again goes on in it.
    expect(ann.client.heard()).toEqual([]);
    expect(ann.client.closed).toEqual({ code: CloseCode.Unauthorized, reason: 'Your sign-in was taken back.' });
    expect(eve.client.closed).toBe(null);
    expect(bench.noted.at(-1)).toMatchObject({ action: 'revoked', person: 'u-ann' });
  });
});
