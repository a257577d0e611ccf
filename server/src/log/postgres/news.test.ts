import { createHmac } from 'node:crypto';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { channelName } from '../document-log.js';
import type { Relay } from '../relay.js';
import { Holder } from '../test/holder.js';
import { content } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog } from './postgres-log.js';

const NOTES = content('notes');

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: news between servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

/** A relay within the process that says what it carried, and changes or loses what a test says. */
class Wire {
  readonly carried: { readonly topic: string; readonly message: Uint8Array }[] = [];
  through: (message: Uint8Array) => Uint8Array | null = (message) => message;
  readonly #listeners = new Map<string, Set<(message: Uint8Array) => void>>();

  end(): Relay {
    return {
      publish: (topic, message) => {
        this.carried.push({ topic, message });
        const arriving = this.through(message);
        if (arriving !== null) this.deliver(topic, arriving);
      },
      subscribe: (topic, listener) => {
        const listeners = this.#listeners.get(topic) ?? new Set();
        this.#listeners.set(topic, listeners.add(listener));
        return () => listeners.delete(listener);
      },
      onBack: () => undefined,
      close: async () => undefined,
    };
  }

  deliver(topic: string, message: Uint8Array): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  }
}

describe.skipIf(postgres.missing !== null)('news between servers that share a log', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  /** Nobody compares heads by itself. */
  async function openTwo() {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    const wire = new Wire();
    const relays = [wire.end(), wire.end()];
    const open = async (relay: Relay) => {
      const fail = (error: Error): void => {
        throw error;
      };
      const log = await openPostgresLog(url, { onFailure: fail, shared: { compareEveryMs: 2 ** 30, relay } });
      onTestFinished(() => log.close());
      return log;
    };
    const [a, b] = [await open(relays[0]!), await open(relays[1]!)];
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    const say = async (text: string): Promise<void> => {
      ann.append(text);
      await ann.until(() => !ann.isWaiting);
    };
    return { url, wire, relays, a, b, ann, bob, say };
  }

  test('what one server has written shows at the other without a question', async () => {
    const { ann, bob, say } = await openTwo();
    await say('first');
    // The record of the document is new as well: that is read.
    await bob.until(() => bob.told.length === 1);
    for (const text of ['second', 'third']) await say(text);
    expect(bob.told).toEqual(['first', 'second', 'third']);
    expect(bob.channel.link).toEqual(ann.channel.link);
    bob.append('answer');
    await bob.until(() => !bob.isWaiting);
    expect(ann.told).toEqual(bob.told);
  });

  test('what was lost on the way is read from the database, and what comes twice or late changes nothing', async () => {
    const { wire, bob, say } = await openTwo();
    await say('first');
    await bob.until(() => bob.told.length === 1);
    wire.through = () => null;
    for (const text of ['lost', 'lost too']) await say(text);
    expect(bob.told.length).toBe(1);
    wire.through = (message) => message;
    await say('heard');
    await bob.until(() => bob.told.length === 4);
    for (const { topic, message } of [...wire.carried]) wire.deliver(topic, message);
    await bob.channel.catchUp();
    expect(bob.told).toEqual(['first', 'lost', 'lost too', 'heard']);
  });

  test('a group too long to be carried is told of, and read', async () => {
    const { wire, bob, say } = await openTwo();
    const long = 'x'.repeat(300 * 1024);
    await say(long);
    await bob.until(() => bob.told.length === 1);
    expect(bob.told).toEqual([long]);
    expect(Math.max(...wire.carried.map(({ message }) => message.length))).toBeLessThan(1000);
  });

  test('what somebody without the secret made or changed is not taken, nor what belongs to another document', async () => {
    const { b, wire, bob, say } = await openTwo();
    const other = await Holder.open(b, content('other'));
    await say('first');
    await bob.until(() => bob.told.length === 1);
    const { length } = wire.carried.at(-1)!.message;
    const topicOfOther = await (async () => {
      other.append('o');
      await other.until(() => !other.isWaiting);
      return wire.carried.at(-1)!.topic;
    })();
    for (const at of [0, 15, 20, 40, length - 1]) {
      wire.through = (message) => message.map((byte, index) => (index === at ? byte ^ 1 : byte));
      await say(`changed at ${at}`);
      expect(bob.told.length).toBe(1);
    }
    wire.through = () => new Uint8Array(3);
    await say('short');
    wire.deliver(topicOfOther, wire.carried.at(-1)!.message);
    expect(other.told).toEqual(['o']);
    expect(bob.told.length).toBe(1);
    await bob.channel.catchUp();
    expect(bob.told.length).toBe(7);
    expect(wire.carried.every(({ topic }) => !topic.includes('notes'))).toBe(true);
  });

  test('what a server of another version says in another layout harms nobody, and is read', async () => {
    const { url, wire, bob, say } = await openTwo();
    await say('first');
    await bob.until(() => bob.told.length === 1);
    const { rows } = await server.ask('select secret from weft_store', url);
    const key = createHmac('sha256', rows[0].secret).update('weft news').digest();
    const signed = (message: Uint8Array): Uint8Array => {
      const rest = message.subarray(16);
      const code = createHmac('sha256', key)
        .update(`${channelName(NOTES)}\0`)
        .update(rest)
        .digest();
      return Buffer.concat([code.subarray(0, 16), rest]);
    };
    const layouts: ((message: Uint8Array) => Uint8Array)[] = [
      // Only who sent it and that it is of entries; no end of a number; cut off in the middle; a kind of channel that nobody knows.
      (message) => message.subarray(0, 33),
      (message) => Buffer.concat([message.subarray(0, 33), new Uint8Array(20).fill(255)]),
      (message) => message.subarray(0, message.length - 3),
      (message) => message.map((byte, at) => (at === message.indexOf(5, 33) + 6 ? 9 : byte)),
    ];
    for (const [index, layout] of layouts.entries()) {
      wire.through = (message) => signed(layout(message));
      await say(`said ${index}`);
      await bob.until(() => bob.told.length === index + 2);
    }
    wire.through = (message) => signed(message);
    await say('last');
    expect(bob.told).toEqual(['first', ...layouts.map((_, index) => `said ${index}`), 'last']);
  });

  test('when the relay works again, heads are compared', async () => {
    const { wire, relays, bob, say } = await openTwo();
    wire.through = () => null;
    await say('unheard');
    relays[1]!.onBack();
    await bob.until(() => bob.told.length === 1);
  });
});
