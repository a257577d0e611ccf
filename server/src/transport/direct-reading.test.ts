import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { readDirectly } from './direct-reading.js';

/** Both ends of a connection; the first is the accepted one. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return [accepted, client];
}

test('an accepted socket is read into one buffer on this version of Node, and ends as ever', async () => {
  const [accepted, client] = await pair();
  const read: string[] = [];
  const asData: Buffer[] = [];
  let heard = (): void => {};
  const reader = {
    read: (bytes: Buffer, length: number) => {
      read.push(bytes.toString('utf8', 0, length));
      heard();
    },
  };
  expect(readDirectly(accepted, reader)).toBe(true);
  accepted.on('data', (bytes) => asData.push(bytes));
  const first = new Promise<void>((resolve) => (heard = resolve));
  client.write('one');
  await first;
  accepted.pause();
  client.write('two');
  const second = new Promise<void>((resolve) => (heard = resolve));
  accepted.resume();
  await second;
  client.end();
  await once(accepted, 'end');
  expect(read.join()).toBe('one,two');
  expect(asData).toEqual([]);
});

test('what is no plain socket, or has read something already, is left as it is', async () => {
  const reader = { read: () => expect.unreachable() };
  expect(readDirectly(new PassThrough(), reader)).toBe(false);

  const [accepted] = await pair();
  accepted.pause();
  accepted.unshift(Buffer.from('read before'));
  expect(readDirectly(accepted, reader)).toBe(false);
  const data = once(accepted, 'data');
  accepted.resume();
  expect(String((await data)[0])).toBe('read before');
});
