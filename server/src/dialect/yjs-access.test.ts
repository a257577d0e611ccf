// What a stock client may do, and what it is told of it: it knows one message about access, and what it draws itself it
// keeps on its screen whatever the server says.

import { CloseCode, refusalSentences } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import {
  caretsSettled,
  echoesSettled,
  SessionBench,
  SYNC_STEPS,
  settled,
  type YjsClient,
} from '../../test/session-bench.js';

let bench: SessionBench;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  bench = await SessionBench.start();
  bench.access.issue('ann', 'u-ann', { name: 'Ann' });
  bench.access.issue('eve', 'u-eve', { name: 'Eve' });
  bench.access.set('plan', 'u-ann', 'editor');
  bench.access.set('plan', 'u-eve', 'reader');
});
afterEach(async () => {
  vi.useRealTimers();
  await bench.close();
});

const READ_ONLY = `denied: ${refusalSentences['read-only']}`;

async function join(token: string): Promise<YjsClient> {
  const client = bench.yjs('plan', token);
  client.sync(SYNC_STEPS.step1, Y.encodeStateVector(client.doc));
  await settled();
  return client;
}

/** Types something and sends everything there is, as in an answer to a question or as a change. */
function write(client: YjsClient, text: string, step: number = SYNC_STEPS.update): void {
  client.doc.getText('text').insert(0, text);
  client.sync(step, Y.encodeStateAsUpdate(client.doc));
}

test('an editor is asked and answered, a reader is told once and answered', async () => {
  const [ann, eve] = [await join('ann'), await join('eve')];
  expect(ann.heard()).toEqual(['asks', 'answers']);
  expect(eve.heard()).toEqual([READ_ONLY, 'answers']);
});

test('A9, A19: nothing that a reader sends changes anything, and nothing of it is read', async () => {
  const ann = await join('ann');
  write(ann, 'hello');
  await settled();
  const eve = await join('eve');
  expect(eve.heard().at(-1)).toBe('answers');
  expect(eve.doc.getText('text').toString()).toBe('hello');
  ann.heard();
  eve.doc.getText('text').delete(0, 5);
  for (const step of [SYNC_STEPS.step2, SYNC_STEPS.update]) eve.sync(step, Y.encodeStateAsUpdate(eve.doc));
  for (const step of [SYNC_STEPS.step2, SYNC_STEPS.update]) write(eve, 'hacked', step);
  eve.sync(SYNC_STEPS.update, Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255));
  await settled();
  expect([eve.heard(), eve.closed, ann.heard(), await bench.entries('plan')]).toEqual([[], null, [], 1]);
});

test('a reader is seen, by the name of its token and in its role', async () => {
  const ann = await join('ann');
  const eve = await join('eve');
  ann.heard();
  eve.showCaret({ cursor: 1, user: { name: 'Ann', color: '#00ff00', person: 'u-ann', role: 'owner' } });
  await caretsSettled();
  const user = { person: 'u-eve', name: 'Eve', color: '#00ff00', role: 'reader' };
  expect(ann.heard()).toEqual([`presence ${JSON.stringify([{ cursor: 1, user }])}`]);
});

test.each([
  ['plan', 'made up', CloseCode.Unauthorized],
  ['plan', '', CloseCode.NoAccess],
  ['nowhere', 'ann', CloseCode.NoAccess],
])('%s with the token "%s" is told why and closed with %i, and no room is opened', async (document, token, code) => {
  const entered = vi.spyOn(bench.registry, 'enter');
  const client = bench.yjs(document, token);
  client.sync(SYNC_STEPS.step1, Uint8Array.of(0));
  await settled();
  expect(client.heard()).toEqual([`denied: ${client.closed?.reason}`]);
  expect([client.closed?.code, entered.mock.calls.length, bench.access.watches.size]).toEqual([code, 0, 0]);
  // What was wrong with a token, access notes itself.
  if (code === CloseCode.NoAccess) {
    expect(bench.noted).toMatchObject([{ action: 'refused', address: '192.0.2.1', document }]);
  }
});

test('nobody without a role can tell whether there is a document', async () => {
  await join('ann');
  const told = async (document: string): Promise<unknown> => {
    const client = bench.yjs(document, 'eve');
    await settled();
    return [client.heard(), client.closed];
  };
  bench.access.set('plan', 'u-eve', null);
  expect(await told('plan')).toEqual(await told('nowhere'));
});

test('little is kept of what comes before it is known who it is', async () => {
  bench.access.hold();
  const client = bench.yjs('plan', 'ann');
  for (let i = 0; i < 4; i++) client.sync(SYNC_STEPS.update, new Uint8Array(300_000));
  expect(client.closed?.code).toBe(CloseCode.TooMuch);
  bench.access.letGo();
  await settled();
  expect([bench.access.watches.size, bench.sessions.list()]).toEqual([0, []]);
});

test('whose rights go may read on; whose rights come back is asked for what was written meanwhile', async () => {
  const ann = await join('ann');
  write(ann, 'before ');
  await echoesSettled();
  ann.heard();
  bench.access.set('plan', 'u-ann', 'reader', 'Only reading is left.');
  write(ann, 'meanwhile ');
  await settled();
  expect([ann.heard(), await bench.entries('plan')]).toEqual([['denied: Only reading is left.'], 1]);
  bench.access.set('plan', 'u-ann', 'owner');
  expect(ann.heard()).toEqual(['asks']);
  ann.sync(SYNC_STEPS.step2, Y.encodeStateAsUpdate(ann.doc));
  await echoesSettled();
  expect([ann.heard(), await bench.entries('plan')]).toEqual([['update'], 2]);
});

test('G7: who loses every role is told why, sent nothing more, and seen no longer; its entries stand', async () => {
  const [ann, eve] = [await join('ann'), await join('eve')];
  ann.sync(SYNC_STEPS.step2, Uint8Array.of(0, 0));
  ann.showCaret({ cursor: 1 });
  await caretsSettled();
  ann.heard();
  eve.heard();
  bench.holdDisk();
  write(ann, 'in flight');
  await settled();
  bench.access.set('plan', 'u-ann', null, 'Taken back.');
  expect(ann.closed).toEqual({ code: CloseCode.NoAccess, reason: 'Taken back.' });
  expect(ann.heard()).toEqual(['denied: Taken back.']);
  bench.letDisk();
  await caretsSettled();
  expect(eve.heard()).toEqual(['update', 'presence [null]']);
  expect([await bench.entries('plan'), bench.access.watches.size]).toEqual([1, 1]);
});

test('what showed who it is ends: it is told, then closed by the timer of all', async () => {
  const arrive = vi.spyOn(bench.sessions, 'arrive');
  const ann = await join('ann');
  ann.heard();
  const [, timed] = arrive.mock.calls[0]!;
  timed.suspend();
  write(ann, 'too late');
  await settled();
  expect(ann.heard()).toMatchObject([expect.stringContaining('has ended')]);
  bench.access.set('plan', 'u-ann', 'owner');
  expect([ann.heard(), await bench.entries('plan')]).toEqual([[], 0]);
  timed.end(CloseCode.Unauthorized, 'Ended.');
  expect(bench.sessions.list()).toEqual([]);
});

test('entries are written with the person of the token', async () => {
  const ann = await join('ann');
  write(ann, 'x');
  await settled();
  const view = await bench.log.view({ document: 'plan' as never, kind: 'content' });
  expect((await view.entriesAfter(0)).map(({ author }) => author)).toEqual(['u-ann']);
});

test('A21, A22, A23: whatever a client says of carets, others see one of its own, small and inert, and nothing is kept', async () => {
  const ann = await join('ann');
  const eve = await join('eve');
  ann.showCaret({ cursor: 'of Ann' });
  ann.sync(SYNC_STEPS.step2, Uint8Array.of(0, 0));
  await caretsSettled();
  eve.heard();
  ann.heard();
  const own = eve.doc.clientID;
  const before = process.memoryUsage().heapUsed;
  // Its first frame names its id (G6); what follows is about others, too many, too deep, too long, or no state.
  eve.showCaret({ cursor: 1 });
  eve.sendPresence([[ann.doc.clientID, Number.MAX_SAFE_INTEGER, '{"cursor":"forged"}']]);
  eve.sendPresence([[ann.doc.clientID, Number.MAX_SAFE_INTEGER, 'null']]);
  eve.sendPresence(Array.from({ length: 100_000 }, (_, i) => [i, 1, 'null'] as const));
  eve.sendPresence([[own, 1, `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`]]);
  eve.sendPresence([[own, 1, `{"a":"${'x'.repeat(5_000_000)}"}`]]);
  eve.sendPresence([[own, 1, '[1]']]);
  eve.sendPresence([[own, 1, 'no JSON']]);
  await caretsSettled();
  const user = { person: 'u-eve', name: 'Eve', color: '#59636e', role: 'reader' };
  expect(ann.heard()).toEqual([`presence ${JSON.stringify([{ cursor: 1, user }])}`]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  const newcomer = await join('ann');
  await caretsSettled();
  const shown = newcomer.heard().find((word) => word.startsWith('presence'));
  expect(JSON.parse(shown!.slice('presence '.length))).toHaveLength(2);
});

test.each([
  ['"\\u202eevil\\u0000\\n"', '"#d1495b"', 'evil', '#d1495b'],
  ['"a<img src=x>"', '"red;background:url(//evil)"', 'a<img src=x>', '#59636e'],
  [`"${'n'.repeat(500)}"`, '"#12345G"', 'n'.repeat(64), '#59636e'],
  ['{"toString":1}', '["#d1495b"]', 'Guest', '#59636e'],
])(
  'a name %s and a colour %s, chosen by somebody unknown, are made safe to show',
  async (name, color, safeName, safeColor) => {
    bench.access.set('plan', '', 'reader');
    const ann = await join('ann');
    const guest = await join('');
    ann.heard();
    guest.sendPresence([[guest.doc.clientID, 1, `{"__proto__":{"a":1},"user":{"name":${name},"color":${color}}}`]]);
    await caretsSettled();
    const user = { person: '', name: safeName, color: safeColor, role: 'reader' };
    expect(ann.heard()).toEqual([`presence ${JSON.stringify([{ user }])}`]);
  },
);
