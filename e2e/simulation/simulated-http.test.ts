import './date-now.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Chance } from './chance.js';
import { OPEN_PASSAGE, type Passage } from './passage.js';
import { SimulatedHttp } from './simulated-http.js';
import { VirtualClock } from './virtual-clock.js';

const URL = 'http://weft.test/weft/send';
const STREAM = 'http://weft.test/weft/events';

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock(new Chance(1));
  clock.install();
});
afterEach(() => clock.uninstall());

/** A server that answers with what it was sent, and a client of it. */
async function serve(passage: Partial<Passage> = {}, seed = 1) {
  const http = new SimulatedHttp({ clock, chance: new Chance(seed) }, () => true);
  const taken: string[] = [];
  await clock.as('server', () => {
    http.listen((_, request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece;
      });
      request.on('end', () => {
        taken.push(body);
        if (request.url === '/weft/events') response.writeHead(200).write(Buffer.from(body), () => {});
        else response.writeHead(200).end(body);
      });
    });
  });
  http.setPassage('client', { ...OPEN_PASSAGE, ...passage });
  const answered: string[] = [];
  const fetch = http.fetchFor('client');
  const post = (body: string, signal?: AbortSignal): Promise<void> =>
    clock.as('client', () => {
      const init = { headers: {}, body: Buffer.from(body), ...(signal && { signal }) };
      fetch(URL, init)
        .then(async (response) => `${response.status} ${Buffer.from(await response.arrayBuffer())}`)
        .catch(({ name }: Error) => name)
        .then((outcome) => answered.push(outcome));
    });
  return { http, fetch, post, taken, answered };
}

test('what is sent arrives, and is answered, each in its time', async () => {
  const { post, taken, answered } = await serve();
  for (let each = 0; each < 20; each++) await post(`${each}`);
  expect(taken).toEqual([]);
  await clock.advance(3000);
  expect(taken.toSorted()).toEqual(Array.from({ length: 20 }, (_, each) => `${each}`).toSorted());
  // Requests stand beside each other.
  expect(taken).not.toEqual(taken.toSorted((a, b) => Number(a) - Number(b)));
  expect(answered).toEqual(expect.arrayContaining(taken.map((body) => `200 ${body}`)));
  expect(clock.pending()).toBe(0);
});

test('where it is rough, requests are lost, late, made twice, answered by others, and answers are cut', async () => {
  const { post, taken, answered } = await serve({ isRough: true });
  for (let each = 0; each < 300; each++) await post(`number ${each}`);
  await clock.advance(120_000);
  const distinct = new Set(taken);
  expect(distinct.size).toBeLessThan(300);
  expect(taken.length).toBeGreaterThan(distinct.size);
  expect(answered).toContain('TypeError');
  expect(answered.some((outcome) => /^50[234] /.test(outcome))).toBe(true);
  // An answer that arrives is the one to that request.
  for (const outcome of answered.filter((each) => each.startsWith('200'))) {
    expect(outcome).toMatch(/^200 number \d+$/);
  }
});

test('a connection that breaks in the middle of requests answers none of them, or to the end', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { http, post, taken, answered } = await serve({}, seed);
    await post('before');
    await clock.advance(seed * 3);
    http.break('client', { kind: 'noticed', by: 'both' });
    await clock.advance(2000);
    expect(answered).toHaveLength(1);
    expect(['200 before', 'TypeError']).toContain(answered[0]);
    if (answered[0] === '200 before') expect(taken).toEqual(['before']);
    expect(http.isConnected('client')).toBe(false);
  }
});

test('who gives a request up is told so at once, whatever becomes of it', async () => {
  const { post, answered } = await serve();
  const abort = new AbortController();
  await post('given up', abort.signal);
  await clock.as('client', () => abort.abort());
  expect(answered).toEqual(['AbortError']);
  await clock.advance(2000);
  expect(answered).toEqual(['AbortError']);
});

test.each([
  ['through', ['beginning']],
  ['held back', []],
  ['refused', ['403']],
] as const)('a stream of events that is %s', async (events, expected) => {
  const { fetch } = await serve({ events });
  const heard: string[] = [];
  await clock.as('client', () => {
    void fetch(STREAM, { headers: {}, body: Buffer.from('beginning') }).then(async ({ status, body }) => {
      if (status !== 200) heard.push(`${status}`);
      else heard.push(Buffer.from((await body!.getReader().read()).value!).toString());
    });
  });
  await clock.advance(3000);
  expect(heard).toEqual(expected);
});
