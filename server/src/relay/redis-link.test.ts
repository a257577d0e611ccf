// When a connection to Redis is given up, and when not.

import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { watch } from './redis-link.js';

const EVERY_MS = 20;

/** Both ends of a connection: what is written at one is in the buffer of the other when the call returns. */
async function connection(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = dial((server.address() as { port: number }).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return { near, far };
}

const stall = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// The next time to look comes before anything is read or sent.
for (const [what, isFirst] of [
  ['answer lay there unread', false],
  ['question had not left', true],
] as const) {
  test(`a Redis is not left whose ${what} while nothing else ran here`, async () => {
    const { near, far } = await connection();
    let pings = 0;
    let settle!: (error: Error | null) => void;
    const settled = new Promise<Error | null>((resolve) => {
      settle = resolve;
    });
    const ping = async (): Promise<string> => {
      pings += 1;
      if (pings === 3) settle(null);
      const answer = once(near, 'data');
      setImmediate(() => {
        if (pings === 1 && isFirst) stall(3 * EVERY_MS);
        far.write('+PONG\r\n');
        if (pings === 1 && !isFirst) stall(3 * EVERY_MS);
      });
      return String(await answer);
    };
    const timer = watch({ ping }, settle, EVERY_MS);
    onTestFinished(() => clearInterval(timer));
    expect(await settled).toBeNull();
  });
}

test('one that does not answer is left', async () => {
  const ended = await new Promise<Error>((resolve) => {
    const timer = watch({ ping: () => new Promise(() => undefined) }, resolve, EVERY_MS);
    onTestFinished(() => clearInterval(timer));
  });
  expect(ended.message).toBe('it does not answer any more');
});
