import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Service } from '../../../bench/src/services/service.js';
import { RedisRelay } from './redis-relay.js';

const redis = await Service.start('--redis');
if (redis.missing !== null) process.stdout.write(`Not tested: the relay on Redis. ${redis.missing}.\n`);
else afterAll(() => redis.service.stop());

describe.skipIf(redis.missing !== null)('the relay on Redis', () => {
  const { service } = redis as { readonly service: Service };

  function connect() {
    const said: string[] = [];
    const relay = new RedisRelay(service.url, (sentence) => said.push(sentence));
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

  /** Publishes again and again, for a subscription or a connection may not be there yet. */
  async function carries(from: RedisRelay, to: RedisRelay, topic: string): Promise<Uint8Array> {
    let heard: Uint8Array | null = null;
    const end = to.subscribe(topic, (message) => {
      heard = message;
    });
    await expect
      .poll(() => {
        from.publish(topic, Uint8Array.of(0, 255, 10, 13));
        return heard;
      })
      .not.toBeNull();
    end();
    return heard!;
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
