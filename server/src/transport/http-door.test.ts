import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { CloseCode, MAX_FRAME_BYTES, MAX_POST_BYTES } from '@weft/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { Doorkeeper } from '../access/doorkeeper.js';
import type { Connection, OpenSession } from '../dialect/connection.js';
import { defaultDoor } from '../door-settings.js';
import { defaultLimits, type Limits } from '../limits.js';
import { SocketMetrics } from '../metrics/metrics.js';
import { HttpDoor } from './http-door.js';
import { Lines } from './lines.js';

const LISTED = 'https://app.example.org';

/** A session that keeps what it hears, and whose connection a test can speak on. */
class Heard {
  readonly frames: number[][] = [];
  readonly connections: Connection[] = [];
  closed = 0;

  readonly open: OpenSession = (connection) => {
    this.connections.push(connection);
    return {
      receive: (frame) => {
        if (frame[0] === 13) throw new Error('tripped');
        this.frames.push([...frame]);
        connection.send({ messages: [Uint8Array.from([...frame].reverse())] });
      },
      closed: () => {
        this.closed += 1;
      },
    };
  };

  get connection(): Connection {
    return this.connections.at(-1)!;
  }
}

async function openDoor(limits: Partial<Limits> = {}) {
  const heard = new Heard();
  const complaints: string[] = [];
  const all = { ...defaultLimits, ...limits };
  const metrics = new SocketMetrics();
  const door = new HttpDoor({
    dialects: { weft: () => heard.open },
    doorkeeper: new Doorkeeper({ ...defaultDoor, origins: [LISTED] }, { isOpen: true }),
    limits: all,
    lines: new Lines(all),
    metrics,
    complain: (sentence) => complaints.push(sentence),
  });
  const server = createServer((request, response) => {
    if (!door.request(request, response)) response.writeHead(404).end('not here');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    door.close();
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>) =>
    fetch(url + path, { method: 'POST', headers, ...(body && { body }) });
  const beginPolls = async () => {
    const id = (await post('/weft/poll')).headers.get('weft-session')!;
    return {
      id,
      poll: (received: number) => post('/weft/poll', { 'weft-session': id, 'weft-received': `${received}` }),
      send: (counter: number, bytes: number[] | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
        post(
          '/weft/send',
          { 'weft-session': id, 'weft-counter': `${counter}`, ...headers },
          Uint8Array.from(bytes) as Uint8Array<ArrayBuffer>,
        ),
    };
  };
  return { url, door, heard, metrics, complaints, post, beginPolls };
}

const bytesOf = async (response: Response): Promise<number[]> => [...new Uint8Array(await response.arrayBuffer())];
const faultOf = async (response: Response) => [response.status, ((await response.json()) as { error: object }).error];

/** The events of a stream, one at a time. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream() as never) as never as string[]) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines
          .find((line) => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trim();
      yield { event: field('event') ?? 'message', data: field('data') ?? '' };
    }
  }
}

async function beginEvents({ post }: Pick<Awaited<ReturnType<typeof openDoor>>, 'post'>) {
  const response = await post('/weft/events');
  const events = eventsOf(response);
  const next = async () => (await events.next()).value as { event: string; data: string } | undefined;
  const first = await next();
  expect(first?.event).toBe('session');
  const id = first!.data;
  const send = (counter: number, ...bytes: number[]) =>
    post('/weft/send', { 'weft-session': id, 'weft-counter': `${counter}` }, Uint8Array.from(bytes));
  return { id, response, next, send, leave: () => events.return(undefined) };
}

test('a session by events: its id comes first, frames come in base64, and nobody keeps or gathers them', async () => {
  const { heard, post } = await openDoor();
  const { id, response, next, send } = await beginEvents({ post });
  expect(id).toMatch(/^[\w-]{32}$/);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  expect(heard.connection.transport).toBe('events');
  expect((await send(1, 1, 2, 3)).status).toBe(204);
  expect(await next()).toEqual({ event: 'message', data: Buffer.from([3, 2, 1]).toString('base64') });
});

test('a session by polls: its id comes in a header, frames come as they are', async () => {
  const { heard, beginPolls } = await openDoor();
  const { id, poll, send } = await beginPolls();
  expect(id).toMatch(/^[\w-]{32}$/);
  expect(heard.connection.transport).toBe('poll');
  const answer = poll(0);
  expect((await send(1, [1, 2])).status).toBe(204);
  expect([(await answer).headers.get('weft-answer'), await bytesOf(await answer)]).toEqual(['1', [2, 1]]);
  expect((await answer).headers.get('cache-control')).toBe('no-store');
});

test('each counter is taken once and in order: a repeated one is answered as before, one too early is refused', async () => {
  const { heard, beginPolls } = await openDoor();
  const { send } = await beginPolls();
  expect((await send(2, [2])).status).toBe(409);
  expect(heard.frames).toEqual([]);
  expect((await send(1, [1])).status).toBe(204);
  expect((await send(1, [1])).status).toBe(204);
  expect((await send(2, [2])).status).toBe(204);
  expect((await send(1, [1])).status).toBe(204);
  const early = await send(4, [4]);
  expect(await early.json()).toMatchObject({ error: { code: 'OUT_OF_ORDER' }, expected: 3 });
  expect(heard.frames).toEqual([[1], [2]]);
});

test('one counter that arrives many times at once is taken once', async () => {
  const { heard, beginPolls } = await openDoor();
  const { send } = await beginPolls();
  const all = await Promise.all(Array.from({ length: 20 }, () => send(1, [5])));
  expect(all.map(({ status }) => status)).toEqual(Array(20).fill(204));
  expect(heard.frames).toEqual([[5]]);
});

test('a frame in parts is heard when its last one has come, and an empty part says nothing', async () => {
  const { heard, beginPolls } = await openDoor();
  const { send } = await beginPolls();
  await send(1, [1, 2], { 'weft-more': '1' });
  await send(1, [1, 2], { 'weft-more': '1' });
  expect(heard.frames).toEqual([]);
  await send(2, [3]);
  await send(3, []);
  expect(heard.frames).toEqual([[1, 2, 3]]);
});

test('a body or a frame beyond its limit is refused', async () => {
  const { heard, beginPolls } = await openDoor();
  const { send, poll } = await beginPolls();
  const part = new Uint8Array(MAX_POST_BYTES);
  expect((await send(1, new Uint8Array(MAX_POST_BYTES + 1))).status).toBe(413);
  let counter = 0;
  for (let bytes = 0; bytes + part.length <= MAX_FRAME_BYTES; bytes += part.length) {
    counter += 1;
    expect((await send(counter, part, { 'weft-more': '1' })).status).toBe(204);
  }
  const refused = await send(counter + 1, part, { 'weft-more': '1' });
  expect([refused.status, await refused.json()]).toMatchObject([410, { close: CloseCode.TooMuch }]);
  expect([heard.frames, heard.closed]).toEqual([[], 1]);
  expect(await (await poll(0)).json()).toMatchObject({ close: CloseCode.TooMuch });
});

test('a body that comes in small pieces is one frame', async () => {
  const { heard, url, beginPolls } = await openDoor();
  const { id } = await beginPolls();
  const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
  const request = httpRequest(`${url}/weft/send`, {
    method: 'POST',
    headers: { 'weft-session': id, 'weft-counter': '1' },
  });
  for (let start = 0; start < bytes.length; start += 7) request.write(bytes.subarray(start, start + 7));
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  expect(response.statusCode).toBe(204);
  expect(heard.frames).toEqual([[...bytes]]);
});

test('who asks again on one connection before the answer is refused, so that no session is left behind', async () => {
  const { heard, url } = await openDoor();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const ask = `POST /weft/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 0\r\n\r\n`;
  socket.write(ask.repeat(3));
  await expect.poll(() => heard.connections.length).toBe(1);
  socket.destroy();
  await expect.poll(() => heard.closed).toBe(1);
  expect(heard.connections.length).toBe(1);
});

test('nobody is heard without a session, or under one that is over', async () => {
  const { heard, post, beginPolls } = await openDoor();
  const stranger = { 'weft-session': 'A'.repeat(32), 'weft-counter': '1', 'weft-received': '0' };
  for (const headers of [{}, stranger] as Record<string, string>[]) {
    expect((await post('/weft/send', headers, Uint8Array.of(1))).status).toBe(404);
  }
  expect(await faultOf(await post('/weft/poll', stranger))).toMatchObject([404, { code: 'UNKNOWN_SESSION' }]);
  const { send, poll } = await beginPolls();
  expect((await send(1, [1], { 'weft-end': '1' })).status).toBe(204);
  expect([heard.frames, heard.closed]).toEqual([[[1]], 1]);
  expect((await send(2, [2])).status).toBe(404);
  expect((await poll(0)).status).toBe(404);
  expect(heard.frames).toEqual([[1]]);
});

test('a request that makes no sense is refused, and is no request of the session', async () => {
  const { heard, url, post, beginPolls } = await openDoor();
  const { id, send } = await beginPolls();
  for (const counter of ['0', '-1', 'x', '1e3']) {
    expect((await post('/weft/send', { 'weft-session': id, 'weft-counter': counter })).status).toBe(400);
  }
  expect((await post('/weft/poll', { 'weft-session': id })).status).toBe(400);
  expect((await fetch(`${url}/weft/poll`)).status).toBe(405);
  expect((await post('/weft/other')).status).toBe(404);
  expect((await send(1, [1])).status).toBe(204);
  expect(heard.frames).toEqual([[1]]);
});

test('a stream that ends ends the session, in the same moment', async () => {
  const { heard, post } = await openDoor();
  const { leave, send } = await beginEvents({ post });
  await leave();
  await expect.poll(() => heard.closed).toBe(1);
  expect((await send(1, 1)).status).toBe(404);
});

test('why a session is closed is told on either, after what was said before', async () => {
  const { heard, post, beginPolls } = await openDoor();
  const { next, send } = await beginEvents({ post });
  heard.connection.send({ messages: [Uint8Array.of(1)] });
  heard.connection.close(CloseCode.Unauthorized, 'It has ended.');
  expect(heard.closed).toBe(1);
  expect((await next())?.data).toBe('AQ==');
  expect(await next()).toEqual({ event: 'close', data: '{"code":4401,"reason":"It has ended."}' });
  expect(await next()).toBe(undefined);
  expect((await send(1, 1)).status).toBe(404);

  const { poll } = await beginPolls();
  heard.connection.send({ messages: [Uint8Array.of(1)] });
  heard.connection.close(CloseCode.GoingAway, 'The server is restarting.');
  expect(await bytesOf(await poll(0))).toEqual([1]);
  expect(await (await poll(1)).json()).toEqual({
    error: { code: 'CLOSED', message: 'The server is restarting.' },
    close: CloseCode.GoingAway,
  });
  expect((await poll(1)).status).toBe(404);
});

test('a fault of ours ends the session it is met on with 4500, is told, and leaves the others alone', async () => {
  const { complaints, beginPolls } = await openDoor();
  const [unlucky, other] = await Promise.all([beginPolls(), beginPolls()]);
  expect(await (await unlucky.send(1, [13])).json()).toMatchObject({ close: CloseCode.InternalError });
  expect(complaints).toEqual([expect.stringContaining('tripped')]);
  expect((await other.send(1, [1])).status).toBe(204);
});

test('pages of other sites are turned away; one that is listed may ask, and is told what it may send', async () => {
  const { url, metrics, post } = await openDoor();
  expect(await faultOf(await post('/weft/poll', { Origin: 'https://evil.example' }))).toMatchObject([
    403,
    { code: 'OTHER_SITE' },
  ]);
  expect([...metrics.turnedAway.counts]).toEqual([['403', 1]]);
  const asked = await fetch(`${url}/weft/send`, { method: 'OPTIONS', headers: { Origin: LISTED } });
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-origin')).toBe(LISTED);
  expect(asked.headers.get('access-control-allow-headers')).toContain('weft-counter');
  const begun = await post('/weft/poll', { Origin: LISTED });
  expect([begun.status, begun.headers.get('access-control-allow-origin')]).toEqual([200, LISTED]);
  expect(begun.headers.get('access-control-expose-headers')).toContain('weft-session');
});

test('one more than may come in is told when to try again, and has a place when one has left', async () => {
  const { door, heard, metrics, post, beginPolls } = await openDoor({ connectionsPerAddress: 2 });
  const { leave } = await beginEvents({ post });
  await beginPolls();
  const crowded = await post('/weft/events');
  expect([crowded.status, crowded.headers.get('retry-after')]).toEqual([429, '10']);
  expect([...metrics.turnedAway.counts]).toEqual([['429', 1]]);
  await leave();
  await expect.poll(() => heard.closed).toBe(1);
  // Knocks have a rate of their own.
  await expect.poll(async () => (await post('/weft/poll')).status, { timeout: 5000 }).toBe(200);
  door.stopAccepting();
  expect((await post('/weft/poll')).status).toBe(503);
});

test('I6: who asks on and on without reading is told to read first, and is heard again when it has', async () => {
  const { heard, beginPolls } = await openDoor({ waitingBytes: 64 * 1024 });
  const { send, poll } = await beginPolls();
  const question = new Uint8Array(50_000).fill(1);
  let counter = 1;
  while ((await send(counter, question)).status === 204) counter += 1;
  expect(heard.connection.hasRoom).toBe(false);
  const told = await send(counter, question);
  expect([told.status, told.headers.get('retry-after')]).toEqual([503, '1']);
  expect(heard.frames).toHaveLength(counter - 1);
  await bytesOf(await poll(0));
  const last = poll(1);
  expect((await send(counter, question)).status).toBe(204);
  expect((await bytesOf(await last)).length).toBe(question.length);
});

test('what a session is sent is counted, and a long event arrives whole', async () => {
  const { heard, metrics, post } = await openDoor();
  const { next, send } = await beginEvents({ post });
  await send(1, 1, 2, 3);
  await next();
  const long = Buffer.alloc(300_000, 7);
  heard.connection.send({ messages: [long, Uint8Array.of(1)] });
  expect((await next())?.data).toBe(long.toString('base64'));
  expect((await next())?.data).toBe('AQ==');
  const { receivedFrames, receivedBytes, sentFrames, sentBytes } = metrics;
  expect({ receivedFrames, receivedBytes, sentFrames }).toEqual({ receivedFrames: 1, receivedBytes: 3, sentFrames: 3 });
  expect(sentBytes).toBeGreaterThan((long.length * 4) / 3);
});
