import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createClient } from '@redis/client';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Service } from '../../../bench/src/services/service.js';
import { RedisRelay } from './redis-relay.js';
import { startRedis } from './test/redis-process.js';

const redis = await Service.start('--redis');
if (redis.missing !== null) process.stdout.write(`Not tested: the relay on Redis. ${redis.missing}.\n`);
else afterAll(() => redis.service.stop());

describe.skipIf(redis.missing !== null)('the relay on Redis', () => {
  const { service } = redis as { readonly service: Service };

  function connect(url = service.url) {
    const said: string[] = [];
    const relay = new RedisRelay(url, (sentence) => said.push(sentence));
    onTestFinished(() => relay.close());
    let backs = 0;
    let ears: (() => void)[] = [];
    relay.onBack = () => {
      backs += 1;
      for (const ear of ears) ear();
      ears = [];
    };
    const isBack = async (times: number): Promise<void> => {
      while (backs < times) await new Promise<void>((resolve) => ears.push(resolve));
    };
    return { relay, said, isBack };
  }

  /** It takes connections, and says nothing. @returns its address */
  async function mute(): Promise<string> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  /** Publishes again and again, for a subscription or a connection may not be there yet. */
  async function carries(from: RedisRelay, to: RedisRelay, topic: string, beside = () => 0): Promise<Uint8Array> {
    let heard: Uint8Array | null = null;
    const end = to.subscribe(topic, (message) => {
      heard = message;
    });
    await expect
      .poll(
        () => {
          beside();
          from.publish(topic, Uint8Array.of(0, 255, 10, 13));
          return heard;
        },
        { timeout: 15_000 },
      )
      .not.toBeNull();
    end();
    return heard!;
  }

  async function untilNoneOf(user: string, url: string): Promise<void> {
    const admin = await createClient({ url }).connect();
    await expect.poll(async () => String(await admin.sendCommand(['CLIENT', 'LIST']))).not.toContain(`user=${user} `);
    admin.destroy();
  }

  test('gives bytes as they are to those who listen to a topic, and to no others', async () => {
    const [a, b] = [connect(), connect()];
    const others: Uint8Array[] = [];
    b.relay.subscribe('other', (message) => others.push(message));
    expect([...(await carries(a.relay, b.relay, 'one'))]).toEqual([0, 255, 10, 13]);
    expect(others).toEqual([]);
    expect([...a.said, ...b.said]).toEqual([]);
  });

  test('goes on when Redis was killed and comes back, and says both', async () => {
    const [a, b] = [connect(), connect()];
    let count = 0;
    b.relay.subscribe('kept', () => {
      count += 1;
    });
    await carries(a.relay, b.relay, 'one');
    await b.isBack(1);
    await service.kill();
    a.relay.publish('kept', Uint8Array.of(1));
    await service.startAgain();
    await b.isBack(2);
    await carries(a.relay, b.relay, 'two');
    a.relay.publish('kept', Uint8Array.of(2));
    await expect.poll(() => count).toBeGreaterThan(0);
    expect(b.said).toEqual([expect.stringContaining('Redis does not answer'), 'Redis is back.']);
  });

  test('takes a Redis that does not answer for one that is gone, and goes on when it does', async () => {
    const redis = await startRedis([], onTestFinished);
    const [a, b] = [connect(`redis://127.0.0.1:${redis.port}`), connect(`redis://127.0.0.1:${redis.port}`)];
    await carries(a.relay, b.relay, 'one');
    redis.pause();
    await expect.poll(() => [a.said.length, b.said.length], { timeout: 10_000 }).toEqual([1, 1]);
    expect(a.said).toEqual([expect.stringContaining('Redis does not answer: it does not answer any more')]);
    redis.goOn();
    await b.isBack(2);
    await carries(a.relay, b.relay, 'two');
  });

  test('goes to the next of several servers of a cluster, which all tell what is published at one', async () => {
    const cluster = ['cluster-enabled yes'];
    const [first, second] = [await startRedis(cluster, onTestFinished), await startRedis(cluster, onTestFinished)];
    const admin = await createClient({ url: `redis://127.0.0.1:${first.port}` }).connect();
    await admin.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', `${second.port}`]);
    admin.destroy();
    const a = connect(`redis://127.0.0.1:${first.port},127.0.0.1:${second.port}`);
    const b = connect(`redis://127.0.0.1:${second.port},127.0.0.1:${first.port}`);
    expect([...(await carries(a.relay, b.relay, 'one'))]).toEqual([0, 255, 10, 13]);
    await first.kill();
    await a.isBack(2);
    await carries(a.relay, b.relay, 'two');
    expect(a.said).toEqual([expect.stringContaining('Redis does not answer'), 'Redis is back.']);
    expect(b.said).toEqual([]);
  });

  test('goes past what says nothing, however much is made and thrown away meanwhile', async () => {
    const { relay } = connect(service.url);
    const { relay: other } = connect(`redis://${await mute()},${service.url.replace('redis://', '')}`);
    const heard = carries(relay, other, 'one', () => new Array(1_000_000).fill(0).length);
    expect([...(await heard)]).toEqual([0, 255, 10, 13]);
  });

  test('says that it may not listen, goes on trying, and keeps no connections', async () => {
    const redis = await startRedis(['user deaf on >secret resetchannels +@all'], onTestFinished);
    const { relay, said } = connect(`redis://deaf:secret@127.0.0.1:${redis.port}`);
    relay.subscribe('one', () => undefined);
    await expect.poll(() => said).toEqual([expect.stringContaining('NOPERM')]);
    await relay.close();
    await untilNoneOf('deaf', `redis://127.0.0.1:${redis.port}`);
    expect(said).toHaveLength(1);
  });

  test('asks Sentinels where the master is, and follows it when it is another one', async () => {
    const limited = 'user limited on >secret allchannels +publish +subscribe +unsubscribe +ping +hello +client';
    const secret = ['requirepass secret', 'masterauth secret', limited];
    const master = await startRedis(secret, onTestFinished);
    const replica = await startRedis([...secret, `replicaof 127.0.0.1 ${master.port}`], onTestFinished);
    const sentinel = await startRedis(
      [
        'requirepass other',
        `sentinel monitor main 127.0.0.1 ${master.port} 1`,
        'sentinel auth-pass main secret',
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 5000',
      ],
      onTestFinished,
      '--sentinel',
    );
    const [gone] = [await startRedis([], onTestFinished)];
    await gone.kill();
    const hosts = `127.0.0.1:${gone.port},127.0.0.1:${sentinel.port}`;
    const [a, b] = ['main', 'main'].map((name) =>
      connect(`redis+sentinel://:secret@${hosts}/${name}?sentinelPassword=other`),
    );
    await carries(a!.relay, b!.relay, 'one');
    // Who may not ask for the role leaves nothing open behind.
    const refused = connect(`redis+sentinel://limited:secret@${hosts}/main?sentinelPassword=other`);
    await expect.poll(() => refused.said).toEqual([expect.stringContaining('NOPERM')]);
    await refused.relay.close();
    await untilNoneOf('limited', `redis://:secret@127.0.0.1:${master.port}`);
    // A Sentinel fails over only to a replica that it knows.
    const admin = await createClient({ url: `redis://:other@127.0.0.1:${sentinel.port}` }).connect();
    await expect
      .poll(async () => JSON.stringify(await admin.sendCommand(['SENTINEL', 'REPLICAS', 'main'])), { timeout: 15_000 })
      .toContain(`"${replica.port}"`);
    admin.destroy();
    await master.kill();
    await Promise.all([a!.isBack(2), b!.isBack(2)]);
    await carries(a!.relay, b!.relay, 'two');

    const unknown = connect(`redis+sentinel://${hosts}/other?sentinelPassword=other`);
    await expect.poll(() => unknown.said).toEqual([expect.stringContaining('knows of no master "other"')]);
  });

  test('is there before Redis is, and can be closed without it', async () => {
    const said: string[] = [];
    const relay = new RedisRelay('redis://127.0.0.1:1', (sentence) => said.push(sentence));
    relay.subscribe('one', () => undefined);
    relay.publish('one', Uint8Array.of(1));
    await expect.poll(() => said.length).toBe(1);
    await relay.close();
    await relay.close();
  });
});
